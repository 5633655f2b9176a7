import assert from "node:assert/strict";
import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { MemoryStore } from "../../src/memory/memory_store.ts";
import { systemClock } from "../../src/runtime/clock.ts";
import { tempDir } from "../support/temp_dir.ts";

const NOTES = { kind: "notes" } as const;
const ALICE = { kind: "profile", personId: "aliceid" } as const;
const BOB = { kind: "profile", personId: "bobid" } as const;

function storeIn(folder: string) {
  const limits = { notesCharsMax: 2_200, profileCharsMax: 1_375 };
  return new MemoryStore({ folder, limits, clock: systemClock });
}

test("[P135] MemoryStore writes the files of the original, for their owner alone", async () => {
  await using dir = await tempDir();
  const folder = join(dir.path, "memories");
  const store = storeIn(folder);
  assert.deepEqual(await store.read(NOTES), []);
  await store.change(NOTES, { action: "add", content: "one" });
  await store.change(NOTES, { action: "add", content: "two" });
  const file = join(folder, "MEMORY.md");
  assert.equal(await readFile(file, "utf8"), "one\n§\ntwo\n");
  assert.equal((await stat(file)).mode & 0o777, 0o600);
  assert.equal((await stat(folder)).mode & 0o777, 0o700);
});

test("[P136] MemoryStore keeps one person's profile from another's, with USER.md below both", async () => {
  await using dir = await tempDir();
  await writeFile(join(dir.path, "USER.md"), "Works at Lab");
  const store = storeIn(dir.path);
  await store.change(ALICE, { action: "add", content: "Likes tea" });
  assert.deepEqual(await store.read(ALICE), ["Works at Lab", "Likes tea"]);
  assert.deepEqual(await store.read(BOB), ["Works at Lab"]);
  assert.equal(await readFile(join(dir.path, "USER.md"), "utf8"), "Works at Lab");
});

test("MemoryStore refuses a person whose id is a path", async () => {
  await using dir = await tempDir();
  const personId = "../../x";
  await assert.rejects(storeIn(dir.path).read({ kind: "profile", personId }), /no file name/);
});

test("MemoryStore loses no change of many at once, also of two processes", async () => {
  await using dir = await tempDir();
  const [one, other] = [storeIn(dir.path), storeIn(dir.path)];
  const names = Array.from({ length: 20 }, (_, index) => `entry ${index}`);
  await Promise.all(
    names.map((content, index) =>
      (index % 2 === 0 ? one : other).change(NOTES, { action: "add", content })
    ),
  );
  assert.deepEqual([...await one.read(NOTES)].sort(), names.sort());
  assert.deepEqual(await readdir(dir.path), ["MEMORY.md"]);
});

test("MemoryStore shows a file that a person made longer than the limit, whole", async () => {
  await using dir = await tempDir();
  await writeFile(join(dir.path, "MEMORY.md"), "x".repeat(5_000));
  assert.equal((await storeIn(dir.path).read(NOTES))[0]?.length, 5_000);
});

test("MemoryStore does not overwrite what it cannot read", async () => {
  await using dir = await tempDir();
  const file = join(dir.path, "MEMORY.md");
  await writeFile(file, Uint8Array.of(0xff, 0xfe, 0x00));
  const change = storeIn(dir.path).change(NOTES, { action: "add", content: "x" });
  await assert.rejects(change, /it is not UTF-8/);
  assert.deepEqual([...await readFile(file)], [0xff, 0xfe, 0x00]);
  await mkdir(join(dir.path, "users", "aliceid.md"), { recursive: true });
  await assert.rejects(storeIn(dir.path).read(ALICE), /it is a folder/);
});
