import assert from "node:assert/strict";
import { readdir, readFile, stat, utimes } from "node:fs/promises";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { ResultFiles } from "../../src/tools/result_files.ts";
import { seededRandom } from "../support/seeded_random.ts";
import { tempDir } from "../support/temp_dir.ts";

test("[P114] ResultFiles keeps a result in a file of its own, for its owner alone", async () => {
  await using dir = await tempDir();
  const folder = join(dir.path, "cache", "results");
  const files = new ResultFiles({ folder, random: seededRandom(1) });
  const first = await files.save("../../etc/x:1", "one ✓");
  const second = await files.save("../../etc/x:1", "two");
  assert.equal(dirname(first), folder);
  assert.notEqual(first, second);
  assert.equal(await readFile(first, "utf8"), "one ✓");
  assert.equal((await stat(first)).mode & 0o777, 0o600);
  assert.equal((await stat(folder)).mode & 0o777, 0o700);
});

test("[P114] ResultFiles keeps the newest 200", async () => {
  await using dir = await tempDir();
  const files = new ResultFiles({ folder: dir.path, random: seededRandom(1) });
  const oldest = await files.save("old", "old");
  await utimes(oldest, 1, 1);
  for (let count = 0; count < 200; count++) await files.save(`${count}`, "x");
  const names = await readdir(dir.path);
  assert.equal(names.length, 200);
  assert.ok(!names.some((name) => name.startsWith("old")));
});
