import assert from "node:assert/strict";
import { test } from "node:test";
import {
  chooseModel,
  type ChosenModel,
  CONTEXT_TOKENS_DEFAULT,
  type ModelSettings,
} from "../../src/models/choose_model.ts";
import { MODEL_PROVIDERS } from "../../src/models/provider_table.ts";
import { Secret } from "../../src/runtime/secret.ts";

interface Case {
  readonly name: string;
  readonly settings?: Partial<ModelSettings>;
  readonly environment?: Record<string, string>;
  readonly expected: Partial<Omit<ChosenModel, "apiKey">> & { readonly key?: string };
}

const LAN = "http://10.0.0.7:8000/v1";

const cases: readonly Case[] = [
  {
    name: "takes the first provider whose key is set",
    environment: { DEEPSEEK_API_KEY: "sk-deep", MISTRAL_API_KEY: "mist" },
    expected: { providerId: "deepseek", baseUrl: "https://api.deepseek.com/v1", key: "sk-deep" },
  },
  {
    name: "prefers OpenRouter to every other key",
    environment: { OPENAI_API_KEY: "sk-open", OPENROUTER_API_KEY: "sk-or-1" },
    expected: { providerId: "openrouter", key: "sk-or-1", modelId: "openrouter/auto" },
  },
  {
    name: "ignores a key that is empty",
    environment: { OPENROUTER_API_KEY: "", ANTHROPIC_API_KEY: "sk-ant" },
    expected: { providerId: "anthropic", wire: "anthropic", key: "sk-ant" },
  },
  {
    name: "prefers an explicit address to any key",
    settings: { baseUrl: LAN, model: "qwen3" },
    environment: { OPENROUTER_API_KEY: "sk-or-1", OPENAI_API_KEY: "sk-open" },
    expected: { providerId: "custom", baseUrl: LAN, key: "no-key-required", modelId: "qwen3" },
  },
  {
    name: "recognises a provider by its host and uses its key",
    settings: { baseUrl: "https://api.deepseek.com/beta", model: "m" },
    environment: { DEEPSEEK_API_KEY: "sk-deep" },
    expected: { providerId: "deepseek", baseUrl: "https://api.deepseek.com/beta", key: "sk-deep" },
  },
  {
    name: "finds a provider by alias, in any case",
    settings: { provider: " Claude ", model: "claude-opus-5" },
    environment: { ANTHROPIC_TOKEN: "token" },
    expected: { providerId: "anthropic", modelId: "claude-opus-5", key: "token" },
  },
  {
    name: "takes the key of the settings before the environment's",
    settings: { provider: "openai", apiKey: new Secret("sk-mine") },
    environment: { OPENAI_API_KEY: "sk-other" },
    expected: { wire: "openai", key: "sk-mine", apiKeySetting: "model.api_key" },
  },
  {
    name: "sends an OpenAI key to a host that OPENAI_BASE_URL names beside it",
    settings: { provider: "openai", model: "m" },
    environment: { OPENAI_API_KEY: "sk-proxy", OPENAI_BASE_URL: "http://proxy.lan:4000/" },
    expected: { baseUrl: "http://proxy.lan:4000", key: "sk-proxy", wire: "openai-compatible" },
  },
  {
    name: "never sends an OpenAI key to the host of model.base_url",
    settings: { provider: "openai", baseUrl: LAN, model: "m" },
    environment: { OPENAI_API_KEY: "sk-open" },
    expected: { baseUrl: LAN, key: "no-key-required", apiKeySetting: "model.api_key" },
  },
  {
    name: "never sends an OpenRouter key elsewhere, whatever OPENROUTER_BASE_URL says",
    settings: { provider: "openrouter" },
    environment: { OPENROUTER_API_KEY: "sk-or-1", OPENROUTER_BASE_URL: "https://evil.example/v1" },
    expected: { baseUrl: "https://openrouter.ai/api/v1", key: "sk-or-1" },
  },
  {
    name: "never sends a key to a host that merely ends like the provider's",
    settings: { baseUrl: "https://evil-openrouter.ai/api/v1", model: "m" },
    environment: { OPENROUTER_API_KEY: "sk-or-1" },
    expected: { providerId: "custom", key: "no-key-required" },
  },
  {
    name: "never sends a key over plain http to a host that wants https",
    settings: { baseUrl: "http://openrouter.ai/api/v1", model: "m" },
    environment: { OPENROUTER_API_KEY: "sk-or-1" },
    expected: { providerId: "custom", key: "no-key-required" },
  },
  {
    name: "sends a key to a host below the provider's own",
    settings: { provider: "openai", baseUrl: "https://eu.api.openai.com/v1" },
    environment: { OPENAI_API_KEY: "sk-open" },
    expected: { key: "sk-open", wire: "openai" },
  },
  {
    name: "needs no key for a server on this machine",
    settings: { provider: "ollama", model: "llama4" },
    expected: {
      providerName: "Ollama",
      baseUrl: "http://127.0.0.1:11434/v1",
      key: "no-key-required",
    },
  },
  {
    name: "takes a local server whose address the environment names",
    settings: { model: "m" },
    environment: { LM_BASE_URL: "http://127.0.0.1:9999/v1", LM_API_KEY: "lm" },
    expected: { providerId: "lmstudio", baseUrl: "http://127.0.0.1:9999/v1", key: "lm" },
  },
  {
    name: "speaks the Anthropic wire where the address ends in /anthropic",
    settings: { baseUrl: "https://models.example.com/anthropic/", model: "m" },
    expected: { wire: "anthropic", baseUrl: "https://models.example.com/anthropic" },
  },
  {
    name: "speaks the Anthropic wire to MiniMax",
    settings: { model: "MiniMax-M3" },
    environment: { MINIMAX_API_KEY: "mm" },
    expected: { providerId: "minimax", wire: "anthropic" },
  },
  {
    name: "speaks the OpenAI-compatible wire where Google's address ends in /openai",
    settings: {
      provider: "gemini",
      baseUrl: "https://generativelanguage.googleapis.com/v1beta/openai",
    },
    environment: { GEMINI_API_KEY: "AIza" },
    expected: { wire: "openai-compatible", key: "AIza" },
  },
  {
    name: "speaks Google's own wire otherwise",
    environment: { GOOGLE_API_KEY: "AIza" },
    expected: { providerId: "gemini", wire: "google" },
  },
  {
    name: "obeys model.api_mode",
    settings: { baseUrl: LAN, model: "m", apiMode: "codex_responses" },
    expected: { wire: "openai" },
  },
  {
    name: "sends a Kimi coding key where it is valid",
    settings: { model: "kimi-k3" },
    environment: { KIMI_API_KEY: "sk-kimi-1" },
    expected: { baseUrl: "https://api.kimi.com/coding", wire: "anthropic", key: "sk-kimi-1" },
  },
  {
    name: "takes the address apart that was copied whole",
    settings: { baseUrl: " http://127.0.0.1:8080/v1/chat/completions ", model: "m" },
    expected: { baseUrl: "http://127.0.0.1:8080/v1" },
  },
  {
    name: "finds a custom provider by name, with the key of its own variable",
    settings: {
      provider: "custom:Rack",
      customProviders: [{
        name: "rack",
        baseUrl: LAN,
        apiKeyVariable: "RACK_KEY",
        model: "glm",
        contextTokensMax: 64_000,
      }],
    },
    environment: { RACK_KEY: "rack-key", OPENAI_API_KEY: "sk-open" },
    expected: {
      providerId: "custom:rack",
      providerName: "rack",
      modelId: "glm",
      key: "rack-key",
      contextTokensMax: 64_000,
      apiKeySetting: "RACK_KEY",
    },
  },
  {
    name: "takes a custom provider's own key before model.api_key",
    settings: {
      provider: "custom:rack",
      apiKey: new Secret("other"),
      customProviders: [{ name: "rack", baseUrl: LAN, apiKey: new Secret("mine"), model: "m" }],
    },
    expected: { key: "mine" },
  },
  {
    name: "takes limits from the settings, and a careful default",
    settings: { provider: "llamacpp", outputTokensMax: 500 },
    expected: {
      modelId: "default",
      outputTokensMax: 500,
      contextTokensMax: CONTEXT_TOKENS_DEFAULT,
    },
  },
];

