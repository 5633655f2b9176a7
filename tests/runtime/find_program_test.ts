import assert from "node:assert/strict";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { findProgram } from "../../src/runtime/find_program.ts";
import { tempDir } from "../support/temp_dir.ts";

test("findProgram() finds what a shell would: the first that may be executed", async () => {
  await using dir = await tempDir();
  const [first, second] = [join(dir.path, "first"), join(dir.path, "second")];
  for (const folder of [first, second]) await mkdir(folder);
  await writeFile(join(first, "tool"), "text");
  await mkdir(join(first, "other"));
  for (const name of ["tool", "other"]) {
    await writeFile(join(second, name), "#!/bin/sh\n");
    await chmod(join(second, name), 0o755);
  }
  const path = `${join(dir.path, "missing")}:.::${first}:${second}`;
  assert.equal(await findProgram("tool", path), join(second, "tool"));
  assert.equal(await findProgram("other", path), join(second, "other"));
  assert.equal(await findProgram("nothing", path), undefined);
  assert.equal(await findProgram("tool", ""), undefined);
  assert.equal(await findProgram(join(second, "tool"), ""), join(second, "tool"));
});
