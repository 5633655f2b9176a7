import assert from "node:assert/strict";
import { test } from "node:test";
import { LiveStatus } from "../../src/gateway/gateway_status.ts";
import { watchProblems } from "../../src/gateway/watch_problems.ts";
import { silentLog } from "../../src/runtime/log.ts";
import { FakeClock } from "../support/fake_clock.ts";

function lastProblemAfter(level: "warn" | "info", fields: Record<string, string>) {
  const status = new LiveStatus({ pid: 1, version: "0", startedAtMs: 0, home: "/" });
  const redact = (text: string) => text.replaceAll("hunter2", "***");
  watchProblems(silentLog, status, { clock: new FakeClock(), redact })(level, "some.event", fields);
  return status.current.lastProblem;
}

test("watchProblems() keeps the sentence of a failure, without its class, its stack and secrets", () => {
  const error = "MattermostApiError: Cannot create a post with hunter2\n    at somewhere";
  const problem = lastProblemAfter("warn", { error });
  assert.equal(problem?.message, "Cannot create a post with ***");
  assert.equal(problem?.code, "some.event");
});

test("watchProblems() keeps the code where there is one, and nothing that is no failure", () => {
  const fields = { error: "Cannot read", code: "file.eacces" };
  assert.equal(lastProblemAfter("warn", fields)?.code, "file.eacces");
  assert.equal(lastProblemAfter("info", fields), undefined);
  assert.equal(lastProblemAfter("warn", { reason: "x" }), undefined);
});
