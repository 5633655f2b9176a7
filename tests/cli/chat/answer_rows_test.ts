import assert from "node:assert/strict";
import { test } from "node:test";
import type { TurnEvent } from "../../../src/agent/turn.ts";
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
  assert.deepEqual(drawn([said("one\ntw"), said("o")]), { done: ["one"], live: ["two"] });
  const wide = drawn([said("a line that is far too wide for it\nnext")], 12);
  assert.deepEqual(wide.done, ["a line that", "is far too", "wide for it"]);
});

test("[P166] AnswerRows hides secrets, also one that comes in two pieces, and control characters", () => {
  const { done, live } = drawn([said("the key sk-se"), said("cret\x1b[2J is\nand sk-secret")]);
  assert.deepEqual(done, ["the key ***[2J is"]);
  assert.deepEqual(live, ["and ***"]);
});

test("[P166] AnswerRows has what happens in its order: thoughts, words, tools", () => {
  const { done } = drawn([
    { kind: "reasoning_delta", text: "They want " },
    { kind: "reasoning_delta", text: "a list." },
    said("I look.\nThen"),
    { kind: "tool_started", callId: "c1", name: "terminal", arguments: {} } as TurnEvent,
    { kind: "tool_ended", callId: "c1", name: "terminal", isError: true } as TurnEvent,
  ]);
  assert.deepEqual(done, [
    "((Thinking: They want a list.))",
    "I look.",
    "Then",
    "([terminal])",
    "([terminal failed])",
  ]);
});

test("[P166] AnswerRows forgets what a model said before it began again", () => {
  const { done, live } = drawn([said("wro"), { kind: "restarted", reason: "busy" }, said("right")]);
  assert.deepEqual(done, ["((Begins again: busy))"]);
  assert.deepEqual(live, ["right"]);
});
