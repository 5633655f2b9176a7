import assert from "node:assert/strict";
import { test } from "node:test";
import { compareVersions } from "../../../src/cli/update/compare_versions.ts";

/** From old to new; the middle is the list of https://semver.org, section 11. */
const IN_ORDER = [
  "0.9.9",
  "0.10.0",
  "1.0.0-alpha",
  "1.0.0-alpha.1",
  "1.0.0-alpha.beta",
  "1.0.0-beta",
  "1.0.0-beta.2",
  "1.0.0-beta.11",
  "1.0.0-rc.1",
  "1.0.0",
  "1.0.1",
  "1.2.0-rc-1",
  "1.2.0",
  "2.0.0",
  "10.0.0",
];

test("compareVersions() has the order of semantic versions", () => {
  for (const [index, version] of IN_ORDER.entries()) {
    for (const [otherIndex, other] of IN_ORDER.entries()) {
      const sign = Math.sign(compareVersions(version, other));
      assert.equal(sign, Math.sign(index - otherIndex), `${version} and ${other}`);
    }
  }
});

test("compareVersions() ignores what stands behind a plus", () => {
  assert.equal(compareVersions("1.0.0+build.7", "1.0.0"), 0);
  assert.equal(compareVersions("1.0.0-rc.1+a", "1.0.0-rc.1+b-c"), 0);
});
