import assert from "node:assert/strict";
import { mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import type { FileError } from "../../src/runtime/file_error.ts";
import { RotatingFile } from "../../src/runtime/rotating_file.ts";
import { tempDir } from "../support/temp_dir.ts";

async function lab({ bytesMax = 20, oldFilesMax = 2 } = {}) {
  const dir = await tempDir();
  const path = join(dir.path, "logs", "gateway.log");
  const failures: FileError[] = [];
  const onFailure = (error: FileError) => void failures.push(error);
  const file = new RotatingFile({ path, bytesMax, oldFilesMax, onFailure });
  return {
    path,
    file,
    failures,
    read: async (suffix = "") => await readFile(path + suffix, "utf8"),
    names: async () => (await readdir(join(dir.path, "logs"))).toSorted(),
    [Symbol.asyncDispose]: async () => {
      file.close();
      await dir[Symbol.asyncDispose]();
    },
  };
}

test("[P47] RotatingFile puts a full file aside and keeps the newest", async () => {
  await using made = await lab();
  for (let number = 1; number <= 9; number++) made.file.write(`line ${number}`); // Of 7 bytes each.
  assert.equal(await made.read(), "line 9\n");
  assert.equal(await made.read(".1"), "line 7\nline 8\n");
  assert.equal(await made.read(".2"), "line 5\nline 6\n");
  assert.deepEqual(await made.names(), ["gateway.log", "gateway.log.1", "gateway.log.2"]);
});

test("[P47] RotatingFile goes on in the file of an earlier process", async () => {
  await using made = await lab();
  made.file.write("line 1");
  made.file.close();
  made.file.write("line 2");
  assert.equal(await made.read(), "line 1\nline 2\n");
  made.file.close();
  made.file.write("line 3");
  assert.equal(await made.read(), "line 3\n");
});

test("[P47] RotatingFile keeps one file where none is to be kept beside it", async () => {
  await using made = await lab({ oldFilesMax: 0 });
  for (let number = 1; number <= 5; number++) made.file.write(`line ${number}`);
  assert.equal(await made.read(), "line 5\n");
  assert.deepEqual(await made.names(), ["gateway.log"]);
});

test("[P47] RotatingFile gives a line that is too long a file of its own", async () => {
  await using made = await lab();
  for (const line of ["short", "x".repeat(100), "after"]) made.file.write(line);
  assert.equal(await made.read(), "after\n");
  assert.equal(await made.read(".1"), `${"x".repeat(100)}\n`);
  assert.equal(await made.read(".2"), "short\n");
});

test("[P47] RotatingFile puts no empty file aside", async () => {
  await using made = await lab();
  made.file.write("x".repeat(100));
  assert.deepEqual(await made.names(), ["gateway.log"]);
});

test("[P23] [P47] RotatingFile makes its files for their owner alone", async () => {
  await using made = await lab();
  for (let number = 1; number <= 5; number++) made.file.write(`line ${number}`);
  for (const suffix of ["", ".1"]) {
    assert.equal((await stat(made.path + suffix)).mode & 0o777, 0o600);
  }
  assert.equal((await stat(join(made.path, ".."))).mode & 0o777, 0o700);
});

test("[P47] RotatingFile writes to a new file when somebody removed the old one", async () => {
  await using made = await lab();
  made.file.write("line 1");
  await rm(made.path);
  made.file.write("line 2");
  assert.equal(await made.read(), "line 2\n");
});

test("[P47] RotatingFile tells once that it cannot write, and goes on when it can", async () => {
  await using made = await lab();
  await mkdir(made.path, { recursive: true }); // A folder stands where the file has to be.
  for (let number = 1; number <= 3; number++) made.file.write(`line ${number}`);
  assert.deepEqual(made.failures.map(({ code }) => code), ["file.eisdir"]);
  await rm(made.path, { recursive: true });
  made.file.write("line 4");
  assert.equal(await made.read(), "line 4\n");
  await rm(made.path);
  await mkdir(made.path);
  made.file.write("line 5");
  assert.equal(made.failures.length, 2);
});

test("[P47] RotatingFile tells that it cannot put a file aside", async () => {
  await using made = await lab();
  await mkdir(join(made.path, ".."));
  await mkdir(`${made.path}.1`);
  await writeFile(`${made.path}.1/file`, "");
  await mkdir(`${made.path}.2`);
  await writeFile(`${made.path}.2/file`, "");
  for (let number = 1; number <= 5; number++) made.file.write(`line ${number}`);
  assert.equal(made.failures.length, 1);
});
