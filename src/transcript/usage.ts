import type { Cost, Usage } from "./message.ts";

/** What a call costs that was never made. */
export const NO_USAGE: Usage = {
  inputTokens: 0,
  outputTokens: 0,
  cachedInputTokens: 0,
  cacheWriteTokens: 0,
  reasoningTokens: 0,
};

export const NO_COST: Cost = { usd: 0, status: "actual" };
export const UNKNOWN_COST: Cost = { usd: 0, status: "unknown" };

/** The tokens of two calls together. */
export function addUsage(a: Usage, b: Usage): Usage {
  return {
    inputTokens: a.inputTokens + b.inputTokens,
    outputTokens: a.outputTokens + b.outputTokens,
    cachedInputTokens: a.cachedInputTokens + b.cachedInputTokens,
    cacheWriteTokens: a.cacheWriteTokens + b.cacheWriteTokens,
    reasoningTokens: a.reasoningTokens + b.reasoningTokens,
  };
}

/** From the surest to the least sure. */
const STATUSES: readonly Cost["status"][] = ["actual", "estimated", "unknown"];

/** The price of two calls together, as sure as the less sure of them. */
export function addCost(a: Cost, b: Cost): Cost {
  const status = STATUSES.findLast((known) => known === a.status || known === b.status);
  return { usd: a.usd + b.usd, status: status ?? "unknown" };
}
