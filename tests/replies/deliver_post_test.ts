import assert from "node:assert/strict";
import { test } from "node:test";
import { MattermostApiError, UnauthorizedError } from "../../src/mattermost/errors.ts";
import { deliverPost } from "../../src/replies/deliver_post.ts";
import { findReplyPosts } from "../../src/replies/find_reply_posts.ts";
import { Secret } from "../../src/runtime/secret.ts";
import { ReplyLab } from "./support.ts";

/** Waits until the delivery backs off, at least half of this long, and lets that time pass. */
async function passBackOff(replies: ReplyLab, delayMs: number): Promise<void> {
  await replies.lab.clock.sleeperFor(delayMs / 2, delayMs);
  replies.lab.clock.advance(delayMs);
}

async function assertStoredOnce(
  replies: ReplyLab,
  delivering: Promise<{ readonly postId: string }>,
): Promise<void> {
  const { postId } = await delivering;
  assert.deepEqual(replies.answers().map((post) => post.id), [postId]);
}

/** The server's time for an answer runs out. */
async function passTimeout(replies: ReplyLab): Promise<void> {
  await replies.lab.clock.sleeperFor(15_000, 15_000);
  replies.lab.clock.advance(15_000);
}

test("deliverPost() stores the post once, with a marker that names what it answers", async () => {
  await using replies = await ReplyLab.start();
  const delivered = await replies.deliver();
  const [post] = replies.answers();
  assert.equal(post?.id, delivered.postId);
  assert.equal(post?.message, "the answer");
  assert.deepEqual(post?.props.hermes, { re: replies.question.id, part: 0 });
});

test("findReplyPosts() finds what was said after a post without being an answer to it", async () => {
  await using replies = await ReplyLab.start();
  const answer = await replies.deliver();
  const woken = `${replies.question.id}.w1`;
  const { postId } = await replies.deliver({ answerTo: woken, text: "news" });
  const find = async (answerTo: string) => {
    const { target } = replies.part();
    const found = await findReplyPosts(answerTo, target, replies.deps(), replies.never);
    return [...found.values()].map((post) => post.id);
  };
  assert.deepEqual(await find(woken), [postId]);
  assert.deepEqual(await find(replies.question.id), [answer.postId]);
  assert.deepEqual(await find(`${replies.question.id}.w2`), []);
});

test("[C26] deliverPost() names a part by an id that is stable and that nobody can guess", async () => {
  await using replies = await ReplyLab.start();
  const sent = async (deps = replies.deps(), index = 0) => {
    const ids: string[] = [];
    const api = replies.lab.api();
    const create = api.createPost.bind(api);
    api.createPost = (post, signal) => {
      ids.push(post.pendingPostId);
      return create(post, signal);
    };
    await replies.deliver({ index }, { ...deps, api });
    return ids[0] ?? "";
  };
  const first = await sent();
  assert.match(first, new RegExp(`^${replies.lab.botUserId}:[0-9a-f]{64}$`));
  assert.equal(await sent(), first);
  assert.notEqual(await sent(replies.deps(), 1), first);
  const other = { ...replies.deps(), pendingSecret: new Secret("another secret") };
  assert.notEqual(await sent(other), first);
});

test("[C26] deliverPost() notices that the answer is somebody else's post, and posts its own", async () => {
  await using replies = await ReplyLab.start();
  const foreign = replies.lab.sandbox.as("mallory").post({ channel: "general", message: "mine" });
  replies.lab.sandbox.faults.creates = [{ kind: "foreign", postId: foreign.id }];
  const delivered = await replies.deliver();
  assert.notEqual(delivered.postId, foreign.id);
  assert.deepEqual(replies.answers().map((post) => post.id), [delivered.postId]);
  assert.equal(replies.lab.logged("reply.pending_id_taken").length, 1);
});

test("[C27] deliverPost() repeats a create whose answer got lost, and one post is stored", async () => {
  await using replies = await ReplyLab.start();
  replies.lab.sandbox.faults.creates = [{ kind: "save_then_reset" }];
  const delivering = replies.deliver();
  await passBackOff(replies, 1_000);
  await assertStoredOnce(replies, delivering);
});

test("[C27] deliverPost() stores one post across a restart, which makes the server forget the id", async () => {
  await using replies = await ReplyLab.start();
  const { sandbox } = replies.lab;
  sandbox.faults.creates = [{ kind: "save_then_reset" }];
  const delivering = replies.deliver();
  await replies.lab.clock.sleeperFor(500, 1_000);
  await sandbox.restart();
  replies.lab.clock.advance(1_000);
  await assertStoredOnce(replies, delivering);
});

