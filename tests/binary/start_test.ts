import assert from "node:assert/strict";
import { chmod, mkdir, readdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import manifest from "../../deno.json" with { type: "json" };
import { BINARY_PATH, runBinary } from "../support/binary.ts";
import { tempDir } from "../support/temp_dir.ts";

const version = { exitCode: 0, stdout: `${manifest.version}\n`, stderr: "" };

test("hermes --version prints the version of the manifest and nothing else", async () => {
  assert.deepEqual(await runBinary(["--version"], { env: {} }), version);
});

test("hermes --help lists the commands, exits with 0 and leaves no file behind", async () => {
  await using home = await tempDir();
  const { exitCode, stdout, stderr } = await runBinary(["--help"], { env: { HOME: home.path } });
  assert.equal(exitCode, 0);
  assert.equal(stderr, "");
  for (const command of ["gateway", "doctor", "demo"]) {
    assert.match(stdout, RegExp(`^ +${command} `, "m"));
  }
  assert.deepEqual(await readdir(home.path), []);
});

test("hermes with an unknown command exits with 2 and names the nearest one", async () => {
  const { exitCode, stdout, stderr } = await runBinary(["doctr"], { env: {} });
  assert.equal(exitCode, 2);
  assert.match(stderr, /doctr/);
  assert.match(stderr, /\bdoctor\b/);
  assert.equal(stdout, "");
});

test("hermes with an unknown option exits with 2 and names the nearest one", async () => {
  const { exitCode, stderr } = await runBinary(["gateway", "--verbos"], { env: {} });
  assert.equal(exitCode, 2);
  assert.match(stderr, /--verbos\b/);
  assert.match(stderr, /--verbose/);
});

test("hermes runs through a symbolic link", async () => {
  await using dir = await tempDir();
  const link = join(dir.path, "agent");
  await symlink(BINARY_PATH, link);
  assert.deepEqual(await runBinary(["--version"], { env: {}, path: link }), version);
});

test("hermes runs in a folder it may not write to, and writes nothing there", async () => {
  await using dir = await tempDir();
  const cwd = join(dir.path, "read-only");
  await mkdir(cwd);
  await chmod(cwd, 0o555);
  const env = { HERMES_HOME: join(dir.path, "home") };
  const { exitCode, stdout } = await runBinary(["doctor", "--json"], { env, cwd });
  assert.equal(exitCode, 1, "nothing is configured, and doctor says so");
  assert.doesNotThrow(() => JSON.parse(stdout));
  assert.deepEqual(await readdir(cwd), []);
});

test("hermes runs without HOME in its environment", async () => {
  assert.deepEqual(await runBinary(["--version"], { env: {} }), version);
  await using home = await tempDir();
  const { exitCode, stderr } = await runBinary(["gateway"], { env: { HERMES_HOME: home.path } });
  assert.equal(exitCode, 78);
  assert.match(stderr, /MATTERMOST_URL/);
});
