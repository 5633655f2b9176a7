import assert from "node:assert/strict";
import { homedir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { Parser } from "../../src/config/parsers.ts";
import { rawText } from "../../src/config/raw_value.ts";
import { folder, variableNames, volumes } from "../../src/config/terminal_parsers.ts";

function read<T>(parser: Parser<T>, text: string): T | string {
  const parsed = parser(rawText(text));
  if (parsed.kind === "accepted") return parsed.value;
  return parsed.problems.map((problem) => problem.predicate).join(" | ");
}

test("folder() takes a whole path, and what the original writes by itself for none", () => {
  assert.equal(read(folder, "/srv/work"), "/srv/work");
  assert.equal(read(folder, "~/work"), join(homedir(), "work"));
  for (const text of [".", "auto", "cwd"]) assert.equal(read(folder, text), undefined);
  assert.match(String(read(folder, "work")), /write the whole path/);
  assert.match(String(read(folder, "~other/work")), /write the whole path/);
});

test("variableNames() takes names alone", () => {
  assert.deepEqual(read(variableNames, "GH_TOKEN, npm_config_x"), ["GH_TOKEN", "npm_config_x"]);
  assert.match(String(read(variableNames, "A, B=1, 2C")), /holds "B=1".* \| holds "2C"/);
});

test("volumes() takes pairs of whole paths, and ro", () => {
  assert.deepEqual(read(volumes, "/a:/b, ~/c:/d:ro, /e:/f:rw"), [
    { hostPath: "/a", containerPath: "/b", isReadOnly: false },
    { hostPath: join(homedir(), "c"), containerPath: "/d", isReadOnly: true },
    { hostPath: "/e", containerPath: "/f", isReadOnly: false },
  ]);
  for (const wrong of ["/a", "a:/b", "/a:b", "/a:/b:x", "/a:/b:ro:z", ":/b"]) {
    assert.match(String(read(volumes, wrong)), /is not of the form/, wrong);
  }
});
