import assert from "node:assert/strict";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { checkWritable } from "../../src/runtime/check_writable.ts";
import { tempDir } from "../support/temp_dir.ts";

test("checkWritable() takes a folder that is there, and one that can be made", async () => {
  await using dir = await tempDir();
  await checkWritable(dir.path);
  await checkWritable(join(dir.path, "not", "yet", "there"));
});

test("checkWritable() refuses a place below a file", async () => {
  await using dir = await tempDir();
  const file = join(dir.path, "file");
  await writeFile(file, "");
  await assert.rejects(checkWritable(join(file, "home")), { code: "file.enotdir" });
});

test("checkWritable() refuses a folder without the right to write, and names the one asked for", {
  skip: process.getuid?.() === 0 && "root may write everywhere",
}, async () => {
  await using dir = await tempDir();
  const locked = join(dir.path, "locked");
  await mkdir(locked);
  await chmod(locked, 0o500);
  const home = join(locked, "home");
  await assert.rejects(checkWritable(home), {
    code: "file.eacces",
    message: `Cannot write "${home}": permission denied`,
  });
});
