import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { backoffDelayMs } from "../../src/runtime/backoff.ts";
import { seededRandom } from "../support/seeded_random.ts";

const limits = { delayMsMin: 2_000, delayMsMax: 60_000 };

test("[C13] backoffDelayMs() doubles from the least to the most, and lies in the upper half", () => {
  fc.assert(fc.property(fc.integer(), fc.integer({ min: 1, max: 5_000 }), (seed, attempt) => {
    const delayMs = backoffDelayMs(attempt, limits, seededRandom(seed));
    const ceilingMs = Math.min(2_000 * 2 ** (attempt - 1), 60_000);
    assert(delayMs >= ceilingMs / 2 && delayMs <= ceilingMs, `${attempt}: ${delayMs}`);
  }));
});

test("[C13] backoffDelayMs() spreads clients that failed together", () => {
  const random = seededRandom(1);
  const delays = Array.from({ length: 100 }, () => backoffDelayMs(5, limits, random));
  assert(new Set(delays).size > 90);
});
