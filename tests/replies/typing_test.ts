import assert from "node:assert/strict";
import { test } from "node:test";
import { keepTyping } from "../../src/replies/typing.ts";
import { ReplyLab } from "./support.ts";

const INTERVAL_MS = 4_000;

function typingIn(replies: ReplyLab, done: AbortSignal, intervalMs = INTERVAL_MS): Promise<void> {
  const { channel_id: channelId, id: rootId } = replies.question;
  const deps = { api: replies.lab.api(), clock: replies.lab.clock, intervalMs };
  return keepTyping({ channelId, rootId }, deps, done, replies.never);
}

const notices = (replies: ReplyLab) => replies.lab.requested(/typing$/).length;

test("[C33] keepTyping() tells the thread every 4 s, until the answer is there", async () => {
  await using replies = await ReplyLab.start();
  const done = new AbortController();
  const typing = typingIn(replies, done.signal);
  for (let count = 1; count <= 3; count++) {
    await replies.lab.clock.sleeperFor(INTERVAL_MS, INTERVAL_MS);
    assert.equal(notices(replies), count);
    replies.lab.clock.advance(INTERVAL_MS);
  }
  await replies.lab.clock.sleeperFor(INTERVAL_MS, INTERVAL_MS);
  done.abort();
  await typing;
  assert.equal(notices(replies), 4);
});

test("[C33] keepTyping() tells nobody where the server does not want it", async () => {
  await using replies = await ReplyLab.start();
  await typingIn(replies, new AbortController().signal, 0);
  assert.equal(notices(replies), 0);
});

test("[C33] keepTyping() goes on when a notice fails", async () => {
  await using replies = await ReplyLab.start();
  const answer = { kind: "error", status: 503, id: "api.context.server_busy.app_error" } as const;
  replies.lab.sandbox.faults.rest = [{ path: /typing$/, times: 1, answer }];
  const done = new AbortController();
  const typing = typingIn(replies, done.signal);
  await replies.lab.clock.sleeperFor(INTERVAL_MS, INTERVAL_MS);
  replies.lab.clock.advance(INTERVAL_MS);
  await replies.lab.clock.sleeperFor(INTERVAL_MS, INTERVAL_MS);
  done.abort();
  await typing;
  assert.equal(notices(replies), 2);
});