test("[C27] deliverPost() looks again when a try was refused after one that ended without telling", async () => {
  await using replies = await ReplyLab.start();
  const { sandbox, clock } = replies.lab;
  sandbox.faults.creates = [{ kind: "hang_then_save", durationMs: 17_000 }];
  const api = replies.lab.api();
  const create = api.createPost.bind(api);
  const down = Promise.withResolvers<void>();
  let tries = 0;
  api.createPost = async (post, signal) => {
    if (++tries === 2) {
      await sandbox.goDown();
      clock.advance(1_000); // Just now the first try is stored.
      down.resolve();
    }
    return await create(post, signal);
  };
  const delivering = replies.deliver({}, { ...replies.deps(), api });
  await clock.sleeperFor(17_000, 17_000);
  await passTimeout(replies);
  await passBackOff(replies, 1_000);
  await down.promise;
  await clock.sleeperFor(1_000, 2_000);
  clock.advance(31_000); // After this time the server does not know the pending id any more.
  await clock.sleeperFor(500, 1_000);
  await sandbox.comeUp();
  clock.advance(1_000);
  await assertStoredOnce(replies, delivering);
});

test("[C27] deliverPost() looks for the post when the server failed after it was stored", async () => {
  await using replies = await ReplyLab.start();
  replies.lab.sandbox.faults.creates = [{ kind: "save_then_fail" }];
  const delivered = await replies.deliver();
  assert.deepEqual(replies.answers().map((post) => post.id), [delivered.postId]);
});

test("[C27] [S05] deliverPost() sends again what was looked for twice and is not there", async () => {
  await using replies = await ReplyLab.start();
  replies.lab.sandbox.faults.creates = [{ kind: "fail" }];
  const delivering = replies.deliver();
  await replies.lab.clock.sleeperFor(3_000, 3_000);
  assert.deepEqual(replies.answers(), []);
  replies.lab.clock.advance(3_000);
  await assertStoredOnce(replies, delivering);
});

test("[C27] deliverPost() waits while the first try is still running", async () => {
  await using replies = await ReplyLab.start();
  replies.lab.sandbox.faults.creates = [{ kind: "hang_then_save", durationMs: 16_500 }];
  const delivering = replies.deliver();
  await replies.lab.clock.sleeperFor(16_500, 16_500);
  await passTimeout(replies);
  await passBackOff(replies, 1_000); // The repetition finds the first try in flight.
  await passBackOff(replies, 2_000); // By then it is stored.
  await assertStoredOnce(replies, delivering);
});

test("[C27] deliverPost() does not trust the pending id for longer than 20 s", async () => {
  await using replies = await ReplyLab.start();
  replies.lab.sandbox.faults.creates = [{ kind: "save_then_hang", durationMs: 60_000 }];
  const delivering = replies.deliver();
  await replies.lab.clock.sleeperFor(60_000, 60_000);
  await replies.lab.clock.sleeperFor(15_000, 15_000);
  replies.lab.clock.advance(31_000);
  await passBackOff(replies, 1_000); // A repetition now would be a second post.
  await assertStoredOnce(replies, delivering);
  assert.equal(replies.lab.requested(/^\/api\/v4\/posts$/).length, 1);
});

test("[C28] deliverPost() is content with the echo when no answer comes", async () => {
  await using replies = await ReplyLab.start();
  const listening = await replies.hearOwnPosts();
  replies.lab.sandbox.faults.creates = [{ kind: "save_then_hang", durationMs: 60_000 }];
  const delivering = replies.deliver();
  await listening.event("posted");
  await passTimeout(replies);
  await assertStoredOnce(replies, delivering);
  assert.equal(replies.lab.requested(/\/posts(\?.*)?$/).length, 1);
});

for (const echo of ["before_answer", "after_answer"] as const) {
  test(`[C28] deliverPost() stores one post when the echo comes ${echo}`, async () => {
    await using replies = await ReplyLab.start();
    replies.lab.sandbox.faults.echo = echo;
    await replies.hearOwnPosts();
    const delivered = await replies.deliver();
    assert.deepEqual(replies.answers().map((post) => post.id), [delivered.postId]);
  });
}

test("[C31] deliverPost() says that the root of the thread is gone, and posts nothing", async () => {
  await using replies = await ReplyLab.start();
  replies.lab.sandbox.as("alice").delete(replies.question.id);
  const { channel_id: channelId, id: rootId } = replies.question;
  const outcome = await deliverPost(
    replies.part({ target: { channelId, rootId } }),
    replies.deps(),
    replies.never,
  );
  assert.deepEqual(outcome, { kind: "root_gone" });
  assert.deepEqual(replies.answers(), []);
});

