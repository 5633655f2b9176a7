import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { tarGz } from "../../scripts/tar_archive.ts";
import { tempDir } from "../support/temp_dir.ts";

const entries = [0, 1, 511, 512, 513, 100_000].map((size) => ({
  name: `${"n".repeat(90)}-${size}`,
  mode: size % 2 === 0 ? 0o755 : 0o644,
  bytes: Buffer.alloc(size, "x"),
}));

test("tarGz() makes an archive that tar unpacks, with the modes of the files", async () => {
  await using dir = await tempDir();
  await writeFile(join(dir.path, "archive.tar.gz"), tarGz(entries));
  execFileSync("tar", ["-xzf", "archive.tar.gz"], { cwd: dir.path });
  for (const { name, mode, bytes } of entries) {
    const path = join(dir.path, name);
    assert.deepEqual(await readFile(path), bytes);
    const ownersMode = (await stat(path)).mode & 0o700; // The others' are subject to the umask.
    assert.equal(ownersMode, mode & 0o700);
  }
});

test("tarGz() gives the same bytes each time", () => {
  assert.deepEqual(tarGz(entries), tarGz(entries));
});

test("tarGz() refuses a name that does not fit", () => {
  assert.throws(() => tarGz([{ name: "n".repeat(101), mode: 0o644, bytes: new Uint8Array() }]));
});
