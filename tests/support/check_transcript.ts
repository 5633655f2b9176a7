import assert from "node:assert/strict";
import type { Message } from "../../src/transcript/message.ts";

/** Fails unless every call has its result right behind it, in call order, and no result is alone. */
export function checkToolResults(messages: readonly Message[]): void {
  const expected: string[] = [];
  for (const message of messages) {
    if (message.role === "tool") {
      assert.equal(message.toolCallId, expected.shift(), "results follow the calls, in order");
      continue;
    }
    assert.equal(expected.length, 0, "every call has a result before the next message");
    if (message.role === "assistant") {
      assert.ok(message.text.trim() !== "" || message.toolCalls.length > 0, "no empty message");
      expected.push(...message.toolCalls.map((toolCall) => toolCall.id));
    }
  }
  assert.equal(expected.length, 0, "every call has a result at the end");
}

/** Fails unless a provider would take `messages`: also, people and model speak in turns. */
export function checkRequest(messages: readonly Message[]): void {
  checkToolResults(messages);
  assert.equal(messages[0]?.role, "user", "it begins with a user message");
  assert.notEqual(messages.at(-1)?.role, "assistant", "it ends with something to answer");
  messages.forEach((message, index) => {
    const next = messages[index + 1]?.role;
    if (message.role === "user") assert.notEqual(next, "user", "no two user messages in a row");
    if (message.role === "assistant" && message.toolCalls.length === 0) {
      assert.notEqual(next, "assistant", "no two answers in a row");
    }
  });
}
