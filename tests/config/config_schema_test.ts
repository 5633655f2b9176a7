import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { Ajv } from "ajv";
import { parse } from "yaml";
import { configSchema } from "../../src/config/config_schema.ts";
import { ALL_SETTINGS } from "../../src/config/settings.ts";

const validate = new Ajv({ allErrors: true, strict: false, formats: { uri: true } })
  .compile(configSchema());

function isValid(yaml: string): boolean {
  return validate(parse(yaml));
}

test("[P41] The example file is valid for the schema, with every line that is commented out", async () => {
  const text = await readFile("docs/config.example.yaml", "utf8");
  assert.ok(isValid(text), JSON.stringify(validate.errors));
});

test("[P41] The schema knows every setting, with its sentence", () => {
  for (const { key, doc } of ALL_SETTINGS) {
    const found = key.split(".").reduce<unknown>((schema, name) => {
      const { properties, anyOf } = schema as { properties?: unknown; anyOf?: unknown[] };
      const own = properties ?? (anyOf?.[0] as { properties?: unknown })?.properties;
      return (own as Record<string, unknown>)[name];
    }, configSchema());
    assert.match(
      (found as { description: string }).description,
      new RegExp(`^${doc.slice(0, 20)}`),
    );
  }
});

const valid = [
  "",
  "model: some-id",
  "model:\n  default: some-id\n  max_tokens: ${MAX}",
  "model:",
  "mattermost:\n  reply_mode: thread\n  allowed_users: [abcdefghijklmnopqrstuvwxyz]",
  "mattermost:\n  allowed_users: '*'\n  require_mention: no",
  "something_of_the_original:\n  x: 1",
  "streaming:\n  enabled: yes",
];
for (const yaml of valid) {
  test(`[P41] The schema takes ${JSON.stringify(yaml)}`, () => {
    assert.ok(isValid(yaml), JSON.stringify(validate.errors));
  });
}

const wrong = [
  "- a list",
  "mattermost:\n  reply_mode: threads",
  "mattermost:\n  url: chat.example.com",
  "mattermost:\n  allowed_users: [alice]",
  "mattermost:\n  home_channel: general",
  "streaming:\n  enabled: perhaps",
  "agent:\n  max_turns: 0",
  "agent:\n  max_turns: many",
  "model:\n  api_mode: grpc",
  "model: [a]",
  "custom_providers:\n  - name: x",
];
for (const yaml of wrong) {
  test(`[P41] The schema refuses ${JSON.stringify(yaml)}`, () =>
    assert.equal(isValid(yaml), false));
}
