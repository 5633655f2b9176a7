import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmod, mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { readSettingsFile, SETTINGS_FILE_BYTES_MAX } from "../../src/config/settings_file.ts";
import { tempDir } from "../support/temp_dir.ts";

async function readBytes(bytes: Uint8Array | string) {
  await using dir = await tempDir();
  const file = join(dir.path, ".env");
  await writeFile(file, bytes);
  return await readSettingsFile(file);
}

test("readSettingsFile() reads UTF-8, with or without a byte order mark", async () => {
  assert.deepEqual(await readBytes("A=ä"), { kind: "read", text: "A=ä" });
  assert.deepEqual(await readBytes("\uFEFFA=ä"), { kind: "read", text: "A=ä" });
  assert.deepEqual(await readBytes(""), { kind: "read", text: "" });
});

test("readSettingsFile() tells a file that is not there from one that cannot be read", async () => {
  await using dir = await tempDir();
  assert.deepEqual(await readSettingsFile(join(dir.path, "none")), { kind: "absent" });
  await writeFile(join(dir.path, "file"), "");
  const below = await readSettingsFile(join(dir.path, "file", ".env"));
  assert.equal(below.kind, "refused");
});

const REFUSED: [name: string, bytes: Uint8Array | string, message: RegExp][] = [
  ["bytes that are not UTF-8", Uint8Array.of(65, 61, 0xff), /\.env has bytes that are not UTF-8/],
  ["UTF-16, low byte first", Uint8Array.of(0xff, 0xfe, 65, 0), /is written in UTF-16: save it as/],
  ["UTF-16, high byte first", Uint8Array.of(0xfe, 0xff, 0, 65), /is written in UTF-16/],
  ["a NUL", "A=1\nB=\0", /\.env, line 2, has a NUL character: delete it/],
  ["too much", "#".repeat(SETTINGS_FILE_BYTES_MAX + 1), /is larger than 1 MiB/],
  ["10 MB", "#".repeat(10_000_000), /is larger than 1 MiB/],
];

for (const [name, bytes, message] of REFUSED) {
  test(`readSettingsFile() refuses ${name} with one sentence`, async () => {
    const read = await readBytes(bytes);
    assert.match(read.kind === "refused" ? read.problem.message : "", message);
  });
}

test("readSettingsFile() refuses a folder and a pipe without waiting for it", async () => {
  await using dir = await tempDir();
  await mkdir(join(dir.path, ".env"));
  execFileSync("mkfifo", [join(dir.path, "config.yaml")]);
  for (const name of [".env", "config.yaml"]) {
    const read = await readSettingsFile(join(dir.path, name));
    assert.match(read.kind === "refused" ? read.problem.message : "", /is not a file/);
  }
});

test("readSettingsFile() refuses a link that leads in a circle", async () => {
  await using dir = await tempDir();
  await symlink(join(dir.path, ".env"), join(dir.path, ".env"));
  assert.equal((await readSettingsFile(join(dir.path, ".env"))).kind, "refused");
});

test("readSettingsFile() says who may not read the file", {
  skip: process.getuid?.() === 0 ? "root may read everything" : false,
}, async () => {
  await using dir = await tempDir();
  const file = join(dir.path, ".env");
  await writeFile(file, "A=1");
  await chmod(file, 0o000);
  const read = await readSettingsFile(file);
  assert.match(
    read.kind === "refused" ? read.problem.message : "",
    /^Cannot read ".*": permission denied; give the user that runs Hermes access to this path$/,
  );
});
