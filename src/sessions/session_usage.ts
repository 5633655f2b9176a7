import { addCost, addUsage, NO_COST, NO_USAGE } from "../transcript/usage.ts";
import type { SessionUsage } from "./session_store.ts";

/** What a session took that has not asked a model yet. */
export const NO_SESSION_USAGE: SessionUsage = {
  calls: 0,
  tokens: NO_USAGE,
  cost: NO_COST,
  contextTokens: 0,
};

/** What `before` and, after it, `next` took together. */
export function addSessionUsage(before: SessionUsage, next: SessionUsage): SessionUsage {
  return {
    calls: before.calls + next.calls,
    tokens: addUsage(before.tokens, next.tokens),
    cost: addCost(before.cost, next.cost),
    contextTokens: next.contextTokens || before.contextTokens,
  };
}
