import assert from "node:assert/strict";
import { test } from "node:test";
import { parseTokenLimits, type TokenLimits } from "../../src/models/token_limits.ts";

/** What providers write, and what is to be read from it. */
const cases: readonly [text: string, limits: TokenLimits][] = [
  [
    "max_tokens: 100000 > 64000, which is the maximum allowed number of output tokens for claude-x",
    { outputTokensMax: 64_000 },
  ],
  [
    "input length and `max_tokens` exceed context limit: 190000 + 21333 > 200000, decrease input",
    { contextTokensMax: 200_000, outputTokensMax: 9_936 },
  ],
  [
    "max_tokens is too large: 100000. This model supports at most 16384 completion tokens.",
    { outputTokensMax: 16_384 },
  ],
  [
    "This model's maximum context length is 8192 tokens. However, you requested 10000 tokens " +
    "(6000 in the messages, 4000 in the completion).",
    { contextTokensMax: 8_192, outputTokensMax: 2_128 },
  ],
  [
    "This endpoint's maximum context length is 128,000 tokens. However, you requested about " +
    "130000 tokens (120000 of text input, 10000 in the output).",
    { contextTokensMax: 128_000, outputTokensMax: 7_936 },
  ],
  [
    "This request requires more credits, or fewer max_tokens. You requested up to 65536 tokens, " +
    "but can only afford 8123.",
    { outputTokensMax: 8_123 },
  ],
  [
    "'max_tokens' is too large: 4096. This model's maximum context length is 4096 tokens and your " +
    "request has 100 input tokens",
    { contextTokensMax: 4_096, outputTokensMax: 3_932 },
  ],
  ["Range of max_tokens should be [1, 8192]", { outputTokensMax: 8_192 }],
  ["field max_tokens must be less than or equal to 32_768", { outputTokensMax: 32_768 }],
  ["Rate limit reached: 30000 tokens per minute", {}],
  ["", {}],
];

for (const [text, limits] of cases) {
  test(`[P115] parseTokenLimits() reads ${JSON.stringify(text.slice(0, 60))}`, () => {
    assert.deepEqual(parseTokenLimits(text), limits);
  });
}