test("deliverPost() tells what the post says, also when an earlier try said something else", async () => {
  await using replies = await ReplyLab.start();
  const first = await replies.deliver({ text: "half" });
  const again = await replies.deliver({ text: "half and half" });
  assert.deepEqual(again, first);
  assert.equal(again.text, "half");
});

test("[C35] deliverPost() waits as long as a 429 says, and posts then", async () => {
  await using replies = await ReplyLab.start();
  replies.lab.sandbox.faults.rest = [{
    method: "POST",
    path: /^\/posts$/,
    times: 1,
    answer: { kind: "rate_limited", retryAfterS: 7, doubled: true },
  }];
  const delivering = replies.deliver();
  await replies.lab.clock.sleeperFor(7_000, 8_000);
  replies.lab.clock.advance(6_900);
  assert.deepEqual(replies.answers(), []);
  replies.lab.clock.advance(2_000);
  await assertStoredOnce(replies, delivering);
});

test("deliverPost() waits while a proxy shows a page in the place of the server", async () => {
  await using replies = await ReplyLab.start();
  replies.lab.sandbox.faults.rest = [{ times: 3, answer: { kind: "html", status: 200 } }];
  const delivering = replies.deliver();
  await passBackOff(replies, 1_000); // After the create.
  for (let look = 0; look < 2; look++) {
    const { fields } = await replies.lab.logLine("mattermost.retry", look);
    await replies.lab.clock.pass(Number(fields.retryInMs));
  }
  await assertStoredOnce(replies, delivering);
});

test("deliverPost() waits for a server that is down", async () => {
  await using replies = await ReplyLab.start();
  await replies.lab.sandbox.goDown();
  const delivering = replies.deliver();
  for (const delayMs of [1_000, 2_000, 4_000]) await passBackOff(replies, delayMs);
  await replies.lab.clock.sleeperFor(4_000, 8_000);
  await replies.lab.sandbox.comeUp();
  replies.lab.clock.advance(8_000);
  await assertStoredOnce(replies, delivering);
});

test("deliverPost() believes the third 403, because a busy server errs", async () => {
  await using replies = await ReplyLab.start();
  const refuse = (times: number) => {
    const id = "api.context.permissions.app_error";
    const answer = { kind: "error", status: 403, id } as const;
    replies.lab.sandbox.faults.rest = [{ method: "POST", path: /^\/posts$/, times, answer }];
  };
  refuse(2);
  const delivering = replies.deliver();
  for (const delayMs of [1_000, 2_000]) await passBackOff(replies, delayMs);
  await assertStoredOnce(replies, delivering);

  refuse(3);
  const refused = assert.rejects(replies.deliver({ index: 1 }), MattermostApiError);
  for (const delayMs of [1_000, 2_000]) await passBackOff(replies, delayMs);
  await refused;
  assert.equal(replies.answers().length, 1);
});

test("deliverPost() believes that a token is dead when it is refused twice", async () => {
  await using replies = await ReplyLab.start();
  const { clock, sandbox } = replies.lab;
  const id = "api.context.session_expired.app_error";
  const answer = { kind: "error", status: 401, id } as const;
  sandbox.faults.rest = [{ times: 1, answer }];
  const delivering = replies.deliver();
  await clock.sleeperFor(1_000, 1_000);
  clock.advance(1_000);
  await passBackOff(replies, 1_000);
  await assertStoredOnce(replies, delivering);

  sandbox.faults.rest = [{ answer }];
  const refused = assert.rejects(replies.deliver({ index: 1 }), UnauthorizedError);
  await clock.sleeperFor(1_000, 1_000);
  clock.advance(1_000);
  await refused;
});

test("deliverPost() gives up at once on what the server will never take", async () => {
  await using replies = await ReplyLab.start();
  replies.lab.sandbox.admin.archive("general");
  await assert.rejects(replies.deliver(), { kind: "channel_archived" });
  assert.equal(replies.lab.requested(/^\/api\/v4\/posts$/).length, 1);
});

test("deliverPost() ends at once when it is aborted", async () => {
  await using replies = await ReplyLab.start();
  await replies.lab.sandbox.goDown();
  const abort = new AbortController();
  const delivering = deliverPost(replies.part(), replies.deps(), abort.signal);
  await replies.lab.clock.sleeperFor(500, 1_000);
  abort.abort();
  await assert.rejects(delivering);
});
