import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { shortenOlder } from "../../src/agent/shorten_older.ts";
import { countChars } from "../../src/transcript/count_chars.ts";
import type { Message } from "../../src/transcript/message.ts";
import { repairTranscript } from "../../src/transcript/repair_transcript.ts";
import { checkToolResults } from "../support/check_transcript.ts";
import { anyTranscript } from "../support/transcripts.ts";

function worked(name: string, given: unknown, text: string, isError = false): Message[] {
  return [
    {
      role: "assistant",
      text: "",
      toolCalls: [{ id: "1", name, arguments: given }],
      providerData: { source: "x", content: [given] },
    },
    { role: "tool", toolCallId: "1", toolName: name, text, isError },
  ];
}

test("[P118] shortenOlder() makes one line of a long result: what was asked, how it ended", () => {
  const [, result] = shortenOlder(
    worked("terminal", { command: "ls" }, `total 8\n${"x\n".repeat(300)}`),
    99,
  );
  assert.equal(
    result?.text,
    '[terminal {"command":"ls"} gave 608 characters, left out here. They began: total 8]',
  );
  const [, failed] = shortenOlder(worked("terminal", {}, "x".repeat(300), true), 99);
  assert.match(failed?.text ?? "", /^\[terminal \{\} failed 300 characters/);
  const [, short] = shortenOlder(worked("terminal", {}, "x".repeat(200)), 99);
  assert.equal(short?.text, "x".repeat(200));
});

test("[P118] shortenOlder() says of a result that came again that it did", () => {
  const text = "y".repeat(500);
  const messages = [...worked("read_file", {}, text), ...worked("read_file", {}, text)];
  assert.equal(
    shortenOlder(messages, 99)[1]?.text,
    "[A later call of read_file gave the same result.]",
  );
});

test("[P118] shortenOlder() cuts long texts in arguments, which stay an object", () => {
  const given = { path: "a.txt", content: "z".repeat(5_000), lines: ["w".repeat(300), 7] };
  const [call] = shortenOlder(worked("write_file", given, "ok"), 99);
  assert(call?.role === "assistant");
  assert.deepEqual(call.toolCalls[0]?.arguments, {
    path: "a.txt",
    content: `${"z".repeat(200)}… [5000 characters]`,
    lines: [`${"w".repeat(200)}… [300 characters]`, 7],
  });
  assert.equal(call.providerData, undefined);
});

test("[P118] shortenOlder() tells of older images, and keeps those of the turn under way", () => {
  const image = { path: "/cache/a.png", mimeType: "image/png", name: "a.png" };
  const messages: Message[] = [
    { role: "user", text: "look", images: [image] },
    { role: "assistant", text: "seen", toolCalls: [] },
    { role: "user", text: "again", images: [image] },
  ];
  const [first, , last] = shortenOlder(messages, 2);
  const text = "look\n[Image, shown then: a.png, stored as /cache/a.png]";
  assert.deepEqual(first, { role: "user", text });
  assert.equal(last, messages[2]);
});

test("[P118] shortenOlder() leaves the answers of the turn under way as their provider knows them", () => {
  const messages = worked("write_file", { content: "z".repeat(5_000) }, "y".repeat(500));
  const [call, result] = shortenOlder(messages, 0);
  assert.equal(call, messages[0]);
  assert.match(result?.text ?? "", /left out here/);
});

test("[P118] shortenOlder() keeps every call with its result, and makes nothing much longer", () => {
  fc.assert(fc.property(anyTranscript, (said) => {
    const messages = repairTranscript(said);
    const shorter = shortenOlder(messages, messages.length);
    checkToolResults(shorter);
    assert.deepEqual(shorter.map(({ role }) => role), messages.map(({ role }) => role));
    assert.ok(countChars(shorter) <= countChars(messages) + 200 * messages.length);
    for (const message of shorter) assert.deepEqual(JSON.parse(JSON.stringify(message)), message);
  }));
});
