import assert from "node:assert/strict";
import { mkdir, readdir, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { runProgram } from "../../src/runtime/run_program.ts";
import { makeProcessFolder } from "../../src/runtime/process_folder.ts";
import { tempDir } from "../support/temp_dir.ts";

test("makeProcessFolder() makes a folder for this process and removes those of dead ones", async () => {
  await using dir = await tempDir();
  const parent = join(dir.path, "shells");
  const program = { argv: ["sh", "-c", "echo $$"], cwd: "/", env: {} } as const;
  const limits = { timeMsMax: 10_000, outputBytesMax: 100 };
  const { stdout } = await runProgram(program, limits, new AbortController().signal);
  const others = [`${process.pid}-mine`, "1-init", "notes"];
  for (const name of [`${stdout.trim()}-dead`, ...others]) {
    await mkdir(join(parent, name, "deep"), { recursive: true });
  }
  const made = await makeProcessFolder(parent);
  assert.equal((await stat(made)).mode & 0o777, 0o700);
  assert.deepEqual((await readdir(parent)).sort(), [basename(made), ...others].sort());
});
