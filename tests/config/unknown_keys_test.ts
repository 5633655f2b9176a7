import assert from "node:assert/strict";
import { test } from "node:test";
import {
  unknownInEnvironment,
  unknownKeys,
  unknownVariables,
} from "../../src/config/unknown_keys.ts";
import { parseYaml } from "../../src/config/yaml_file.ts";

async function unknownIn(text: string) {
  const yaml = await parseYaml(text, () => undefined);
  assert.ok(yaml.kind === "parsed");
  return [...unknownKeys(yaml.root)].map(({ key, line, predicate }) => ({
    key,
    line,
    meant: predicate.match(/did you mean (.*)\?$/)?.[1],
    isOriginal: predicate.includes("not supported yet"),
  }));
}

const MISSPELLED: [text: string, key: string, meant: string | undefined][] = [
  ["matermost: {url: x}", "matermost", "mattermost"],
  ["mattermost: {requre_mention: 1}", "mattermost.requre_mention", "mattermost.require_mention"],
  ["mattermost: {reply-mode: off}", "mattermost.reply-mode", "mattermost.reply_mode"],
  ["require_mention: false", "require_mention", "mattermost.require_mention"],
  ["group_session_per_user: 1", "group_session_per_user", "group_sessions_per_user"],
  ["model: {defualt: x}", "model.defualt", "model.default"],
  ["custom_providers: [{modle: x}]", "custom_providers.0.modle", "custom_providers.0.model"],
  ["providers: {x: {stale_timeout: 1}}", "providers.x.stale_timeout", undefined],
  ["agent: {nothing_like_it: 1}", "agent.nothing_like_it", undefined],
  ["'*': 1", "*", undefined],
  ["providers: {x: {y: 1}}", "providers.x.y", undefined],
];

for (const [text, key, meant] of MISSPELLED) {
  test(`[P18] unknownKeys() finds ${key} and means ${meant ?? "nothing"}`, async () => {
    assert.deepEqual(await unknownIn(text), [{ key, line: 1, meant, isOriginal: false }]);
  });
}

test("[P18] unknownKeys() names settings of the original as not supported yet, a block once", async () => {
  const found = await unknownIn([
    "voice:",
    "  auto_tts: true",
    "  silence_duration: 3",
    "agent:",
    "  max_turns: 5",
    "  gateway_timeout: 100",
    "platforms:",
    "  telegram: {enabled: true}",
    "  mattermost: {enabled: true, extra: {reply_mode: off, other: 1}}",
    "providers: {x: {key_env: Y}}",
  ].join("\n"));
  assert.deepEqual(found.map(({ key, line, isOriginal }) => [key, line, isOriginal]), [
    ["voice", 1, true],
    ["agent.gateway_timeout", 6, true],
    ["platforms.telegram", 8, true],
    ["platforms.mattermost.enabled", 9, true],
    ["platforms.mattermost.extra.other", 9, true],
    ["providers.x.key_env", 10, true],
  ]);
});

test("unknownKeys() finds nothing in what is known, whatever its value", async () => {
  const text = [
    "_config_version: 29",
    "model: some/model",
    "mattermost:",
    "agent: {}",
    "providers: {openrouter: {request_timeout_seconds: 1}}",
    "custom_providers: [{name: x, models: {a: {context_length: 1}}}]",
  ].join("\n");
  assert.deepEqual(await unknownIn(text), []);
});

test("unknownKeys() says when a block is a single value", async () => {
  const yaml = await parseYaml("mattermost: true", () => undefined);
  assert.ok(yaml.kind === "parsed");
  assert.match([...unknownKeys(yaml.root)][0]?.predicate ?? "", /is a single value/);
});

const VARIABLES: [name: string, predicate: RegExp | undefined][] = [
  ["MATTERMOST_URL", undefined],
  ["https_proxy", undefined],
  ["OPENROUTER_API_KEY", undefined],
  ["SOME_OTHER_TOOL", undefined],
  [
    "MATTERMOST_BOT_TOKEN",
    /is not a known setting and has no effect: did you mean MATTERMOST_TOKEN/,
  ],
  ["MATTERMOST_ALLOWED_USER", /did you mean MATTERMOST_ALLOWED_USERS\?$/],
  ["HERMES_SOMETHING_ELSE", /is not a known setting and has no effect: delete it or look/],
  ["HERMES_HOME", /has no effect in \.env/],
  ["TELEGRAM_BOT_TOKEN", /not supported yet/],
  ["MATTERMOST_HOME_CHANNEL_NAME", undefined],
];

for (const [name, predicate] of VARIABLES) {
  test(`[P18] unknownVariables() ${predicate === undefined ? "knows" : "tells of"} ${name}`, () => {
    const found = [...unknownVariables([{ name, line: 7 }])];
    assert.equal(found.length, predicate === undefined ? 0 : 1);
    if (predicate !== undefined) assert.match(found[0]?.predicate ?? "", predicate);
    if (predicate !== undefined) assert.equal(found[0]?.line, 7);
  });
}

test("[P18] unknownInEnvironment() tells misspellings and settings of the original alone", () => {
  const names = [
    "MATTERMOST_TOKN",
    "HERMES_HUMAN_DELAY_MODE",
    "MATTERMOST_SERVICE_PORT_8065",
    "MATTERMOST_URL",
    "HERMES_HOME",
    "TELEGRAM_BOT_TOKEN",
  ];
  const found = [...unknownInEnvironment(names)];
  assert.deepEqual(found.map(({ key }) => key), names.slice(0, 2));
  assert.match(found[0]?.predicate ?? "", /did you mean MATTERMOST_TOKEN/);
  assert.match(found[1]?.predicate ?? "", /not supported yet/);
});
