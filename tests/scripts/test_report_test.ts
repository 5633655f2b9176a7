import assert from "node:assert/strict";
import { test } from "node:test";
import { readTestReport } from "../../scripts/test_report.ts";

const BUN = `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="bun test" tests="4" assertions="0" failures="1" skipped="1" time="0.02">
  <testsuite name="tests/a_test.ts" file="tests/a_test.ts" tests="4" failures="1" skipped="1">
    <testcase name="split() of &lt;b&gt; &amp; &quot;c&quot;" classname="" time="0" file="tests/a_test.ts" line="2" />
    <testcase name="later" classname="" time="0" file="tests/a_test.ts" line="3">
      <skipped />
    </testcase>
    <testcase name="1 > 0" classname="" time="0.001" file="tests/a_test.ts" line="4">
      <failure type="AssertionError" message="said &lt;testcase name=&quot;x&quot;">at tests/a_test.ts:4</failure>
    </testcase>
    <testsuite name="group" file="tests/a_test.ts" line="7" tests="1" failures="0">
      <testcase name="inside" classname="group" time="0" file="tests/a_test.ts" line="7" />
    </testsuite>
  </testsuite>
</testsuites>`;

const DENO = `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="deno test" tests="3" failures="0" errors="1" time="0.007">
  <testsuite name="./tests/a_test.ts" tests="3" disabled="1" errors="1" failures="0">
    <testcase name="first" classname="./tests/a_test.ts" time="0.001" line="2" col="1">
      <system-out><![CDATA[<testcase name="printed"><failure/>]]></system-out>
    </testcase>
    <testcase name="ends the process" classname="./tests/a_test.ts" time="0.000" line="3" col="1">
      <error message="Cancelled"/>
    </testcase>
    <testcase name="never ran" classname="./tests/a_test.ts" line="4" col="1">
      <skipped/>
    </testcase>
  </testsuite>
</testsuites>`;

test("readTestReport() counts what Bun reports, tests in groups too", () => {
  assert.deepEqual(readTestReport(BUN, ["tests/a_test.ts"]), {
    passed: 2,
    skipped: 1,
    failures: ["tests/a_test.ts: 1 > 0"],
  });
});

test("readTestReport() counts what Deno reports, and nothing that a test printed", () => {
  assert.deepEqual(readTestReport(DENO, ["tests/a_test.ts"]), {
    passed: 1,
    skipped: 1,
    failures: ["tests/a_test.ts: ends the process"],
  });
});

test("readTestReport() counts a file without a report as a failure", () => {
  const { failures } = readTestReport(DENO, ["tests/a_test.ts", "tests/b_test.ts"]);
  assert.deepEqual(failures, [
    "tests/a_test.ts: ends the process",
    "tests/b_test.ts: no test reported",
  ]);
});

test("readTestReport() of an empty report fails for every file", () => {
  assert.deepEqual(readTestReport("", ["tests/a_test.ts"]), {
    passed: 0,
    skipped: 0,
    failures: ["tests/a_test.ts: no test reported"],
  });
});
