import assert from "node:assert/strict";
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { FileCache } from "../../src/files/file_cache.ts";
import { silentLog } from "../../src/runtime/log.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { tempDir } from "../support/temp_dir.ts";

async function* chunks(...texts: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield await Promise.resolve(new TextEncoder().encode(text));
}

async function* broken(): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(new TextEncoder().encode("begun"));
  throw new Error("the line broke");
}

async function lab() {
  const dir = await tempDir();
  const folder = join(dir.path, "cache");
  const clock = new FakeClock();
  const cache = new FileCache({ folder, clock, log: silentLog });
  return { folder, clock, cache, [Symbol.asyncDispose]: dir[Symbol.asyncDispose] };
}

test("[P150] [C34] FileCache stores a file under a safe name, for its owner alone, and finds it again", async () => {
  await using at = await lab();
  const stored = await at.cache.store("id1", "../../evil.txt", chunks("a", "b"), { bytesMax: 10 });
  assert.equal(stored.path, join(at.folder, "id1", "evil.txt"));
  assert.equal(await readFile(stored.path, "utf8"), "ab");
  assert.equal((await stat(stored.path)).mode & 0o777, 0o600);
  assert.equal((await stat(at.folder)).mode & 0o777, 0o700);
  assert.deepEqual(await at.cache.find("id1"), stored);
  assert.equal(await at.cache.find("id2"), undefined);
});

test("[P151] [C34] FileCache ends a stream that is longer than it may be, and keeps nothing of it", async () => {
  await using at = await lab();
  const storing = at.cache.store("id1", "a.txt", chunks("12345", "67890", "x"), { bytesMax: 10 });
  await assert.rejects(storing, /Cannot take "a\.txt": it is larger than/);
  assert.deepEqual(await readdir(at.folder), []);
});

test("[P151] FileCache keeps nothing of a stream that breaks", async () => {
  await using at = await lab();
  const storing = at.cache.store("id1", "a.txt", broken(), { bytesMax: 10 });
  await assert.rejects(storing, /the line broke/);
  assert.equal(await at.cache.find("id1"), undefined);
});

test("FileCache refuses an id that is a path", async () => {
  await using at = await lab();
  await assert.rejects(at.cache.store("../x", "a", chunks("x"), { bytesMax: 1 }), /no folder name/);
});

test("FileCache drops what has been there for long", async () => {
  await using at = await lab();
  await at.cache.store("old", "a.txt", chunks("x"), { bytesMax: 10 });
  // The files have the time of the machine, so it is the clock that is far ahead.
  await at.clock.advance(Date.now() - at.clock.nowMs() + 31 * 24 * 3_600_000);
  await at.cache.store("new", "a.txt", chunks("x"), { bytesMax: 10 });
  assert.deepEqual(await readdir(at.folder), ["new"]);
});
