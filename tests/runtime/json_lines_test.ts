import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { FileError } from "../../src/runtime/file_error.ts";
import { readJsonLines, readJsonLinesTail } from "../../src/runtime/json_lines.ts";
import { tempDir } from "../support/temp_dir.ts";

test("readJsonLines() of a missing file gives nothing", async () => {
  await using dir = await tempDir();
  const path = join(dir.path, "none");
  assert.deepEqual(await readJsonLines(path), { values: [], badLines: 0 });
  assert.deepEqual(await readJsonLinesTail(path, { bytesMax: 10 }), {
    values: [],
    badLines: 0,
    complete: true,
  });
});

test("[P21] readJsonLines() counts torn and malformed lines and keeps the rest", async () => {
  await using dir = await tempDir();
  const path = join(dir.path, "x.jsonl");
  await writeFile(path, '{"n":1}\n{"n":\n\nnonsense\n[2]\r\n"3"\n{"n":4,"text":"ü');
  assert.deepEqual(await readJsonLines(path), { values: [{ n: 1 }, [2], "3"], badLines: 3 });
});

test("readJsonLines() reads a last line without newline", async () => {
  await using dir = await tempDir();
  const path = join(dir.path, "x.jsonl");
  await writeFile(path, "1\n2");
  assert.deepEqual((await readJsonLines(path)).values, [1, 2]);
});

test("readJsonLines() and readJsonLinesTail() throw a FileError for what is not a file", async () => {
  await using dir = await tempDir();
  await assert.rejects(readJsonLines(dir.path), FileError);
  await assert.rejects(readJsonLinesTail(dir.path, { bytesMax: 10 }), FileError);
});

test("readJsonLinesTail() keeps a first line that begins exactly at the cut", async () => {
  await using dir = await tempDir();
  const path = join(dir.path, "x.jsonl");
  await writeFile(path, "11\n22\n33\n");
  const tail = async (bytesMax: number) => await readJsonLinesTail(path, { bytesMax });
  assert.deepEqual(await tail(3), { values: [33], badLines: 0, complete: false });
  assert.deepEqual(await tail(5), { values: [33], badLines: 0, complete: false });
  assert.deepEqual(await tail(6), { values: [22, 33], badLines: 0, complete: false });
  assert.deepEqual(await tail(8), { values: [22, 33], badLines: 0, complete: false });
  assert.deepEqual(await tail(9), { values: [11, 22, 33], badLines: 0, complete: true });
  assert.deepEqual(await tail(2), { values: [], badLines: 0, complete: false });
});

test("readJsonLinesTail() takes no piece of a line for a line", async () => {
  await using dir = await tempDir();
  const path = join(dir.path, "x.jsonl");
  await writeFile(path, "11\n2222222");
  assert.deepEqual(await readJsonLinesTail(path, { bytesMax: 3 }), {
    values: [],
    badLines: 0,
    complete: false,
  });
});

test("readJsonLinesTail() gives a suffix of the values wherever the cut falls", async () => {
  await using dir = await tempDir();
  const path = join(dir.path, "x.jsonl");
  const lines = fc.array(fc.string({ unit: "binary", maxLength: 12 }), { maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(lines, fc.nat({ max: 300 }), async (values, bytesMax) => {
      const text = values.map((value) => `${JSON.stringify(value)}\n`).join("");
      await writeFile(path, text);
      const tail = await readJsonLinesTail(path, { bytesMax });
      const expected: string[] = [];
      let bytes = 0;
      for (const value of values.toReversed()) {
        bytes += Buffer.byteLength(`${JSON.stringify(value)}\n`);
        if (bytes > bytesMax) break;
        expected.unshift(value);
      }
      assert.deepEqual(tail.values, expected);
      assert.equal(tail.badLines, 0);
      assert.equal(tail.complete, Buffer.byteLength(text) <= bytesMax);
    }),
    { numRuns: 200 },
  );
});
