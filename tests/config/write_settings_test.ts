import assert from "node:assert/strict";
import { chmod, mkdir, readFile, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { homePaths } from "../../src/config/paths.ts";
import { findSetting, nearestSetting, placeOfSetting } from "../../src/config/setting_place.ts";
import { writeSettings } from "../../src/config/write_settings.ts";
import { tempDir } from "../support/temp_dir.ts";

const CHANGES = {
  env: { MATTERMOST_URL: "https://chat.example.com" },
  yaml: { "model.default": "x" },
};

async function home() {
  const dir = await tempDir();
  return {
    paths: homePaths(join(dir.path, "home")),
    [Symbol.asyncDispose]: dir[Symbol.asyncDispose],
  };
}

test("[P40] writeSettings() makes a home for its owner alone", async () => {
  await using at = await home();
  await writeSettings(at.paths, CHANGES);
  assert.equal(
    await readFile(at.paths.envFile, "utf8"),
    "MATTERMOST_URL=https://chat.example.com\n",
  );
  assert.equal(await readFile(at.paths.configFile, "utf8"), "model:\n  default: x\n");
  const modes = [at.paths.home, at.paths.envFile, at.paths.configFile]
    .map(async (path) => (await stat(path)).mode & 0o777);
  assert.deepEqual(await Promise.all(modes), [0o700, 0o600, 0o600]);
});

test("[P40] writeSettings() changes neither file when one of the values cannot be written", async () => {
  await using at = await home();
  await writeSettings(at.paths, CHANGES);
  const bad = { env: { MATTERMOST_TOKEN: "a'b\"c" }, yaml: { "model.default": "y" } };
  await assert.rejects(writeSettings(at.paths, bad), /cannot hold this value/);
  await writeFile(at.paths.configFile, "model: [\n");
  const good = { env: { MATTERMOST_URL: "https://other" }, yaml: { "model.default": "y" } };
  await assert.rejects(writeSettings(at.paths, good), /not valid YAML/);
  assert.match(await readFile(at.paths.envFile, "utf8"), /chat\.example\.com/);
  assert.equal(await readFile(at.paths.configFile, "utf8"), "model: [\n");
});

test("writeSettings() keeps the mode of config.yaml, closes .env, and follows a link", async () => {
  await using at = await home();
  const { paths } = at;
  await mkdir(paths.home);
  const real = join(paths.home, "real.env");
  await writeFile(real, "# mine\n", { mode: 0o644 });
  await symlink(real, paths.envFile);
  await writeFile(paths.configFile, "a: 1\n");
  await chmod(paths.configFile, 0o640);
  await writeSettings(paths, CHANGES);
  assert.equal(await readFile(real, "utf8"), "# mine\nMATTERMOST_URL=https://chat.example.com\n");
  assert.equal((await stat(real)).mode & 0o777, 0o600);
  assert.equal((await stat(paths.configFile)).mode & 0o777, 0o640);
});

test("writeSettings() does not touch a file that would not change", async () => {
  await using at = await home();
  await writeSettings(at.paths, CHANGES);
  const before = await stat(at.paths.envFile);
  await writeSettings(at.paths, { ...CHANGES, yaml: { "model.default": "z" } });
  assert.equal((await stat(at.paths.envFile)).ino, before.ino);
});

test("writeSettings() keeps a byte order mark, and overwrites nothing that it cannot read", async () => {
  await using at = await home();
  await mkdir(at.paths.home);
  await writeFile(at.paths.envFile, "\uFEFFA=1\r\n");
  await writeSettings(at.paths, { env: { A: "2" }, yaml: {} });
  assert.equal(await readFile(at.paths.envFile, "utf8"), "\uFEFFA=2\r\n");
  const bytes = Uint8Array.of(0x41, 0x3d, 0xff);
  await writeFile(at.paths.envFile, bytes);
  await assert.rejects(writeSettings(at.paths, CHANGES), /not UTF-8/);
  assert.deepEqual([...await readFile(at.paths.envFile)], [...bytes]);
});

test("placeOfSetting() puts secrets and the bot's address into .env, behaviour into config.yaml", () => {
  const placeOf = (name: string) => {
    const row = findSetting(name);
    return row && placeOfSetting(row);
  };
  assert.deepEqual(placeOf("MATTERMOST_TOKEN"), { kind: "env", name: "MATTERMOST_TOKEN" });
  assert.deepEqual(placeOf("mattermost.url"), { kind: "env", name: "MATTERMOST_URL" });
  assert.deepEqual(placeOf("HERMES_MODEL"), { kind: "yaml", key: "model.default" });
  assert.deepEqual(placeOf("model"), { kind: "yaml", key: "model.default" });
  assert.equal(placeOf("mattermost.colour"), undefined);
  assert.equal(nearestSetting("mattermost.reply_mod"), "mattermost.reply_mode");
});
