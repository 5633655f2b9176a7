import assert from "node:assert/strict";
import { test } from "node:test";
import { missingFlags } from "../../../src/cli/setup/missing_flags.ts";
import type { SetupAnswers } from "../../../src/cli/setup/setup_options.ts";
import { loadConfig } from "../../../src/config/load_config.ts";
import { Secret } from "../../../src/runtime/secret.ts";
import { tempDir } from "../../support/temp_dir.ts";
import { NOTHING_GIVEN } from "./setup_lab.ts";

/** The first words of what is missing, in a home without files and this environment. */
async function missing(
  given: Partial<SetupAnswers>,
  environment: Record<string, string> = {},
): Promise<string[]> {
  await using dir = await tempDir();
  const { config } = await loadConfig({ home: dir.path, environment, flags: {} });
  assert.ok(config !== undefined);
  return missingFlags({ ...NOTHING_GIVEN, ...given }, config).map(([flag]) =>
    flag.split(" ")[0] ?? ""
  );
}

const key = new Secret("sk-key");
const SERVER = {
  url: "https://chat.example.com",
  token: new Secret("tok-en"),
  people: { kind: "nobody" },
} as const;
const ID = "a".repeat(26);

const cases: readonly [
  what: string,
  given: Partial<SetupAnswers>,
  environment: Record<string, string>,
  expected: readonly string[],
][] = [
  ["all of it at once", {}, {}, ["--url", "--token-stdin", "--allow", "--provider"]],
  ["nothing that the settings have", {}, {
    MATTERMOST_URL: "https://chat.example.com",
    MATTERMOST_TOKEN: "tok-en",
    MATTERMOST_ALLOWED_USERS: ID,
    OPENROUTER_API_KEY: "sk-or",
  }, []],
  ["the key of a provider", { ...SERVER, provider: "openrouter" }, {}, ["--api-key-stdin"]],
  ["no key that is set", { ...SERVER, provider: "openai" }, { OPENAI_API_KEY: "sk" }, []],
  ["a model that has no default", { ...SERVER, provider: "xai", apiKey: key }, {}, ["--model"]],
  ["the model of one's own server", { ...SERVER, baseUrl: "http://10.0.0.1/v1" }, {}, ["--model"]],
  [
    "no key for another address",
    {
      ...SERVER,
      provider: "xai",
      baseUrl: "http://10.0.0.1/v1",
      model: "m",
    },
    {},
    [],
  ],
  ["its address", { ...SERVER, provider: "custom", model: "m" }, {}, ["--base-url"]],
  ["nothing of a provider it does not know", { ...SERVER, provider: "custom:lab" }, {}, []],
];
for (const [what, given, environment, expected] of cases) {
  test(`[P70] missingFlags() names ${what}`, async () => {
    assert.deepEqual(await missing(given, environment), expected);
  });
}
