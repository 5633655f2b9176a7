import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { compactionTrigger, partTranscript } from "../../src/agent/compaction_bounds.ts";
import { withSummary } from "../../src/agent/summary_message.ts";
import type { Message } from "../../src/transcript/message.ts";
import { repairTranscript } from "../../src/transcript/repair_transcript.ts";
import { checkToolResults } from "../support/check_transcript.ts";
import { anyTranscript } from "../support/transcripts.ts";

const triggers: [windowTokens: number, share: number, triggerTokens: number][] = [
  [128_000, 0.5, 64_000],
  [1_000_000, 0.5, 500_000],
  [100_000, 0.5, 64_000],
  [70_000, 0.5, 59_500],
  [32_000, 0.5, 27_200],
  [200_000, 0.25, 64_000],
];
for (const [windowTokens, share, triggerTokens] of triggers) {
  test(`[P118] a window of ${windowTokens} is compacted from ${triggerTokens} tokens on`, () => {
    assert.equal(compactionTrigger(windowTokens, share), triggerTokens);
  });
}

const user = (text: string): Message => ({ role: "user", text });
const answer = (text: string): Message => ({ role: "assistant", text, toolCalls: [] });

test("[P118] partTranscript() keeps about a fifth of the trigger, from a whole message on", () => {
  const messages = Array.from({ length: 20 }, (_, index) => [
    user(`question ${index}`.padEnd(100)),
    answer(`answer ${index}`.padEnd(100)),
  ]).flat();
  const parts = partTranscript(messages, 1_000); // 800 characters are a fifth.
  assert.deepEqual(parts.tail, messages.slice(-9));
  assert.deepEqual(parts.older, messages.slice(0, -9));
  assert.equal(parts.newest, undefined);
});

test("[P118] partTranscript() keeps what is being answered when the turn is longer than the tail", () => {
  const work = Array.from({ length: 10 }, (_, index): Message[] => [
    { role: "assistant", text: "", toolCalls: [{ id: `${index}`, name: "look", arguments: {} }] },
    {
      role: "tool",
      toolCallId: `${index}`,
      toolName: "look",
      text: "x".repeat(400),
      isError: false,
    },
  ]).flat();
  const messages = [user("before"), answer("yes"), user("do it"), ...work];
  const parts = partTranscript(messages, 1_000);
  assert.deepEqual(parts.newest, user("do it"));
  assert.equal(parts.older.length, 2 + work.length - parts.tail.length);
  assert.ok(!parts.older.includes(messages[2] as Message));
  assert.equal(parts.tail[0]?.role, "assistant");
});

test("[P118] partTranscript() tells an earlier summary from what was said since", () => {
  const first = withSummary("They like tea.", [user("next"), answer("ok"), user("more")]);
  const parts = partTranscript([...first, answer("done")], 1);
  assert.match(parts.summary ?? "", /They like tea\./);
  assert.deepEqual(parts.older, [user("next"), answer("ok")]);
  const work = [answer("ok"), user("more"), answer("done")];
  assert.deepEqual(partTranscript(withSummary("They like tea.", work), 1).older, [answer("ok")]);
});

test("[P118] partTranscript() parts no call from its result, and loses no message", () => {
  fc.assert(fc.property(anyTranscript, fc.integer({ min: 1, max: 400 }), (said, triggerTokens) => {
    const messages = repairTranscript(said);
    const { older, newest, tail } = partTranscript(messages, triggerTokens);
    checkToolResults(older);
    checkToolResults(tail);
    assert.notEqual(tail[0]?.role, "tool");
    assert.equal(older.length + tail.length + (newest === undefined ? 0 : 1), messages.length);
    const lastUser = messages.findLast((message) => message.role === "user");
    assert.ok(newest === lastUser || tail.includes(lastUser as Message) || lastUser === undefined);
    const lastAnswer = messages.findLast((message) => message.role === "assistant");
    if (lastAnswer !== undefined) assert.ok(tail.includes(lastAnswer));
  }));
});
