import assert from "node:assert/strict";
import { test } from "node:test";
import {
  envExample,
  generateSettings,
  readmeTable,
  yamlExample,
} from "../../scripts/generate_settings.ts";
import { ALL_SETTINGS } from "../../src/config/settings.ts";
import { load } from "./home.ts";

test(".env.example, docs/config.example.yaml and the README say what the table of settings says", async () => {
  const stale = (await generateSettings()).filter((file) => file.isStale).map(({ path }) => path);
  assert.deepEqual(stale, [], "run scripts/generate_settings.ts");
});

test("the example files load as they are, and change no default", async () => {
  const examples = await load({ env: envExample(), yaml: yamlExample() });
  assert.deepEqual([examples.problems, examples.warnings], [[], []]);
  const { config } = await load({});
  assert.deepEqual({ ...examples.config, environment: 0 }, { ...config, environment: 0 });
});

test("every commented line of .env.example is accepted without its #", async () => {
  const uncommented = envExample().replaceAll(/^# (\w+=)/gm, "$1");
  assert.notEqual(uncommented, envExample());
  const { problems, warnings } = await load({ env: uncommented });
  assert.deepEqual([problems, warnings], [[], []]);
});

test("every setting has a row in the README, a sentence, and a name of its own", () => {
  const names = ALL_SETTINGS.flatMap((
    row,
  ) => [row.key, ...(row.otherKeys ?? []), ...(row.env ?? [])]);
  assert.equal(new Set(names).size, names.length);
  for (const row of ALL_SETTINGS) assert.match(row.doc, /^\S.*\.$/, row.key);
  assert.equal(readmeTable().split("\n").length, ALL_SETTINGS.length + 2);
});
