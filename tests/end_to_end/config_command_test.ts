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
  ["a placeholder for a key", "set OPENROUTER_API_KEY your-key", /is a placeholder/],
  ["a misspelled key", "set OPENROUTER_API_KY x", /did you mean OPENROUTER_API_KEY\?/],
  ["a name for --env that is none", "set --env a-b x", /No setting is called "a-b"/],
  ["an empty value", "set model.default -", /The value is empty: hermes config unset/],
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

test("hermes config set --env writes a setting under its variable, and checks it", async () => {
  await using at = await lab({ yaml: "agent:\n  max_turns: 3\n" });
  assert.equal((await at.run("set --env agent.max_turns many")).exitCode, 2);
  assert.equal((await at.run("set --env agent.max_turns 5")).exitCode, 0);
  assert.equal(await at.env(), "HERMES_MAX_ITERATIONS=5\n");
  assert.equal((await at.run("get agent.max_turns")).stdout, "5\n");
  const { exitCode, stderr } = await at.run("set --env model.max_tokens 5");
  assert.equal(exitCode, 2);
  assert.match(stderr, /model\.max_tokens has no name in \.env: leave --env out/);
});

test("hermes config set takes a value from a variable, and says when that is missing", async () => {
  await using at = await lab({ env: "MY_URL=http://127.0.0.1:1/v1\n" });
  assert.equal((await at.run("set model.base_url ${MY_URL}")).stderr, "");
  assert.equal(await at.yaml(), "model:\n  base_url: ${MY_URL}\n");
  assert.equal((await at.run("get model.base_url")).stdout, "http://127.0.0.1:1/v1\n");
  const { stderr } = await at.run("set model.default ${MY_MODEL}");
  assert.match(stderr, /names \$\{MY_MODEL\}, which is not set/);
});

test("hermes config set makes the value count that it writes, whatever the environment says", async () => {
  await using at = await lab({ env: "HERMES_MODEL=old\n" });
  await at.run("set model.default new", { env: { HERMES_MODEL: "exported" } });
  assert.equal((await at.run("get model.default")).stdout, "new\n");
  assert.equal(await at.env(), "");
});

test("hermes config unset takes a setting out of both files", async () => {
  await using at = await lab({ env: "A=1\nHERMES_MODEL=x\n", yaml: "model: y\nb: 1\n" });
  assert.equal((await at.run("unset model")).exitCode, 0);
  assert.equal(await at.env() + await at.yaml(), "A=1\nb: 1\n");
  assert.equal((await at.run("unset A")).exitCode, 0);
  assert.equal(await at.env(), "");
  assert.equal((await at.run("unset nothing")).exitCode, 2);
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
  assert.deepEqual(show("model.default"), {
    key: "model.default",
    value: "y",
    source: "config.yaml",
    variable: null,
    line: 2,
  });
  assert.equal(show("OPENROUTER_API_KEY").value, "***");
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
  const block = await at.run("get custom_providers");
  assert.deepEqual([block.exitCode, block.stdout], [1, ""]);
  assert.match((await at.run("get custom_providers --reveal")).stdout, new RegExp(KEY));
  const unset = await at.run("get mattermost.url");
  assert.deepEqual([unset.exitCode, unset.stdout], [1, ""]);
});

test("hermes config get tells of problems, and still knows the keys that are there", async () => {
  await using at = await lab({
    env: `OPENROUTER_API_KEY=${KEY}\n`,
    yaml: "mattermost:\n  url: https://bot:hunter22@chat.example.com\nagent:\n  max_turns: 0\n",
  });
  const key = await at.run("get OPENROUTER_API_KEY --reveal");
  assert.equal(key.stdout, `${KEY}\n`);
  assert.match(key.stderr, /there are problems with these settings: hermes config check/);
  const all = await at.run("get");
  assert.match(all.stdout, /^agent\.max_turns = 0 {2}\(config\.yaml, line 4\)$/m);
  assert.doesNotMatch(all.stdout, /hunter22/);
  const exported = { OPENROUTER_API_KEY: "other-key-12345" };
  const { source } = JSON.parse(
    (await at.run("get openrouter_api_key --json", { env: exported })).stdout,
  );
  assert.equal(source, "environment");
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
  const rest = await at.run("check");
  assert.equal(rest.exitCode, 0);
  assert.match(rest.stdout, /^! MATTERMOST_TOKEN is not set/m);
  await writeFile(join(at.home, "config.yaml"), "");
  await at.run("set MATTERMOST_TOKEN 0123456789abcdefghijklmnop");
  await at.run("set MATTERMOST_URL https://chat.example.com");
  assert.equal((await at.run("check")).stdout, `✓ The settings in ${at.home} are right.\n`);
});

test("hermes config path and schema print for scripts", async () => {
  await using at = await lab();
  assert.equal((await at.run("path")).stdout, `${join(at.home, "config.yaml")}\n`);
  for (const args of ["path --env", "env-path"]) {
    assert.equal((await at.run(args)).stdout, `${join(at.home, ".env")}\n`);
  }
  assert.equal(JSON.parse((await at.run("schema")).stdout).title, "config.yaml of Hermes");
});
