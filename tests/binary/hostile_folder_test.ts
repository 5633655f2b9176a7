import assert from "node:assert/strict";
import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { runBinary } from "../support/binary.ts";
import { tempDir } from "../support/temp_dir.ts";

const BUNFIG = `preload = ["./preload.ts"]\n[run]\npreload = ["./preload.ts"]\n`;
const PRELOAD = `require("node:fs").writeFileSync("it-ran", "");\n`;
const DOTENV = [
  "MATTERMOST_URL=http://127.0.0.1:9",
  "MATTERMOST_TOKEN=token-of-the-folder",
  "MATTERMOST_ALLOW_ALL_USERS=true",
  "HERMES_HOME=./hermes-home-of-the-folder",
  "",
].join("\n");

/** A folder as somebody might hand it over: whoever starts a program in it runs what it holds. */
async function hostileFolder() {
  const dir = await tempDir();
  const files = {
    "bunfig.toml": BUNFIG,
    ".bunfig.toml": BUNFIG,
    "preload.ts": PRELOAD,
    ".env": DOTENV,
    ".env.local": DOTENV,
    ".env.production": DOTENV,
    "tsconfig.json": `{ "compilerOptions": { "paths": { "*": ["./preload.ts"] } } }\n`,
  };
  for (const [name, text] of Object.entries(files)) await writeFile(join(dir.path, name), text);
  return { dir, names: Object.keys(files).sort() };
}

for (const args of [["--version"], ["doctor", "--json"], ["gateway"]]) {
  test(`[P27] hermes ${args.join(" ")} neither runs nor reads what its folder holds`, async () => {
    const { dir, names } = await hostileFolder();
    await using cwd = dir;
    await using home = await tempDir();
    const env = { HOME: home.path, HERMES_HOME: home.path };
    const { exitCode, stdout, stderr } = await runBinary(args, { env, cwd: cwd.path });
    const expected = { "--version": 0, doctor: 1, gateway: 78 }[args[0] ?? ""];
    assert.equal(exitCode, expected, stderr);
    assert.doesNotMatch(stdout + stderr, /127\.0\.0\.1:9|of-the-folder/);
    if (args[0] !== "--version") assert.match(stdout + stderr, /MATTERMOST_URL|gateway setup/);
    assert.deepEqual((await readdir(cwd.path)).sort(), names);
  });
}
