import assert from "node:assert/strict";
import { test } from "node:test";
import { redactKeys } from "../../src/models/redact_keys.ts";

test("redactKeys() hides what looks like a key", () => {
  const keys = [
    "sk-proj-abc123DEF456",
    "sk-or-v1-0123456789abcdef",
    "sk-ant-api03-xyz_123-456",
    "sk-pro********1234",
    "gsk_abcdefgh1234",
    "hf_AbCdEfGhIjKl",
    "AIzaSyA1234567890",
    "xai-0123456789",
    "nvapi-0123456789",
    "Bearer abcdefgh12345",
    "0123456789abcdef0123456789abcdef",
  ];
  for (const key of keys) assert.equal(redactKeys(`key ${key}, bad`), "key ***, bad", key);
});

test("redactKeys() leaves words, model names and numbers alone", () => {
  for (
    const text of [
      "claude-haiku-4-5-20251001 is not available",
      "maximum context length is 128000 tokens",
      "a-very-long-hyphenated-name-of-a-thing",
      "internationalizationinternationalization",
      "task-list and disk-space",
    ]
  ) assert.equal(redactKeys(text), text);
});
