import assert from "node:assert/strict";
import { test } from "node:test";
import { parseRetryAfterMs } from "../../src/models/retry_after.ts";

const NOW_MS = Date.parse("2026-07-01T12:00:00Z");

const cases: readonly [
  name: string,
  headers: Record<string, string>,
  text: string,
  expected: number | undefined,
][] = [
  ["reads seconds", { "retry-after": "20" }, "", 20_000],
  ["reads parts of a second", { "retry-after": "1.5" }, "", 1_500],
  ["reads a date", { "retry-after": "Wed, 01 Jul 2026 12:00:30 GMT" }, "", 30_000],
  ["waits for no date that is past", { "retry-after": "Wed, 01 Jul 2026 11:00:00 GMT" }, "", 0],
  ["prefers milliseconds", { "retry-after-ms": "250", "retry-after": "9" }, "", 250],
  ["reads words", {}, "Please retry in 22.5s.", 22_500],
  ["reads words in milliseconds", {}, "Please try again in 120ms.", 120],
  ["reads words in minutes", {}, "Try again in 2m", 120_000],
  ["ignores what it cannot read", { "retry-after": "soon" }, "later", undefined],
  ["ignores a negative wait", { "retry-after-ms": "-5" }, "", undefined],
  ["knows nothing without a word", {}, "", undefined],
];

for (const [name, headers, text, expected] of cases) {
  test(`parseRetryAfterMs() ${name}`, () => {
    assert.equal(parseRetryAfterMs(headers, text, NOW_MS), expected);
  });
}
