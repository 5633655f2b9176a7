import assert from "node:assert/strict";
import { test } from "node:test";
import { findArchive, isVersion } from "../../../src/cli/update/release_files.ts";

const SUM = "0123456789abcdef".repeat(4);

function found(line: string, platform = "linux-x64", wanted?: string): string | undefined {
  return findArchive(line, platform, wanted)?.version;
}

test("findArchive() reads the version from the name of the archive for the platform", () => {
  const sums = ["linux-x64-musl", "linux-x64-baseline", "linux-x64", "darwin-x64"]
    .map((platform, index) => `${SUM}  hermes-1.2.${index}-${platform}.tar.gz\n`).join("");
  assert.deepEqual(findArchive(sums, "linux-x64", undefined), {
    version: "1.2.2",
    name: "hermes-1.2.2-linux-x64.tar.gz",
    sha256: SUM,
  });
  assert.equal(found(sums, "linux-x64-musl"), "1.2.0");
  assert.equal(found(sums, "linux-arm64"), undefined);
});

test("findArchive() gives the version that is wanted, or nothing", () => {
  const line = `${SUM}  hermes-1.0.0-rc.1-linux-x64.tar.gz`;
  assert.equal(found(line), "1.0.0-rc.1");
  assert.equal(found(line, "linux-x64", "1.0.0-rc.1"), "1.0.0-rc.1");
  assert.equal(found(line, "linux-x64", "1.0.0"), undefined);
});

test("findArchive() passes over whatever else stands there", () => {
  const good = `${SUM} *hermes-1.0.0-linux-x64.tar.gz\r\n`;
  for (
    const line of [
      "",
      "<html>",
      `${SUM}  hermes-1.0.0-linux-x64.zip`,
      `${SUM}  hermes-../../etc-linux-x64.tar.gz`,
      `${SUM}  other-1.0.0-linux-x64.tar.gz`,
      `${SUM}  hermes--linux-x64.tar.gz`,
      `${SUM.slice(1)}  hermes-1.0.0-linux-x64.tar.gz`,
      `${SUM.toUpperCase()}  hermes-1.0.0-linux-x64.tar.gz`,
    ]
  ) {
    assert.equal(found(line), undefined, line);
    assert.equal(found(`${line}\n${good}`), "1.0.0");
  }
});

test("isVersion() refuses what would lead elsewhere in an address", () => {
  for (const text of ["", "../x", "1/2", "1 2", "1%2e", "1?x", "1#x"]) {
    assert.equal(isVersion(text), false, text);
  }
});
