import type { Random } from "./random.ts";

export interface BackoffLimits {
  readonly delayMsMin: number;
  readonly delayMsMax: number;
}

/**
 * How long to wait before attempt number `attempt` (1 is the first retry): doubles from `delayMsMin`
 * up to `delayMsMax`, and lies at random in the upper half of that, so that the waits grow and many
 * clients of a server that came back do not all return in the same second.
 */
export function backoffDelayMs(attempt: number, limits: BackoffLimits, random: Random): number {
  const ceilingMs = Math.min(limits.delayMsMin * 2 ** (attempt - 1), limits.delayMsMax);
  return Math.round(ceilingMs / 2 + random.float() * ceilingMs / 2);
}
