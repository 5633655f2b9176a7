import assert from "node:assert/strict";
import { test } from "node:test";
import { hookText } from "../../../src/gateway/hooks/hook_text.ts";

test("[P248] hookText() takes the text that a program sent, else its data as they are", () => {
  const cases = [
    ["plain text\n", "plain text"],
    ['"a string"', "a string"],
    ['{"text": "hello"}', "hello"],
    ['{"title": "Build\\n7", "message": "failed"}', "**Build 7**\n\nfailed"],
    ['{"subject": "only this"}', "**only this**"],
    ['{"text": 7, "status": "firing"}', '```json\n{\n  "text": 7,\n  "status": "firing"\n}\n```'],
    ["[1]", "```json\n[\n  1\n]\n```"],
    ["", ""],
    ["{broken", "{broken"],
  ] as const;
  for (const [body, text] of cases) assert.equal(hookText(body), text);
  const long = hookText(JSON.stringify({ a: "```x".repeat(5_000) }));
  assert.ok(long.length < 8_000);
  assert.equal(long.split("```").length, 3, "what is in it cannot end the block");
});
