import assert from "node:assert/strict";
import { test } from "node:test";
import { costOf } from "../../src/models/prices.ts";
import { addCost, NO_COST, NO_USAGE, UNKNOWN_COST } from "../../src/transcript/usage.ts";
import { chosenAt } from "./wire_server.ts";

const usage = {
  inputTokens: 1_000_000,
  cachedInputTokens: 500_000,
  cacheWriteTokens: 100_000,
  outputTokens: 10_000,
  reasoningTokens: 4_000,
};
const at = (providerId: string, modelId: string) =>
  chosenAt("https://models.example.com/v1", { providerId, modelId });

test("[P117] costOf() takes the provider's word before its own table", () => {
  const cost = costOf(usage, at("anthropic", "claude-sonnet-4-5"), 0.5);
  assert.deepEqual(cost, { usd: 0.5, status: "actual" });
});

test("[P117] costOf() charges fresh, cached and written input apart, reasoning as output", () => {
  const cost = costOf(usage, at("anthropic", "claude-sonnet-4-5-20250929"), undefined);
  assert.equal(cost.status, "estimated");
  const expected = 0.4 * 3 + 0.5 * 0.3 + 0.1 * 3.75 + 0.01 * 15;
  assert.ok(Math.abs(cost.usd - expected) < 1e-9, `${cost.usd}`);
});

test("[P117] costOf() finds the longest name that fits", () => {
  const input = { ...NO_USAGE, inputTokens: 1_000_000 };
  assert.equal(costOf(input, at("openai-api", "gpt-5.4-mini-2026-03-17"), undefined).usd, 0.75);
  assert.equal(costOf(input, at("openai-api", "gpt-5.4"), undefined).usd, 2.5);
});

test("[P117] costOf() does not guess: another's server, another model", () => {
  assert.equal(costOf(usage, at("custom", "claude-sonnet-4-5"), undefined).status, "unknown");
  assert.equal(costOf(usage, at("anthropic", "claude-9"), undefined).status, "unknown");
});

test("addCost() is as sure as the less sure part", () => {
  const known = { usd: 1, status: "estimated" } as const;
  assert.deepEqual(addCost(NO_COST, known), known);
  assert.deepEqual(addCost(known, { usd: 2, status: "actual" }), { usd: 3, status: "estimated" });
  assert.deepEqual(addCost(UNKNOWN_COST, known), { usd: 1, status: "unknown" });
});
