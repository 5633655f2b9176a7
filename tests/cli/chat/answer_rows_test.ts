import assert from "node:assert/strict";
import { test } from "node:test";
import type { TurnEvent } from "../../../src/agent/turn.ts";
import { createRedactor } from "../../../src/safety/redact.ts";
import { AnswerRows } from "../../../src/cli/chat/answer_rows.ts";

function drawn(events: readonly TurnEvent[], columns = 40) {
  const hide = (text: string) => text.replaceAll("sk-secret", "***");
  const rows = new AnswerRows({ redact: hide, columns: () => columns, color: false });
  for (const event of events) rows.take(event);
  const { rows: done, live } = rows.output();
  return { done: done.map(({ text, isNote }) => isNote ? `(${text})` : text), live };
}

const said = (text: string): TurnEvent => ({ kind: "text_delta", text });

test("[P166] AnswerRows keeps a line once it is whole, and lets the last one grow", () => {
  assert.deepEqual(drawn([said("one\ntw"), said("o")]), { done: ["one"], live: [] });
  assert.deepEqual(drawn([said("one\ntwo ")]).live, ["two "]);
  const wide = drawn([said("a line that is far too wide for it\nnext")], 12);
  assert.deepEqual(wide.done, ["a line that", "is far too", "wide for it"]);
});

test("[P166] AnswerRows hides secrets, also one that comes in two pieces, and control characters", () => {
  const { done, live } = drawn([said("the key sk-se"), said("cret\x1b[2J is\nand sk-secret")]);
  assert.deepEqual(done, ["the key ***[2J is"]);
  assert.deepEqual(live, ["and "], "the last word may be the beginning of a secret");
});

test("[P166] AnswerRows hides a private key, which goes over several lines", () => {
  const redact = createRedactor({ secrets: () => [], hidesPatterns: true });
  const key =
    "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBg\nkqhkiG9w0BAQE\n-----END PRIVATE KEY-----";
  for (const text of [`It is\n${key}\nthere\n`, `${"long words\n".repeat(900)}${key}\nthere\n`]) {
    const rows = new AnswerRows({ redact, columns: () => 80, color: false });
    const shown: string[] = [];
    for (const piece of text.match(/[^]{1,7}/g) ?? []) {
      rows.take(said(piece));
      const { rows: done, live } = rows.output();
      shown.push(...done.map((row) => row.text));
      assert.ok(![...shown, ...live].some((row) => /MII|kqh/.test(row)), shown.join("\n"));
    }
    assert.match(shown.join("\n"), /BEGIN PRIVATE KEY-----\*\*\*-----END PRIVATE KEY-----\nthere$/);
  }
});

test("[P166] AnswerRows has what happens in its order: thoughts, words, tools", () => {
  const { done } = drawn([
    { kind: "reasoning_delta", text: "They want " },
    { kind: "reasoning_delta", text: "a list." },
    said("I look.\nThen"),
    {
      kind: "message",
      message: {
        role: "assistant",
        text: "I look.\nThen",
        toolCalls: [{ id: "c1", name: "terminal", arguments: { command: "echo sk-secret" } }],
      },
    },
    { kind: "tool_started", callId: "c1", name: "terminal", arguments: {} } as TurnEvent,
    { kind: "tool_ended", callId: "c1", name: "terminal", isError: true } as TurnEvent,
  ]);
  assert.deepEqual(done, [
    "((Thinking: They want a list.))",
    "I look.",
    "Then",
    "([terminal] echo ***)",
    "([terminal failed])",
  ]);
});

test("[P166] AnswerRows forgets what a model said before it began again", () => {
  const { done, live } = drawn([
    said("wro"),
    { kind: "restarted", reason: "busy" },
    said("right and"),
  ]);
  assert.deepEqual(done, ["((Begins again: busy))"]);
  assert.deepEqual(live, ["right "]);
});
