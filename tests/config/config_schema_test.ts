import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { Ajv } from "ajv";
import { parse } from "yaml";
import { configSchema } from "../../src/config/config_schema.ts";
import { rawValueAt } from "../../src/config/raw_value.ts";
import { ALL_SETTINGS } from "../../src/config/settings.ts";
import { parseYaml } from "../../src/config/yaml_file.ts";

const validate = new Ajv({ allErrors: true, strict: false, formats: { uri: true } })
  .compile(configSchema());

function isValid(yaml: string): boolean {
  return validate(parse(yaml));
}

test("[P41] The example file is valid for the schema, with every line that is commented out", async () => {
  const text = await readFile("docs/config.example.yaml", "utf8");
  assert.ok(isValid(text), JSON.stringify(validate.errors));
});

test("[P41] The schema knows every setting, with its sentence and its form", () => {
  for (const { key, doc } of ALL_SETTINGS) {
    const found = key.split(".").reduce<unknown>((schema, name) => {
      const { properties, anyOf } = schema as { properties?: unknown; anyOf?: unknown[] };
      const own = properties ?? (anyOf?.[0] as { properties?: unknown })?.properties;
      return (own as Record<string, unknown>)[name];
    }, configSchema());
    const { description, anyOf } = found as { description: string; anyOf?: unknown };
    assert.ok(description.startsWith(doc), key);
    assert.ok(Array.isArray(anyOf), `${key} says nothing of its values`);
  }
});

/** What people write; none of it is right everywhere. */
const WRITTEN = [
  ...["true", "false", "yes", "off", "0", "1", "5", "90", "1.5", ".5", "600", "100000"],
  ...[
    "all",
    "auto",
    "high",
    "debug",
    "info",
    "thread",
    "first",
    "local",
    "docker",
    "manual",
    "a b, c",
  ],
  ...["abcdefghijklmnopqrstuvwxyz", "'*'", "/etc/x", "~/x", "/a:/b:ro", "NAME"],
  ...["https://chat.example.com", "wss://chat.example.com", "http://127.0.0.1:1/v1", "p:3128"],
  ...["[]", "[a, b]", "[1, 2]", "[abcdefghijklmnopqrstuvwxyz]", "['*']", "[/a, ~/b]", "[NAME]"],
  ...["{}", "{a: b}", "{a: [b]}", "{a: {b: 1}}", "[{name: x, base_url: 'http://x/v1'}]"],
  ...["{abcdefghijklmnopqrstuvwxyz: text}", "[{provider: a, model: b, timeout: 5}]"],
  ...["{compression: {model: x, timeout: 5}}", "{openrouter: {stale_timeout_seconds: 9}}"],
];

test("[P41] The schema refuses nothing that Hermes takes", async () => {
  const taken = new Set<string>();
  for (const { key, parse } of ALL_SETTINGS) {
    for (const value of WRITTEN) {
      const yaml = key.split(".").toReversed()
        .reduce((inner, name) => `{${JSON.stringify(name)}: ${inner}}`, value);
      const file = await parseYaml(yaml, () => undefined);
      assert.ok(file.kind === "parsed", yaml);
      const raw = rawValueAt(file.root, key);
      if (raw === undefined || raw.kind === "empty") continue;
      if (parse(raw).kind === "refused") continue;
      // A name that looks like a truth, or a token that looks like a number, is likely a mistake.
      const form = JSON.stringify(parse.schema);
      if (/^(?:true|false)$/.test(value) && !form.includes("boolean")) continue;
      if (/^[\d.]+$/.test(value) && !/"(?:integer|number)"/.test(form)) continue;
      taken.add(key);
      assert.ok(isValid(yaml), `${yaml}: ${JSON.stringify(validate.errors)}`);
    }
  }
  assert.ok(taken.size > ALL_SETTINGS.length * 0.9, "most settings were tried");
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
  "fallback_providers: [{provider: a, model: b, timeout: soon}]",
  "auxiliary: {compression: {base_url: here}}",
  "providers: {openrouter: {stale_timeout_seconds: soon}}",
];
for (const yaml of wrong) {
  test(`[P41] The schema refuses ${JSON.stringify(yaml)}`, () =>
    assert.equal(isValid(yaml), false));
}
