import assert from "node:assert/strict";
import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { AppendFile } from "../../src/runtime/append_file.ts";
import { FileError } from "../../src/runtime/file_error.ts";
import { readJsonLines } from "../../src/runtime/json_lines.ts";
import { tempDir } from "../support/temp_dir.ts";
import { moduleUrl, runScript } from "./run_script.ts";

test("[P23] AppendFile.open() creates its folders with 0700 and the file with 0600", async () => {
  await using dir = await tempDir();
  const file = await AppendFile.open(join(dir.path, "a", "b", "x.jsonl"));
  await file.close();
  assert.equal((await stat(join(dir.path, "a"))).mode & 0o777, 0o700);
  assert.equal((await stat(join(dir.path, "a", "b"))).mode & 0o777, 0o700);
  assert.equal((await stat(join(dir.path, "a", "b", "x.jsonl"))).mode & 0o777, 0o600);
});

test("AppendFile.write() keeps the order and what was there before", async () => {
  await using dir = await tempDir();
  const path = join(dir.path, "x.jsonl");
  await writeFile(path, "before\n");
  const file = await AppendFile.open(path);
  for (let number = 0; number < 100; number++) file.write(`${number} ü\n`);
  assert.equal(
    await readFile(path, "utf8"),
    "before\n" + Array.from({ length: 100 }, (_, number) => `${number} ü\n`).join(""),
  );
  await file.close();
});

test("[P21] AppendFile leaves a torn last line alone on its line", async () => {
  await using dir = await tempDir();
  const path = join(dir.path, "x.jsonl");
  await writeFile(path, '{"n":1}\n{"n":2,"te');
  const file = await AppendFile.open(path);
  file.write('{"n":3}\n');
  file.write('{"n":4}\n');
  await file.close();
  assert.deepEqual(await readJsonLines(path), {
    values: [{ n: 1 }, { n: 3 }, { n: 4 }],
    badLines: 1,
  });
});

test("AppendFile.open() of an empty or a whole file adds no line", async () => {
  await using dir = await tempDir();
  for (const [name, before] of [["empty", ""], ["whole", "1\n"]] as const) {
    const path = join(dir.path, name);
    await writeFile(path, before);
    const file = await AppendFile.open(path);
    file.write("2\n");
    await file.close();
    assert.equal(await readFile(path, "utf8"), `${before}2\n`);
  }
});

test("[P21] AppendFile.write() survives that the process is killed", async () => {
  await using dir = await tempDir();
  const path = join(dir.path, "x.jsonl");
  await using script = await runScript(
    dir.path,
    `import { AppendFile } from ${moduleUrl("append_file.ts")};
     const file = await AppendFile.open(${JSON.stringify(path)});
     file.write("1\\n");
     process.kill(process.pid, "SIGKILL");`,
  );
  assert.notEqual((await script.exited).code, 0);
  assert.equal(await readFile(path, "utf8"), "1\n");
});

test("AppendFile.sync() of many callers resolves for all, also while one is under way", async () => {
  await using dir = await tempDir();
  const file = await AppendFile.open(join(dir.path, "x.jsonl"));
  const callers = Array.from({ length: 50 }, async (_, number) => {
    file.write(`${number}\n`);
    await file.sync();
    file.write(`again ${number}\n`);
    await file.sync();
  });
  await Promise.all(callers);
  await file.close();
});

test("AppendFile.sync() shares one fdatasync between callers that wrote before it began", async () => {
  await using dir = await tempDir();
  const file = await AppendFile.open(join(dir.path, "x.jsonl"));
  file.write("1\n");
  const first = file.sync();
  assert.equal(file.sync(), first); // Nothing was written since: the same one covers it.
  file.write("2\n");
  const second = file.sync();
  assert.notEqual(second, first); // Written after the first began: that one may have missed it.
  file.write("3\n");
  assert.equal(file.sync(), second);
  await Promise.all([first, second]);
  await file.close();
});

test("AppendFile refuses to write after close(), and close() twice is nothing", async () => {
  await using dir = await tempDir();
  const file = await AppendFile.open(join(dir.path, "x.jsonl"));
  await file.close();
  await file.close();
  assert.throws(() => file.write("late\n"), /closed/);
});

test("AppendFile.open() names the path and the reason when it cannot", async () => {
  await using dir = await tempDir();
  await assert.rejects(AppendFile.open(dir.path), (error) => {
    assert(error instanceof FileError);
    assert.equal(error.code, "file.eisdir");
    assert.equal(error.message, `Cannot write "${dir.path}": it is a folder`);
    return true;
  });
});
