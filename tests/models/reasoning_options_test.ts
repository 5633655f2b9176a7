import assert from "node:assert/strict";
import { test } from "node:test";
import type { ChosenModel } from "../../src/models/choose_model.ts";
import type { ModelRequest } from "../../src/models/model_client.ts";
import { hello, start } from "./client_on_wire.ts";
import { fails } from "./wire_server.ts";

type Fields = Record<string, unknown>;
const NONE = { thinking: undefined, reasoning: undefined, reasoning_effort: undefined };

/** Who is asked, how much it shall think, and what must stand in the body. */
const cases: readonly [name: string, model: Partial<ChosenModel>, body: Fields][] = [
  [
    "OpenAI: effort, and no summary that nobody reads",
    { wire: "openai", modelId: "gpt-5.6", reasoningEffort: "medium" },
    { reasoning: { effort: "medium" } },
  ],
  [
    "OpenAI: a summary when it is shown",
    { wire: "openai", modelId: "gpt-5.6", reasoningEffort: "high", showsReasoning: true },
    { reasoning: { effort: "high", summary: "detailed" } },
  ],
  [
    "OpenAI: nothing for a model that does not reason",
    { wire: "openai", modelId: "gpt-4o", reasoningEffort: "high" },
    NONE,
  ],
  [
    "Anthropic: adaptive thinking with an effort",
    { wire: "anthropic", modelId: "claude-sonnet-4-6", reasoningEffort: "low" },
    { thinking: { type: "adaptive", display: "summarized" }, output_config: { effort: "low" } },
  ],
  [
    "Anthropic: a budget for an older model",
    { wire: "anthropic", modelId: "claude-sonnet-4-5", reasoningEffort: "low" },
    { thinking: { type: "enabled", budget_tokens: 6_400 } },
  ],
  [
    "Anthropic: off",
    { wire: "anthropic", modelId: "claude-sonnet-4-5", reasoningEffort: "none" },
    { thinking: { type: "disabled" } },
  ],
  [
    "Anthropic: nothing for a model that cannot think",
    { wire: "anthropic", modelId: "claude-3-5-haiku-latest", reasoningEffort: "high" },
    NONE,
  ],
  [
    "Anthropic's wire: nothing for the model of somebody else",
    { wire: "anthropic", modelId: "MiniMax-M3", reasoningEffort: "high" },
    NONE,
  ],
  [
    "OpenRouter: an effort for a family that takes one",
    {
      wire: "openai-compatible",
      providerId: "openrouter",
      modelId: "anthropic/claude-sonnet-4.5",
      reasoningEffort: "xhigh",
    },
    { reasoning: { effort: "xhigh" }, cache_control: { type: "ephemeral" } },
  ],
  [
    "OpenRouter: nothing for a family that takes none",
    {
      wire: "openai-compatible",
      providerId: "openrouter",
      modelId: "meta-llama/llama-4-maverick",
      reasoningEffort: "high",
    },
    NONE,
  ],
  [
    "Z.AI: on or off",
    { wire: "openai-compatible", providerId: "zai", modelId: "glm-5", reasoningEffort: "low" },
    { thinking: { type: "enabled" } },
  ],
  [
    "Ollama: off",
    { wire: "openai-compatible", providerId: "ollama", modelId: "qwen3", reasoningEffort: "none" },
    { reasoning_effort: "none" },
  ],
  [
    "Ollama: nothing that a model without thinking would refuse",
    { wire: "openai-compatible", providerId: "ollama", modelId: "qwen3", reasoningEffort: "high" },
    NONE,
  ],
  [
    "an unknown server: nothing",
    { wire: "openai-compatible", providerId: "custom", modelId: "x", reasoningEffort: "high" },
    NONE,
  ],
];

for (const [name, model, expected] of cases) {
  test(`[P116] stream() asks for reasoning: ${name}`, async () => {
    const body = await bodyOf(hello, model);
    const found = Object.fromEntries(Object.keys(expected).map((field) => [field, body[field]]));
    assert.deepEqual(found, expected);
  });
}

test("[P116] stream() asks Google for a level or a budget, and for thoughts that are shown", async () => {
  const google = { wire: "google", providerId: "gemini", reasoningEffort: "low" } as const;
  const configOf = async (model: Partial<ChosenModel>) =>
    ((await bodyOf(hello, { ...google, ...model }))["generationConfig"] as Fields)[
      "thinkingConfig"
    ];
  assert.deepEqual(await configOf({ modelId: "gemini-3.5-flash" }), { thinkingLevel: "low" });
  assert.deepEqual(await configOf({ modelId: "gemini-2.5-flash", showsReasoning: true }), {
    thinkingBudget: 6_554,
    includeThoughts: true,
  });
  assert.equal(await configOf({ modelId: "gemini-2.0-flash" }), undefined);
});

test("[P115] stream() asks for no reasoning and gives none back when it shall not", async () => {
  const model = {
    wire: "anthropic",
    modelId: "claude-sonnet-4-6",
    reasoningEffort: "high",
  } as const;
  const source = "anthropic custom claude-sonnet-4-6";
  const content = [{
    type: "reasoning",
    text: "secret",
    providerOptions: { anthropic: { signature: "seal" } },
  }, { type: "text", text: "hi" }];
  const messages: ModelRequest["messages"] = [
    ...hello.messages,
    { role: "assistant", text: "hi", toolCalls: [], providerData: { source, content } },
    { role: "user", text: "and?" },
  ];
  const request = { ...hello, messages };
  assert.match(JSON.stringify(await bodyOf(request, model)), /seal/);
  const body = await bodyOf({ ...request, withoutReasoning: true }, model);
  assert.doesNotMatch(JSON.stringify(body), /seal|secret|thinking/);
});

test("[P115] stream() lets one request have less room for its answer than the settings say", async () => {
  const request = { ...hello, outputTokensMax: 77 };
  assert.equal((await bodyOf(request, { outputTokensMax: 900 }))["max_tokens"], 77);
});

/** What the client sends; the server refuses it, which is enough to see it. */
async function bodyOf(request: ModelRequest, model: Partial<ChosenModel>): Promise<Fields> {
  await using at = await start([fails(400, { error: { message: "no" } })], model);
  const stream = at.client.stream(request, new AbortController().signal)[Symbol.asyncIterator]();
  await assert.rejects(stream.next());
  return at.server.requests[0]?.body ?? {};
}
