import assert from "node:assert/strict";
import { test } from "node:test";
import { placeLabel, toChatPost } from "../../src/sandbox/chat_post.ts";
import {
  channelSeat,
  type ChatSeat,
  directSeat,
  personSeat,
  promptText,
  type SeatChange,
  threadSeat,
} from "../../src/sandbox/chat_seat.ts";
import { startSandbox } from "./support.ts";

function seatOf(change: SeatChange): ChatSeat {
  if (change.kind === "refused") throw new Error(change.problem);
  return change.seat;
}

test("promptText() names the person and the place, and in a channel how to be answered", async () => {
  await using started = await startSandbox();
  const { sandbox } = started;
  const direct = directSeat("alice", sandbox);
  assert.equal(promptText(direct, sandbox, 80), "alice → @hermes> ");
  const general = seatOf(channelSeat(direct, "general", sandbox));
  assert.equal(promptText(general, sandbox, 80), "alice → #general (mention @hermes)> ");
  assert.equal(promptText(general, sandbox, 40), "alice → #general> ");
});

test("threadSeat() is the thread of the last post of the place, also when that is a reply", async () => {
  await using started = await startSandbox();
  const { sandbox } = started;
  const direct = directSeat("alice", sandbox);
  const root = sandbox.as("alice").dm("hermes", "root");
  sandbox.as("alice").post({ channel: "general", message: "elsewhere" });
  const thread = seatOf(threadSeat(direct, sandbox));
  assert.equal(thread.place.rootId, root.id);
  assert.equal(promptText(thread, sandbox, 80), "alice → @hermes (thread)> ");
  sandbox.as("hermes").dm("alice", "reply", { rootId: root.id });
  assert.equal(seatOf(threadSeat(direct, sandbox)).place.rootId, root.id);
});

test("threadSeat() is refused where nothing was written", async () => {
  await using started = await startSandbox();
  const { sandbox } = started;
  assert.equal(threadSeat(directSeat("alice", sandbox), sandbox).kind, "refused");
});

test("channelSeat() is refused for a channel that the person is not in", async () => {
  await using started = await startSandbox();
  const { sandbox } = started;
  const seat = directSeat("mallory", sandbox);
  const problem = 'mallory is in no channel "secret", only in #town-square, #general';
  assert.deepEqual(channelSeat(seat, "secret", sandbox), { kind: "refused", problem });
});

test("personSeat() stays in the channel, or goes to the bot where the person may not be", async () => {
  await using started = await startSandbox();
  const { sandbox } = started;
  const secret = seatOf(channelSeat(directSeat("alice", sandbox), "secret", sandbox));
  const bob = seatOf(personSeat(secret, "bob", sandbox));
  assert.equal(promptText(bob, sandbox, 80), "bob → #secret (mention @hermes)> ");
  const mallory = seatOf(personSeat(secret, "mallory", sandbox));
  assert.equal(promptText(mallory, sandbox, 80), "mallory → @hermes> ");
  assert.equal(personSeat(secret, "hermes", sandbox).kind, "refused");
});

test("placeLabel() names the other people of a direct channel", async () => {
  await using started = await startSandbox();
  const { sandbox } = started;
  const post = toChatPost(sandbox.as("alice").dm("hermes", "hi"), sandbox.world);
  assert.equal(placeLabel(post, "alice", sandbox.world), "@hermes");
  assert.equal(placeLabel(post, "hermes", sandbox.world), "@alice");
});

test("toChatPost() reads from a post of the bot what it answers", async () => {
  await using started = await startSandbox();
  const { sandbox } = started;
  const marked = { channel: "general", message: "a", props: { hermes: { re: "asked", part: 0 } } };
  const answer = toChatPost(sandbox.as("hermes").post(marked), sandbox.world);
  assert.equal(answer.answerTo, "asked");
  assert.equal(answer.author, "hermes");
  const other = sandbox.as("hermes").post({ channel: "general", message: "b" });
  assert.equal(toChatPost(other, sandbox.world).answerTo, "");
});
