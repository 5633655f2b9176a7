import assert from "node:assert/strict";
import { chmod } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { runBinary } from "../support/binary.ts";
import { BinaryLab } from "../support/binary_lab.ts";
import { type GatewaySetup, writeHome } from "../support/gateway_process.ts";
import { tempDir } from "../support/temp_dir.ts";

/** What `hermes doctor` says in a home of this setup. */
async function doctor(lab: BinaryLab, setup: GatewaySetup = {}) {
  await using dir = await tempDir();
  const home = join(dir.path, "home");
  await writeHome(home, lab.workplace, lab.model, setup);
  const env = { HERMES_HOME: home };
  const text = await runBinary(["doctor"], { env });
  const { exitCode, stdout } = await runBinary(["doctor", "--json"], { env });
  assert.equal(exitCode, text.exitCode);
  return { exitCode, text: text.stdout, json: JSON.parse(stdout) };
}

test("[P25] doctor finds nothing wrong where the gateway works, and exits with 0", async () => {
  await using lab = await BinaryLab.open();
  const { exitCode, text, json } = await doctor(lab);
  assert.equal(exitCode, 0);
  assert.doesNotMatch(text, /^[✗!]/m);
  assert.match(text, /✓ socket +Mattermost 11\.6\.0 says hello\./);
  assert.equal(json.ok, true);
  assert.ok(json.checks.every((check: { status: string }) => check.status === "ok"));
});

type Prepare = (lab: BinaryLab) => GatewaySetup | void;

const broken: readonly [what: string, prepare: Prepare, name: string, says: RegExp][] = [
  ["no model", () => ({ noModel: true }), "model", /none is set up/],
  ["a bad address", () => ({ env: { MATTERMOST_URL: "chat" } }), "configuration", /MATTERMOST_URL/],
  [
    "a web page in place of the API",
    (lab) => ({ env: { MATTERMOST_URL: `${lab.sandbox.url}/wrong` } }),
    "server",
    /a web page came/,
  ],
  [
    "nobody at the address",
    () => ({ env: { MATTERMOST_URL: "http://127.0.0.1:9" } }),
    "server",
    /connection refused/,
  ],
  [
    "a refused token",
    () => ({ env: { MATTERMOST_TOKEN: "abcdefghijklmnopqrstuvwxyz" } }),
    "token",
    /Mattermost answered 401/,
  ],
  [
    "an upgrade that a proxy refuses",
    (lab) => {
      lab.sandbox.faults.upgrade = { status: 403 };
    },
    "socket",
    /refused the WebSocket/,
  ],
  ["nobody listed", () => ({ env: { MATTERMOST_ALLOWED_USERS: "" } }), "people", /Nobody may talk/],
];
for (const [what, prepare, name, says] of broken) {
  test(`[P25] doctor on ${what}: one failure that says so, a remedy, and exit code 1`, async () => {
    await using lab = await BinaryLab.open();
    const { exitCode, text, json } = await doctor(lab, prepare(lab) ?? {});
    assert.equal(exitCode, 1);
    assert.equal(json.ok, false);
    const failures = json.checks.filter((check: { status: string }) => check.status === "failure");
    assert.deepEqual(failures.map((check: { name: string }) => check.name), [name]);
    assert.match(failures[0].message, says);
    assert.match(text, new RegExp(`^✗ ${name} `, "m"));
  });
}

test("[P25] doctor warns when the bot is in no channel, and exits with 0", async () => {
  await using lab = await BinaryLab.open();
  for (const channel of ["town-square", "general", "secret"]) {
    lab.sandbox.as("admin").remove(channel, "hermes");
  }
  const { exitCode, text } = await doctor(lab);
  assert.equal(exitCode, 0);
  assert.match(text, /^! channels +The bot is in no channel.*\n +Add it to a team/m);
});

test("[P25] doctor warns of a .env that others can read", async () => {
  await using lab = await BinaryLab.open();
  await using dir = await tempDir();
  const home = join(dir.path, "home");
  await writeHome(home, lab.workplace, lab.model);
  await chmod(join(home, ".env"), 0o644);
  const { exitCode, stdout } = await runBinary(["doctor"], { env: { HERMES_HOME: home } });
  assert.equal(exitCode, 0);
  assert.match(stdout, /^! files +Other users .*\n +Run: chmod 600 .*\/\.env$/m);
});
