import type { Cost, Usage } from "../transcript/message.ts";
import type { ChosenModel } from "./choose_model.ts";

/** US dollars for a million tokens. Reasoning is charged as output. */
interface Price {
  readonly input: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
  readonly output: number;
}

/**
 * What providers charge for their own models, by the beginning of the model's id; the longest that
 * fits counts. Prompts beyond 100,000 tokens cost more with some of them.
 *
 * Sources, read on 2026-11-07: platform.claude.com/docs/en/about-claude/pricing,
 * developers.openai.com/api/docs/pricing, ai.google.dev/gemini-api/docs/pricing,
 * api-docs.deepseek.com/quick_start/pricing.
 */
const PRICES: Readonly<Record<string, Readonly<Record<string, Price>>>> = {
  anthropic: {
    "claude-opus-5-5": price(4, 0.2, 5, 20),
    "claude-opus-5": price(5, 0.5, 6.25, 25),
    "claude-opus-4-5": price(5, 0.5, 6.25, 25),
    "claude-opus-4-6": price(5, 0.5, 6.25, 25),
    "claude-opus-4-7": price(5, 0.5, 6.25, 25),
    "claude-opus-4-8": price(5, 0.5, 6.25, 25),
    "claude-sonnet-5-5": price(2, 0.1, 2.5, 10),
    "claude-sonnet-5": price(2, 0.2, 2.5, 10),
    "claude-sonnet-4": price(3, 0.3, 3.75, 15),
    "claude-haiku-5-5": price(0.1, 0.01, 0.125, 0.5),
    "claude-haiku-4-5": price(1, 0.1, 1.25, 5),
  },
  "openai-api": {
    "gpt-6.1-terra": price(1, 0.05, 1.25, 5),
    "gpt-6-sol": price(2, 0.2, 2.5, 10),
    "gpt-6-luna": price(0.1, 0.01, 0.125, 0.5),
    "gpt-5.6": price(5, 0.5, 5, 30),
    "gpt-5.6-terra": price(2, 0.2, 2, 12),
    "gpt-5.6-luna": price(0.2, 0.02, 0.2, 1.2),
    "gpt-5.5": price(5, 0.5, 5, 30),
    "gpt-5.4": price(2.5, 0.25, 2.5, 15),
    "gpt-5.4-mini": price(0.75, 0.075, 0.75, 4.5),
  },
  gemini: {
    "gemini-3.5-flash": price(1.5, 0.15, 1.5, 9),
    "gemini-3.1-pro": price(2, 0.2, 2, 12),
    "gemini-3.1-flash-lite": price(0.25, 0.025, 0.25, 1.5),
    "gemini-2.5-pro": price(1.25, 0.125, 1.25, 10),
    "gemini-2.5-flash": price(0.3, 0.03, 0.3, 2.5),
  },
  deepseek: {
    "deepseek-v4-flash": price(0.14, 0.0028, 0.14, 0.28),
  },
};

/**
 * What a call cost: as the provider reports it (`reportedUsd`), else by the table, else unknown.
 * Pure.
 */
export function costOf(usage: Usage, chosen: ChosenModel, reportedUsd: number | undefined): Cost {
  if (reportedUsd !== undefined) return { usd: reportedUsd, status: "actual" };
  const found = findPrice(chosen);
  if (found === undefined) return { usd: 0, status: "unknown" };
  const { inputTokens, cachedInputTokens, cacheWriteTokens, outputTokens } = usage;
  const uncached = Math.max(0, inputTokens - cachedInputTokens - cacheWriteTokens);
  const millionths = uncached * found.input + cachedInputTokens * found.cacheRead +
    cacheWriteTokens * found.cacheWrite + outputTokens * found.output;
  return { usd: millionths / 1_000_000, status: "estimated" };
}

/** Only of the provider itself: whoever resells a model has prices of their own. */
function findPrice({ providerId, modelId }: ChosenModel): Price | undefined {
  const prices = Object.entries(PRICES[providerId] ?? {});
  const fitting = prices.filter(([start]) => modelId.startsWith(start));
  return fitting.sort(([a], [b]) => b.length - a.length)[0]?.[1];
}

function price(input: number, cacheRead: number, cacheWrite: number, output: number): Price {
  return { input, cacheRead, cacheWrite, output };
}
