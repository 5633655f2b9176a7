import assert from "node:assert/strict";
import { appendFile, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { GrowingLines, openToRead, readLinesBackwards } from "../../src/runtime/line_reader.ts";
import { tempDir } from "../support/temp_dir.ts";

/** A file with this text, opened. */
async function opened(text: string | Uint8Array) {
  const dir = await tempDir();
  const path = join(dir.path, "lines");
  await writeFile(path, text);
  const file = await openToRead(path);
  assert(file !== undefined);
  return {
    path,
    file,
    [Symbol.asyncDispose]: async () => {
      await file.close();
      await dir[Symbol.asyncDispose]();
    },
  };
}

async function backwards(text: string): Promise<string[]> {
  await using made = await opened(text);
  const { size } = await made.file.stat();
  return (await Array.fromAsync(readLinesBackwards(made.file, size))).reverse();
}

const CASES: readonly [text: string, lines: readonly string[]][] = [
  ["", []],
  ["torn", []],
  ["\n", [""]],
  ["a\n", ["a"]],
  ["a\nb\n", ["a", "b"]],
  ["a\n\nb\n", ["a", "", "b"]],
  ["\na\nb", ["", "a"]],
];
for (const [text, lines] of CASES) {
  test(`readLinesBackwards() of ${JSON.stringify(text)}`, async () => {
    assert.deepEqual(await backwards(text), lines);
  });
}

test("readLinesBackwards() and GrowingLines give the same lines, wherever a chunk ends", async () => {
  const seed = Date.now();
  console.log(`seed ${seed}`);
  const line = fc.oneof(
    fc.string({ unit: "grapheme" }).map((text) => text.replaceAll("\n", "")),
    fc.integer({ min: 65_400, max: 65_700 }).map((length) => "ü".repeat(length)),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(line, { maxLength: 8 }), async (raw) => {
      const lines = raw.map((text) => text.toWellFormed());
      await using made = await opened(lines.map((text) => `${text}\n`).join(""));
      const { size } = await made.file.stat();
      const last = await Array.fromAsync(readLinesBackwards(made.file, size));
      assert.deepEqual(last.reverse(), lines);
      assert.deepEqual(await Array.fromAsync(new GrowingLines(made.file, 0).read()), lines);
    }),
    { seed, numRuns: 50 },
  );
});

test("GrowingLines gives a line when its end is there, and begins again when the file was emptied", async () => {
  await using made = await opened("before\n");
  const growing = new GrowingLines(made.file, 7);
  const next = () => Array.fromAsync(growing.read());
  assert.deepEqual(await next(), []);
  await appendFile(made.path, "one\ntw");
  assert.deepEqual(await next(), ["one"]);
  await appendFile(made.path, "o\nthree\n");
  assert.deepEqual(await next(), ["two", "three"]);
  await truncate(made.path);
  assert.deepEqual(await next(), []);
  await appendFile(made.path, "four\n");
  assert.deepEqual(await next(), ["four"]);
});

test("openToRead() is undefined where there is no file, and says what else is wrong", async () => {
  await using dir = await tempDir();
  assert.equal(await openToRead(join(dir.path, "nothing")), undefined);
  await writeFile(join(dir.path, "file"), "");
  await assert.rejects(openToRead(join(dir.path, "file", "x")), { code: "file.enotdir" });
});
