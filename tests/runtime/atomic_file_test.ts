import assert from "node:assert/strict";
import { chmod, lstat, readdir, readFile, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { readTextFile, writeFileAtomic } from "../../src/runtime/atomic_file.ts";
import { FileError } from "../../src/runtime/file_error.ts";
import { tempDir } from "../support/temp_dir.ts";

test("[P23] writeFileAtomic() creates its folders with 0700 and gives the file its mode", async () => {
  await using dir = await tempDir();
  const path = join(dir.path, "a", "state.json");
  await writeFileAtomic(path, "one ü", { mode: 0o600 });
  assert.equal(await readFile(path, "utf8"), "one ü");
  assert.equal((await stat(path)).mode & 0o777, 0o600);
  assert.equal((await stat(join(dir.path, "a"))).mode & 0o777, 0o700);
});

test("[P23] writeFileAtomic() narrows the mode of a file that others could read", async () => {
  await using dir = await tempDir();
  const path = join(dir.path, ".env");
  await writeFile(path, "old");
  await chmod(path, 0o644);
  await writeFileAtomic(path, "new", { mode: 0o600 });
  assert.equal((await stat(path)).mode & 0o777, 0o600);
});

test("writeFileAtomic() gives the mode it is told, whatever the umask", async () => {
  await using dir = await tempDir();
  const path = join(dir.path, "shared.md");
  await writeFileAtomic(path, "text", { mode: 0o666 });
  assert.equal((await stat(path)).mode & 0o777, 0o666);
});

test("writeFileAtomic() many times at once leaves one whole content and no other file", async () => {
  await using dir = await tempDir();
  const path = join(dir.path, "state.json");
  const contents = Array.from({ length: 20 }, (_, number) => `${number}`.repeat(10_000));
  await Promise.all(contents.map((content) => writeFileAtomic(path, content, { mode: 0o600 })));
  assert(contents.includes(await readFile(path, "utf8")));
  assert.deepEqual(await readdir(dir.path), ["state.json"]);
});

test("writeFileAtomic() writes through a link and keeps it", async () => {
  await using dir = await tempDir();
  const target = join(dir.path, "dotfiles.env");
  const link = join(dir.path, ".env");
  await writeFile(target, "old");
  await symlink(target, link);
  await writeFileAtomic(link, "new", { mode: 0o600 });
  assert((await lstat(link)).isSymbolicLink());
  assert.equal(await readFile(target, "utf8"), "new");
});

test("writeFileAtomic() that fails says why, and leaves what was there and nothing else", async () => {
  await using dir = await tempDir();
  await writeFile(join(dir.path, "file"), "kept");
  await assert.rejects(
    writeFileAtomic(join(dir.path, "file", "x"), "new", { mode: 0o600 }),
    (error) => error instanceof FileError && error.message.includes("Cannot write"),
  );
  await assert.rejects(writeFileAtomic(dir.path, "new", { mode: 0o600 }), FileError);
  assert.deepEqual(await readdir(dir.path), ["file"]);
  assert.equal(await readTextFile(join(dir.path, "file")), "kept");
});

test("readTextFile() gives undefined for no file and throws for what is not a file", async () => {
  await using dir = await tempDir();
  assert.equal(await readTextFile(join(dir.path, "none")), undefined);
  await assert.rejects(readTextFile(dir.path), FileError);
});
