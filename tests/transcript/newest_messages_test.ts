import assert from "node:assert/strict";
import { test } from "node:test";
import { countChars } from "../../src/transcript/count_chars.ts";
import { cutText } from "../../src/transcript/cut_text.ts";
import type { Message } from "../../src/transcript/message.ts";
import { LEFT_OUT_TEXT, newestMessages } from "../../src/transcript/newest_messages.ts";

const user = (text: string): Message => ({ role: "user", text });
const answer = (text: string): Message => ({ role: "assistant", text, toolCalls: [] });
const messages = [user("1234"), answer("5678"), user("9abc"), answer("defg")];

test("newestMessages() gives all when they fit", () => {
  assert.deepEqual(newestMessages(messages, 16), messages);
  assert.deepEqual(newestMessages([], 16), []);
});

test("newestMessages() begins with a user message", () => {
  assert.deepEqual(newestMessages(messages, 15), messages.slice(2));
  assert.deepEqual(newestMessages(messages, 8), messages.slice(2));
});

test("newestMessages() puts a note before the end of a turn whose beginning does not fit", () => {
  assert.deepEqual(newestMessages(messages, 7), [user(LEFT_OUT_TEXT), answer("defg")]);
});

test("newestMessages() gives the newest message however long it is", () => {
  assert.deepEqual(newestMessages([...messages, user("x".repeat(99))], 7), [user("x".repeat(99))]);
});

test("countChars() counts the characters of text and of calls", () => {
  assert.equal(countChars(messages), 16);
  assert.equal(countChars([]), 0);
  const call = { id: "1", name: "look", arguments: { at: "x" } };
  assert.equal(countChars([{ role: "assistant", text: "ab", toolCalls: [call] }]), 2 + 4 + 10);
  const none = { id: "1", name: "look", arguments: undefined };
  assert.equal(countChars([{ role: "assistant", text: "", toolCalls: [none] }]), 4);
});

test("cutText() does not part the two halves of a character", () => {
  assert.equal(cutText("ab", 2), "ab");
  assert.equal(cutText("abc", 2), "ab");
  assert.equal(cutText("a😀b", 2), "a");
  assert.equal(cutText("a😀b", 3), "a😀");
});
