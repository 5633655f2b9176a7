import assert from "node:assert/strict";
import { test } from "node:test";
import { describeIgnored, readOutcome } from "../../../src/cli/demo/demo_outcome.ts";

test("readOutcome() reads the end of a post's handling from the gateway's log", () => {
  const postId = "post";
  const answered = readOutcome("gateway.answered", { postId, posts: 1 });
  assert.deepEqual(answered, { kind: "answered", postId });
  const ignored = readOutcome("gateway.ignored", { postId, reason: "not_mentioned" });
  assert.deepEqual(ignored, { kind: "ignored", postId, reason: "not_mentioned" });
  assert.deepEqual(readOutcome("gateway.not_answered", { postId }), { kind: "failed", postId });
  assert.deepEqual(readOutcome("gateway.interrupted", { postId }), { kind: "failed", postId });
  assert.deepEqual(readOutcome("gateway.dropped", { postId }), { kind: "failed", postId });
  assert.equal(readOutcome("gateway.message", { postId }), undefined);
});

test("describeIgnored() says how to be answered, and nothing where nobody waits", () => {
  assert.match(describeIgnored("not_mentioned", "alice") ?? "", /@hermes/);
  assert.match(describeIgnored("user_not_allowed", "mallory") ?? "", /^mallory /);
  assert.match(describeIgnored("channel_not_allowed", "alice") ?? "", /channel_not_allowed/);
  assert.equal(describeIgnored("from_self", "hermes"), undefined);
});
