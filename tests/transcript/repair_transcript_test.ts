import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Message, ToolCall } from "../../src/transcript/message.ts";
import { INTERRUPTED_TEXT, repairTranscript } from "../../src/transcript/repair_transcript.ts";
import { checkToolResults } from "../support/check_transcript.ts";

const user = (text: string): Message => ({ role: "user", text });
const answer = (text: string, ...ids: string[]): Message => ({
  role: "assistant",
  text,
  toolCalls: ids.map((id): ToolCall => ({ id, name: "look", arguments: {} })),
});
const result = (id: string, text = "seen"): Message => ({
  role: "tool",
  toolCallId: id,
  toolName: "look",
  text,
  isError: false,
});
const interrupted = (id: string): Message => ({
  role: "tool",
  toolCallId: id,
  toolName: "look",
  text: INTERRUPTED_TEXT,
  isError: true,
});

const cases: [name: string, before: Message[], after: Message[]][] = [
  ["leaves a valid transcript as it is", [
    user("a"),
    answer("", "1", "2"),
    result("1"),
    result("2"),
    answer("b"),
    user("c"),
  ], [user("a"), answer("", "1", "2"), result("1"), result("2"), answer("b"), user("c")]],
  ["gives a call without a result an interrupted one", [
    user("a"),
    answer("b", "1", "2"),
    result("2"),
  ], [
    user("a"),
    answer("b", "1", "2"),
    interrupted("1"),
    result("2"),
  ]],
  ["puts results in call order", [user("a"), answer("", "1", "2"), result("2"), result("1")], [
    user("a"),
    answer("", "1", "2"),
    result("1"),
    result("2"),
  ]],
  ["drops results without a call", [
    user("a"),
    result("1"),
    answer("b", "2"),
    result("2"),
    result("3"),
  ], [
    user("a"),
    answer("b", "2"),
    result("2"),
  ]],
  ["does not take a result from behind the next message", [
    user("a"),
    answer("", "1"),
    user("b"),
    result("1"),
  ], [
    user("a"),
    answer("", "1"),
    interrupted("1"),
    user("b"),
  ]],
  ["tells calls of one id apart by their order", [
    user("a"),
    answer("", "1", "1"),
    result("1", "x"),
    result("1", "y"),
  ], [
    user("a"),
    answer("", "1", "1"),
    result("1", "x"),
    result("1", "y"),
  ]],
  ["drops what stands before the first user message", [
    result("1"),
    answer("", "2"),
    result("2"),
    user("a"),
  ], [
    user("a"),
  ]],
  ["joins user messages in a row, also around an empty answer", [
    user("a"),
    answer(" "),
    user("b"),
    user("c"),
  ], [
    user("a\n\nb\n\nc"),
  ]],
  ["makes nothing of nothing", [], []],
];

for (const [name, before, after] of cases) {
  test(`repairTranscript() ${name}`, () => assert.deepEqual(repairTranscript(before), after));
}

test("repairTranscript() makes any list of messages valid, and changes it no more", () => {
  const id = fc.constantFrom("1", "2", "3");
  const text = fc.constantFrom("", " ", "x");
  const message = fc.oneof(
    text.map(user),
    fc.tuple(text, fc.array(id, { maxLength: 3 })).map(([words, ids]) => answer(words, ...ids)),
    id.map((toolCallId) => result(toolCallId)),
  );
  fc.assert(fc.property(fc.array(message, { maxLength: 30 }), (messages) => {
    const repaired = repairTranscript(messages);
    checkToolResults(repaired);
    assert.ok(repaired.length === 0 || repaired[0]?.role === "user");
    assert.deepEqual(repairTranscript(repaired), repaired);
  }));
});
