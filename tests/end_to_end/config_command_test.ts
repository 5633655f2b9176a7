import assert from "node:assert/strict";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { runBinary } from "../support/binary.ts";
import { tempDir } from "../support/temp_dir.ts";

const KEY = "sk-or-v1-0123456789abcdef";

async function lab(files: { readonly env?: string; readonly yaml?: string } = {}) {
  const dir = await tempDir();
  const home = join(dir.path, "home");
  await mkdir(home);
  if (files.env !== undefined) await writeFile(join(home, ".env"), files.env, { mode: 0o600 });
  if (files.yaml !== undefined) await writeFile(join(home, "config.yaml"), files.yaml);
  return {
    home,
    run: (args: string, options: { env?: Record<string, string>; input?: string } = {}) =>
      runBinary(["config", ...args.split(" ")], {
        env: { HERMES_HOME: home, ...options.env },
        ...(options.input === undefined ? {} : { input: options.input }),
      }),
    env: () => readFile(join(home, ".env"), "utf8").catch(() => ""),
    yaml: () => readFile(join(home, "config.yaml"), "utf8").catch(() => ""),
    [Symbol.asyncDispose]: dir[Symbol.asyncDispose],
  };
}

test("[P42] hermes config set writes secrets and the bot's address to .env, the rest to config.yaml", async () => {
  await using at = await lab({ env: "# mine\nOTHER=1\n", yaml: "# mine\nmodel: old # why\n" });
  assert.equal((await at.run("set MATTERMOST_URL https://chat.example.com")).exitCode, 0);
  assert.equal((await at.run("set OPENROUTER_API_KEY -", { input: `${KEY}\n` })).exitCode, 0);
  assert.equal((await at.run("set model.provider openrouter")).exitCode, 0);
  assert.equal((await at.run("set agent.max_turns 7")).exitCode, 0);
  assert.equal(
    await at.env(),
    `# mine\nOTHER=1\nMATTERMOST_URL=https://chat.example.com\nOPENROUTER_API_KEY=${KEY}\n`,
  );
  assert.equal(
    await at.yaml(),
    "# mine\nmodel:\n  default: old # why\n  provider: openrouter\nagent:\n  max_turns: 7\n",
  );
});

const refused: readonly [what: string, args: string, says: RegExp][] = [
  ["a wrong value", "set mattermost.reply_mode threads", /write off or thread/],
  ["a number out of range", "set agent.max_turns 0", /from 1 to 10000/],
  ["a user name for an id", "set mattermost.allowed_users alice", /not a user id/],
  ["an unknown key", "set mattermost.reply_mod off", /did you mean mattermost\.reply_mode\?/],
  ["an unknown variable", "set SOME_THING x", /No setting is called "SOME_THING"/],
  ["no value", "set model.default", /Give a value: hermes config set model\.default VALUE/],
];
for (const [what, args, says] of refused) {
  test(`[P42] hermes config set refuses ${what}, and writes nothing`, async () => {
    await using at = await lab();
    const { exitCode, stderr } = await at.run(args);
    assert.equal(exitCode, 2);
    assert.match(stderr, says);
    assert.equal(await at.env() + await at.yaml(), "");
  });
}

test("hermes config set --env takes any variable, and says which value counts", async () => {
  await using at = await lab();
  assert.equal((await at.run("set --env MY_KEY some-value")).exitCode, 0);
  assert.equal(await at.env(), "MY_KEY=some-value\n");
  const env = { MATTERMOST_URL: "https://exported" };
  const { stderr } = await at.run("set mattermost.url https://written", { env });
  assert.match(stderr, /MATTERMOST_URL is set in the environment, and that counts/);
});

test("hermes config set makes the value count that it writes", async () => {
  await using at = await lab({ env: "HERMES_MODEL=old\n" });
  await at.run("set model.default new");
  assert.equal((await at.run("get model.default")).stdout, "new\n");
  assert.equal(await at.env(), "");
});

test("hermes config unset takes a setting out of both files", async () => {
  await using at = await lab({ env: "A=1\nHERMES_MODEL=x\n", yaml: "model: y\nb: 1\n" });
  assert.equal((await at.run("unset model")).exitCode, 0);
  assert.equal(await at.env() + await at.yaml(), "A=1\nb: 1\n");
});

test("[P43] hermes config get shows what counts and where it comes from, and no secret", async () => {
  await using at = await lab({
    env: `MATTERMOST_TOKEN=${KEY}\nOPENROUTER_API_KEY=${KEY}\n`,
    yaml:
      `model:\n  default: y\ncustom_providers:\n  - name: x\n    base_url: http://x/v1\n    api_key: ${KEY}\n`,
  });
  const all = await at.run("get --json");
  const { settings } = JSON.parse(all.stdout);
  const show = (key: string) => settings.find((each: { key: string }) => each.key === key);
  assert.deepEqual([show("model.default").value, show("model.default").source], [
    "y",
    "config.yaml, line 2",
  ]);
  assert.equal(show("mattermost.token").value, "***");
  assert.deepEqual([show("agent.max_turns").value, show("agent.max_turns").source], [
    "90",
    "default",
  ]);
  assert.doesNotMatch(all.stdout + (await at.run("get")).stdout, new RegExp(KEY));
  for (const name of ["MATTERMOST_TOKEN", "openrouter_api_key"]) {
    const hidden = await at.run(`get ${name}`);
    assert.equal(hidden.exitCode, 1);
    assert.doesNotMatch(hidden.stdout + hidden.stderr, new RegExp(KEY));
    assert.equal((await at.run(`get ${name} --reveal`)).stdout, `${KEY}\n`);
  }
  const unset = await at.run("get mattermost.url");
  assert.deepEqual([unset.exitCode, unset.stdout], [1, ""]);
});

test("[P44] hermes config check names file and line of each problem, and exits with 1", async () => {
  await using at = await lab({
    env: "MATTERMOST_REPLY_MODE=maybe\n",
    yaml: "agent:\n  max_turn: 5\n",
  });
  const { exitCode, stdout } = await at.run("check");
  assert.equal(exitCode, 1);
  assert.match(stdout, /^✗ MATTERMOST_REPLY_MODE in .*\.env, line 1, is "maybe"/m);
  assert.match(
    stdout,
    /^! agent\.max_turn in .*config\.yaml, line 2, .*did you mean agent\.max_turns/m,
  );
  const { problems } = JSON.parse((await at.run("check --json")).stdout);
  assert.deepEqual([problems[0].line, problems[0].key], [1, "MATTERMOST_REPLY_MODE"]);
  await at.run("set mattermost.reply_mode off");
  assert.equal((await at.run("check")).exitCode, 0);
});

test("hermes config path and schema print for scripts", async () => {
  await using at = await lab();
  assert.equal((await at.run("path")).stdout, `${join(at.home, "config.yaml")}\n`);
  assert.equal((await at.run("path --env")).stdout, `${join(at.home, ".env")}\n`);
  assert.equal(JSON.parse((await at.run("schema")).stdout).title, "config.yaml of Hermes");
});

test("hermes config edit needs a terminal", async () => {
  await using at = await lab();
  const { exitCode, stderr } = await at.run("edit");
  assert.equal(exitCode, 2);
  assert.match(stderr, /no terminal to edit in/);
});