for (const { name, settings, environment, expected } of cases) {
  test(`chooseModel() ${name}`, () => {
    const chosen = choose(settings, environment);
    assert.equal(chosen.kind, "chosen", JSON.stringify(chosen));
    assert(chosen.kind === "chosen");
    const { key, ...fields } = expected;
    if (key !== undefined) assert.equal(chosen.apiKey.reveal(), key);
    for (const [field, value] of Object.entries(fields)) {
      assert.equal(chosen[field as keyof ChosenModel], value, field);
    }
  });
}

const refusals: readonly {
  name: string;
  settings?: Partial<ModelSettings>;
  environment?: Record<string, string>;
  problem: RegExp;
  hint: RegExp;
}[] = [
  {
    name: "[P13] says how to set a model when nothing is set",
    problem: /none is set up/,
    hint: /OPENROUTER_API_KEY in \.env.*model\.base_url/,
  },
  {
    name: "names the key that an explicit provider lacks",
    settings: { provider: "deepseek" },
    environment: { OPENROUTER_API_KEY: "sk-or-1" },
    problem: /no API key for DeepSeek/,
    hint: /DEEPSEEK_API_KEY/,
  },
  {
    name: "does not guess whose key model.api_key is",
    settings: { apiKey: new Secret("sk-unknown") },
    problem: /api_key is set, but not whose/,
    hint: /model\.provider/,
  },
  {
    name: "lists the providers when the name is unknown",
    settings: {
      provider: "opnai",
      customProviders: [{ name: "rack", baseUrl: LAN }],
    },
    problem: /"opnai"/,
    hint: /openrouter.*ollama.*custom:rack/,
  },
  {
    name: "refuses custom without an address",
    settings: { provider: "custom" },
    problem: /no address/,
    hint: /model\.base_url/,
  },
  {
    name: "refuses a provider whose models only the operator can know, without one",
    settings: { provider: "vllm" },
    problem: /no model is chosen for vLLM/,
    hint: /model\.default/,
  },
  {
    name: "refuses an address without a scheme",
    settings: { baseUrl: "localhost:8000/v1", model: "m" },
    problem: /"localhost:8000\/v1" is not the address/,
    hint: /http:\/\//,
  },
  {
    name: "shows no password of an address",
    settings: { baseUrl: "http://me:hunter2@host/v1", model: "m" },
    problem: /^"http:\/\/\*\*\*@host\/v1"/,
    hint: /model\.base_url/,
  },
  {
    name: "refuses an unknown api_mode",
    settings: { baseUrl: LAN, model: "m", apiMode: "bedrock_converse" },
    problem: /bedrock_converse/,
    hint: /chat_completions, codex_responses, anthropic_messages/,
  },
];

for (const { name, settings, environment, problem, hint } of refusals) {
  test(`chooseModel() ${name}`, () => {
    const chosen = choose(settings, environment);
    assert(chosen.kind === "no_model", JSON.stringify(chosen));
    assert.match(chosen.problem, problem);
    assert.match(chosen.hint, hint);
  });
}

test("chooseModel() never shows a key in what it returns", () => {
  const chosen = choose({ provider: "openai" }, { OPENAI_API_KEY: "sk-very-secret" });
  assert.doesNotMatch(JSON.stringify(chosen), /very-secret/);
});

test("MODEL_PROVIDERS have unique names, and addresses without a slash at the end", () => {
  const names = MODEL_PROVIDERS.flatMap(({ id, aliases }) => [id, ...aliases]);
  assert.equal(new Set(names).size, names.length);
  for (const { baseUrl, id } of MODEL_PROVIDERS) {
    assert(URL.canParse(baseUrl) && !baseUrl.endsWith("/"), id);
  }
});

function choose(settings: Partial<ModelSettings> = {}, environment: Record<string, string> = {}) {
  return chooseModel({ customProviders: [], ...settings }, (name) => environment[name]);
}
