import assert from "node:assert/strict";
import { chmod, mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { inspect } from "node:util";
import fc from "fast-check";
import { FINDINGS_MAX, loadConfig } from "../../src/config/load_config.ts";
import { ALL_SETTINGS } from "../../src/config/settings.ts";
import { tempDir } from "../support/temp_dir.ts";
import { CHANNEL_ID, load, messages, OTHER_USER_ID, TOKEN, USER_ID } from "./home.ts";

test("loadConfig() without any file gives the defaults and nothing to say", async () => {
  await using dir = await tempDir();
  const home = join(dir.path, "none");
  const loaded = await loadConfig({ home, environment: {}, flags: {} });
  assert.deepEqual(loaded.problems, []);
  assert.deepEqual(loaded.warnings, []);
  const { config, sources } = loaded;
  assert.equal(config?.mattermost.url, undefined);
  assert.deepEqual(config?.mattermost.allowedUsers, []);
  assert.equal(config?.mattermost.requireMention, true);
  assert.equal(config?.mattermost.replyMode, "off");
  assert.equal(config?.gateway.drainMs, 10_000);
  assert.deepEqual(config?.sessions, { groupPerUser: true, threadPerUser: true });
  assert.equal(config?.streaming.enabled, true);
  assert.equal(config?.model.provider, "auto");
  assert.equal(config?.model.firstTokenTimeoutMs, 120_000);
  assert.equal(config?.model.idleTimeoutMs, 180_000);
  assert.equal(config?.model.totalTimeoutMs, 1_800_000);
  assert.equal(config?.agent.stepsMax, 90);
  assert.equal(config?.agent.notifyIntervalMs, 180_000);
  assert.equal(config?.display.toolProgress, "new");
  assert.equal(config?.display.showReasoning, false);
  assert.deepEqual(config?.providers.fallbacks, []);
  assert.deepEqual([config?.log.level, config?.log.format], ["info", "auto"]);
  assert.deepEqual([...new Set(sources.values())], ["default"]);
  assert.equal(sources.size, ALL_SETTINGS.length);
});

test("loadConfig() reads every setting of config.yaml", async () => {
  const { config, problems, warnings } = await load({
    environment: { KEY: "sk-1" },
    yaml: [
      "mattermost:",
      "  url: https://chat.example.com/",
      `  allowed_users: [${USER_ID}]`,
      "  reply_mode: thread",
      `  home_channel: ${CHANNEL_ID}`,
      "  require_mention: false",
      `  free_response_channels: ${CHANNEL_ID}`,
      `  allowed_channels:\n    - ${CHANNEL_ID}`,
      `  channel_prompts:\n    ${CHANNEL_ID}: |\n      Be brief.\n      Be kind.`,
      "  ca_file: /etc/ca.pem",
      "gateway: {drain_seconds: 0.5, allow_all_users: yes}",
      "network: {no_proxy: 'localhost,.example.com'}",
      "group_sessions_per_user: false",
      "thread_sessions_per_user: false",
      "streaming: {enabled: off}",
      "model:",
      "  default: some/model",
      "  provider: custom:mine",
      "  base_url: http://127.0.0.1:8000/v1",
      "  api_key: ${KEY}",
      "  api_mode: anthropic_messages",
      "  context_length: 131072",
      "  max_tokens: 4096",
      "  stale_timeout_seconds: 600",
      "custom_providers:",
      "  - name: mine",
      "    base_url: http://127.0.0.1:8000/v1",
      "    key_env: MINE_KEY",
      "    models: {a: {context_length: 8192}}",
      "providers: {mine: {request_timeout_seconds: 60}}",
      "agent: {max_turns: 5, api_max_retries: 0}",
      "logging: {level: WARNING, format: json}",
    ].join("\n"),
  });
  assert.deepEqual(messages(problems), []);
  assert.deepEqual(messages(warnings), []);
  assert.equal(config?.mattermost.homeChannel, CHANNEL_ID);
  assert.deepEqual(config?.mattermost.allowedUsers, [USER_ID]);
  assert.deepEqual(config?.mattermost.allowedChannels, [CHANNEL_ID]);
  assert.deepEqual(config?.mattermost.freeResponseChannels, [CHANNEL_ID]);
  assert.equal(config?.mattermost.channelPrompts[CHANNEL_ID], "Be brief.\nBe kind.");
  assert.equal(config?.mattermost.replyMode, "thread");
  assert.equal(config?.gateway.drainMs, 500);
  assert.deepEqual(config?.network.noProxy, ["localhost", ".example.com"]);
  assert.deepEqual(config?.sessions, { groupPerUser: false, threadPerUser: false });
  assert.equal(config?.streaming.enabled, false);
  assert.equal(config?.model.id, "some/model");
  assert.equal(config?.model.apiKey?.reveal(), "sk-1");
  assert.equal(config?.model.contextTokensMax, 131_072);
  assert.equal(config?.model.idleTimeoutMs, 600_000);
  assert.deepEqual({ ...config?.providers.custom[0], contextTokensMax: undefined }, {
    name: "mine",
    baseUrl: "http://127.0.0.1:8000/v1",
    apiKey: undefined,
    apiKeyVariable: "MINE_KEY",
    apiMode: undefined,
    model: undefined,
    contextTokensMax: undefined,
  });
  assert.equal(config?.providers.custom[0]?.contextTokensMax.a, 8192);
  assert.equal(config?.providers.timeouts.mine?.totalTimeoutMs, 60_000);
  assert.equal(config?.providers.timeouts.mine?.idleTimeoutMs, undefined);
  assert.deepEqual([config?.log.level, config?.log.format], ["warn", "json"]);
});

for (
  const yaml of ["model: some/model", "model: {default: some/model}", "model: {model: some/model}"]
) {
  test(`loadConfig() finds the model in ${yaml}`, async () => {
    const { config, warnings } = await load({ yaml });
    assert.equal(config?.model.id, "some/model");
    assert.deepEqual(warnings, []);
  });
}

test("[P19] loadConfig() prefers flag, environment, .env, config.yaml and default, in this order", async () => {
  const written = {
    flags: { "model.default": "from-flag" },
    environment: { HERMES_MODEL: "from-environment" },
    env: "HERMES_MODEL=from-file\n",
    yaml: "model: {default: from-yaml}\n",
  };
  const seen: (string | undefined)[][] = [];
  for (
    const missing of [[], ["flags"], ["flags", "environment"], ["flags", "environment", "env"]]
  ) {
    const rest = Object.entries(written).filter(([name]) => !missing.includes(name));
    const { config, sources } = await load(Object.fromEntries(rest));
    seen.push([config?.model.id, sources.get("model.default")]);
  }
  const { config, sources } = await load({});
  seen.push([config?.model.id, sources.get("model.default")]);
  assert.deepEqual(seen, [
    ["from-flag", "flag"],
    ["from-environment", "environment"],
    ["from-file", ".env"],
    ["from-yaml", "config.yaml"],
    [undefined, "default"],
  ]);
});

test("[P19] loadConfig() takes an empty value for an unset one", async () => {
  const { config, sources } = await load({
    flags: { "model.default": "" },
    environment: { HERMES_MODEL: "  " },
    env: "HERMES_MODEL=\n",
    yaml: "model: {default: from-yaml}\n",
  });
  assert.equal(config?.model.id, "from-yaml");
  assert.equal(sources.get("model.default"), "config.yaml");
});

test("loadConfig() does not complain of a value that a better place overrides", async () => {
  const { config, problems } = await load({
    environment: { MATTERMOST_REPLY_MODE: "thread" },
    env: "MATTERMOST_REPLY_MODE=nonsense\n",
  });
  assert.deepEqual(problems, []);
  assert.equal(config?.mattermost.replyMode, "thread");
});

test("loadConfig() reads both spellings of the proxy variables", async () => {
  const { config } = await load({
    environment: {
      https_proxy: "http://low:1",
      HTTP_PROXY: "http://up:2",
      http_proxy: "http://no:3",
    },
    env: "no_proxy=localhost\n",
  });
  assert.equal(config?.network.httpsProxy?.reveal(), "http://low:1");
  assert.equal(config?.network.httpProxy?.reveal(), "http://up:2");
  assert.deepEqual(config?.network.noProxy, ["localhost"]);
});

test("[P17] loadConfig() reports all problems of all files at once, each with file, key and line", async () => {
  const { config, problems } = await load({
    environment: { GATEWAY_ALLOW_ALL_USERS: "perhaps" },
    env: `MATTERMOST_URL=chat.example.com\n\nMATTERMOST_ALLOWED_USERS=${USER_ID},alice\nX='open\n`,
    yaml: "mattermost:\n  reply_mode: threads\nagent:\n  max_turns: many\n",
  });
  assert.equal(config, undefined);
  assert.deepEqual(problems.map(({ file, key, line }) => [file, key, line]), [
    ["HOME/.env", undefined, 4],
    ["HOME/.env", "MATTERMOST_URL", 1],
    ["HOME/.env", "MATTERMOST_ALLOWED_USERS", 3],
    ["HOME/config.yaml", "mattermost.reply_mode", 2],
    [undefined, "GATEWAY_ALLOW_ALL_USERS", undefined],
    ["HOME/config.yaml", "agent.max_turns", 4],
  ]);
  assert.deepEqual(messages(problems).slice(1, 2).concat(messages(problems).slice(3)), [
    "MATTERMOST_URL in HOME/.env, line 1, does not begin with https:// or http://: write it like https://chat.example.com",
    'mattermost.reply_mode in HOME/config.yaml, line 2, is "threads": write off or thread',
    'GATEWAY_ALLOW_ALL_USERS from the environment is "perhaps": write true or false',
    'agent.max_turns in HOME/config.yaml, line 4, is "many": write a whole number from 1 to 10000',
  ]);
});

test("[P17] loadConfig() reports .env and config.yaml that cannot be read, both", async () => {
  const { problems } = await load({ env: "A=\0", yaml: Uint8Array.of(0xff, 0xfe, 0x41, 0) });
  assert.deepEqual(messages(problems), [
    "HOME/.env, line 1, has a NUL character: delete it",
    "HOME/config.yaml is written in UTF-16: save it as UTF-8",
  ]);
});

test("[P17] loadConfig() reports a home that is a file", async () => {
  await using dir = await tempDir();
  const home = join(dir.path, "home");
  await writeFile(home, "");
  const { problems } = await loadConfig({ home, environment: {}, flags: {} });
  assert.equal(problems.length, 2);
  assert.match(problems[0]?.message ?? "", /^Cannot read ".*\.env": a part of the path is not a/);
});

test("[P17] loadConfig() names every wrong field of an own provider by its line", async () => {
  const { problems } = await load({
    yaml: [
      "custom_providers:",
      "  - name: a",
      "    base_url: a.example.com",
      "    models:",
      "      m:",
      "        context_length: big",
      "  - base_url: http://b",
      "  - word",
      "providers:",
      "  p:",
      "    stale_timeout_seconds: -1",
    ].join("\n"),
  });
  assert.deepEqual(problems.map(({ key, line }) => [key, line]), [
    ["custom_providers.0.base_url", 3],
    ["custom_providers.0.models.m.context_length", 6],
    ["custom_providers.1", 7],
    ["custom_providers.2", 8],
    ["providers.p.stale_timeout_seconds", 11],
  ]);
});

test("loadConfig() tells at most so many problems and says that there are more", async () => {
  const { problems } = await load({ env: `MATTERMOST_ALLOWED_USERS=${"x,".repeat(500_000)}` });
  assert.equal(problems.length, FINDINGS_MAX + 1);
  assert.match(problems.at(-1)?.message ?? "", /There is more to say/);
});

test("[P18] loadConfig() warns of unknown names in .env, config.yaml and the environment", async () => {
  const { config, warnings } = await load({
    environment: { MATTERMOST_TOKN: "x", MATTERMOST_PORT_8065_TCP: "tcp://10.0.0.1" },
    env: "MATTERMOST_BOT_TOKEN=x\n",
    yaml: "mattermost: {requre_mention: false}\nvoice: {auto_tts: true}\n",
  });
  assert.notEqual(config, undefined);
  assert.deepEqual(messages(warnings), [
    "MATTERMOST_BOT_TOKEN in HOME/.env, line 1, is not a known setting and has no effect: did you mean MATTERMOST_TOKEN?",
    "mattermost.requre_mention in HOME/config.yaml, line 1, is not a known setting and has no effect: did you mean mattermost.require_mention?",
    "voice in HOME/config.yaml, line 2, is a setting of the Python original that is not supported yet and has no effect",
    "MATTERMOST_TOKN from the environment is not a known setting and has no effect: did you mean MATTERMOST_TOKEN?",
  ]);
});

test("[P115] loadConfig() reads who stands in for the model, and who works beside it", async () => {
  const { config, problems, warnings } = await load({
    yaml: [
      "fallback_providers:",
      "  - {provider: openrouter, model: a/b, key_env: OTHER_KEY}",
      "  - {provider: custom, model: c, base_url: 'http://127.0.0.1:9/v1'}",
      "auxiliary:",
      "  compression: {provider: auto, model: small, timeout: 120, base_url: '', api_key: ''}",
      "  skills_hub: {provider: auto}",
    ].join("\n"),
  });
  assert.deepEqual(messages(problems), []);
  assert.deepEqual(warnings.map(({ key }) => key), ["auxiliary.skills_hub"]);
  const none = { baseUrl: undefined, apiKey: undefined, apiKeyVariable: undefined };
  assert.deepEqual(config?.providers.fallbacks, [
    {
      ...none,
      provider: "openrouter",
      model: "a/b",
      apiKeyVariable: "OTHER_KEY",
      totalTimeoutMs: undefined,
    },
    {
      ...none,
      provider: "custom",
      model: "c",
      baseUrl: "http://127.0.0.1:9/v1",
      totalTimeoutMs: undefined,
    },
  ]);
  assert.deepEqual(config?.providers.auxiliary, {
    compression: { ...none, provider: "auto", model: "small", totalTimeoutMs: 120_000 },
  });
});

test("loadConfig() names what a stand-in lacks", async () => {
  const { problems } = await load({ yaml: "fallback_providers: [{provider: openrouter}]" });
  assert.match(messages(problems)[0] ?? "", /^fallback_providers\.0 .* has no model: add one/);
});

test("loadConfig() advises to move secrets out of config.yaml, unless they are in a variable", async () => {
  const yaml = [
    "mattermost:",
    `  token: ${TOKEN}`,
    "model: {api_key: sk-123}",
    "custom_providers: [{name: a, base_url: 'http://a', api_key: sk-456}]",
  ].join("\n");
  const { config, warnings } = await load({ yaml });
  assert.equal(config?.mattermost.token?.reveal(), TOKEN);
  assert.deepEqual(messages(warnings), [
    "mattermost.token in HOME/config.yaml, line 2, is a secret outside of .env: move it to .env as MATTERMOST_TOKEN",
    "model.api_key in HOME/config.yaml, line 3, is a secret outside of .env: move it to .env under a name of your own and write ${NAME} here",
    "custom_providers.0.api_key in HOME/config.yaml, line 4, is a secret: move it to .env, and name its variable here with key_env",
  ]);
  const moved = await load({ yaml: "mattermost: {token: '${BOT}'}", env: `BOT=${TOKEN}\n` });
  assert.equal(moved.config?.mattermost.token?.reveal(), TOKEN);
  assert.deepEqual(moved.warnings, []);
});

test("[C39] loadConfig() shows no secret, whatever is wrong with it", async () => {
  const secrets = ALL_SETTINGS.filter((row) => row.isSecret);
  assert.ok(secrets.length >= 5);
  const someSecret = fc.string({ minLength: 6, maxLength: 40, unit: "grapheme-ascii" })
    .filter((text) => /[a-z]{2}/i.test(text) && text.trim() === text)
    .map((text) => `hunter2${text}`);
  await fc.assert(
    fc.asyncProperty(someSecret, fc.nat(secrets.length - 1), async (text, index) => {
      const row = secrets[index];
      const variable = row?.env?.[0];
      const key = row?.key.split(".") ?? [];
      const loaded = await load({
        ...(variable === undefined ? {} : { environment: { [variable]: text } }),
        yaml: JSON.stringify({ [key[0] ?? ""]: { [key[1] ?? ""]: text } }),
      });
      const shown = inspect(loaded, { depth: 9 }) + JSON.stringify(loaded) + String(loaded.config);
      assert.doesNotMatch(shown, /hunter2/);
    }),
    { numRuns: 150 },
  );
});

test("[C39] loadConfig() shows nothing of .env, however broken it is", async () => {
  for (const env of ["hunter2", "MATTERMOST_TOKEN='hunter2", "MATTERMOST_TOKEN=hunter2 hunter2"]) {
    const { problems, warnings } = await load({ env, yaml: `mattermost: {token: "hunter2` });
    assert.doesNotMatch(JSON.stringify([problems, warnings]), /hunter2/);
    assert.ok(problems.length > 0);
  }
});

test("[C39] loadConfig() does not repeat what a variable put into a wrong place", async () => {
  const { problems } = await load({
    environment: { KEY: "hunter2" },
    yaml: "mattermost: {reply_mode: '${KEY}', allowed_users: ['${KEY}'], home_channel: '${KEY}'}",
  });
  assert.equal(problems.length, 3);
  assert.doesNotMatch(JSON.stringify(problems), /hunter2/);
});

test("[C39] printing a Config shows no token and nothing of the environment", async () => {
  const { config } = await load({
    env:
      `MATTERMOST_TOKEN=${TOKEN}\nOPENAI_API_KEY=sk-hunter2\nMATTERMOST_PROXY=http://me:hunter2@p\n`,
  });
  assert.doesNotMatch(inspect(config, { depth: 9, showHidden: true }), /hunter2|t0ken/);
  assert.doesNotMatch(JSON.stringify(config), /hunter2|t0ken/);
});

test("Config.environment gives the environment, and .env below it", async () => {
  const { config } = await load({
    environment: { BOTH: "environment", EMPTY: "" },
    env: "BOTH=file\nEMPTY=file\nFILE=file\nFILE=last\nBLANK=\n",
  });
  const values = ["BOTH", "EMPTY", "FILE", "BLANK", "NONE", "toString"]
    .map((name) => config?.environment.get(name));
  assert.deepEqual(values, ["environment", "file", "last", undefined, undefined, undefined]);
});

test("Config is frozen to its leaves", async () => {
  const { config } = await load({ yaml: "custom_providers: [{name: a, base_url: 'http://a'}]" });
  const isFrozen = (value: unknown): boolean =>
    typeof value !== "object" || value === null ||
    (Object.isFrozen(value) && Object.values(value).every(isFrozen));
  assert.ok(isFrozen(config));
  assert.ok(config?.providers.custom[0] !== undefined);
});

test("loadConfig() leaves files, their times and their permissions as they are", async () => {
  await using dir = await tempDir();
  const files = [join(dir.path, ".env"), join(dir.path, "config.yaml")];
  await mkdir(join(dir.path, "cron"));
  for (const file of files) {
    await writeFile(file, "# comment\n");
    await chmod(file, 0o640);
  }
  const facts = () =>
    Promise.all(files.map(async (file) => {
      const { mode, mtimeMs, ino } = await stat(file);
      return { mode, mtimeMs, ino, text: await readFile(file, "utf8") };
    }));
  const before = await facts();
  await loadConfig({ home: dir.path, environment: {}, flags: {} });
  assert.deepEqual(await facts(), before);
});

test("loadConfig() throws at a flag that no setting is called", async () => {
  await assert.rejects(load({ flags: { "model.id": "x" } }), /No setting is called "model.id"/);
});

test("loadConfig() warns that * lets everyone in, where it is written", async () => {
  const { config, warnings } = await load({ env: "MATTERMOST_ALLOWED_USERS=*\n" });
  assert.deepEqual(config?.mattermost.allowedUsers, ["*"]);
  assert.match(
    warnings[0]?.message ?? "",
    /^MATTERMOST_ALLOWED_USERS in HOME\/\.env, line 1, holds \*/,
  );
});

test("loadConfig() keeps the two lists of users apart", async () => {
  const { config } = await load({
    env: `MATTERMOST_ALLOWED_USERS=${USER_ID}\nGATEWAY_ALLOWED_USERS=${OTHER_USER_ID}\n`,
  });
  assert.deepEqual(config?.mattermost.allowedUsers, [USER_ID]);
  assert.deepEqual(config?.gateway.allowedUsers, [OTHER_USER_ID]);
});
