import assert from "node:assert/strict";
import { test } from "node:test";
import { callPreview } from "../../src/replies/call_preview.ts";
import { createRedactor } from "../../src/safety/redact.ts";

const SECRET = "s3cr3t-of-the-operator";
const redact = createRedactor({ secrets: () => [SECRET], hidesPatterns: true });
const telling = { whole: false, charsMax: 40, redact };

test("[P202] callPreview() says in one line what a call is about", () => {
  const table: [unknown, string][] = [
    [{ command: "ls -la", timeout: 3 }, "ls -la"],
    [{ content: "all of it", path: "notes/today.md" }, "notes/today.md"],
    [{ urls: ["https://example.com/a", "https://example.com/b"] }, "https://example.com/a"],
    [{ command: "echo one\n  && echo `two`" }, "echo one && echo 'two'"],
    [{ command: "x".repeat(50) }, `${"x".repeat(39)}…`],
    [{ command: "😀".repeat(41) }, `${"😀".repeat(39)}…`],
    [{ text: "what a colleague said" }, ""],
    [{ command: 7 }, ""],
    [{}, ""],
    ["no object", ""],
    [null, ""],
  ];
  for (const [input, expected] of table) assert.equal(callPreview(input, telling), expected);
});

test("[P202] callPreview() shows all that a call was given when asked to, shortened", () => {
  const whole = { ...telling, whole: true };
  const input = { path: "a.txt", content: "some words" };
  assert.equal(callPreview(input, whole), '{"path":"a.txt","content":"some words"}');
  assert.equal([...callPreview({ content: "x".repeat(9_000) }, whole)].length, 320);
  assert.equal(callPreview({}, whole), "");
});

test("[P202] callPreview() shows no secret, and no beginning of one that it cuts off", () => {
  for (let before = 0; before < 60; before++) {
    for (const whole of [true, false]) {
      const input = { command: `${"x".repeat(before)} ${SECRET}` };
      const shown = callPreview(input, { ...telling, whole });
      assert.ok(!shown.includes(SECRET.slice(0, 4)), shown);
    }
  }
});
