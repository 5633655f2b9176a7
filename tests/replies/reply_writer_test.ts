import assert from "node:assert/strict";
import { test } from "node:test";
import { findReplyPosts } from "../../src/replies/find_reply_posts.ts";
import { ReplyWriter } from "../../src/replies/reply_writer.ts";
import { createRedactor, type Redact } from "../../src/safety/redact.ts";
import type { Post } from "../../src/sandbox/records.ts";
import type { AssistantMessage } from "../../src/transcript/message.ts";
import { ReplyLab } from "./support.ts";

const RUNES_MAX = 400;

function writerIn(
  replies: ReplyLab,
  options: {
    streaming?: boolean;
    rootId?: string;
    showsReasoning?: boolean;
    redact?: Redact;
  } = {},
): ReplyWriter {
  const { id, channel_id: channelId } = replies.question;
  return new ReplyWriter({
    target: { channelId, rootId: options.rootId ?? "" },
    answerTo: id,
    existing: new Map(),
    runesMax: RUNES_MAX,
    streaming: options.streaming ?? true,
    showsReasoning: options.showsReasoning ?? false,
    redact: options.redact ?? ((text) => text),
  }, replies.deps());
}

function say(writer: ReplyWriter, text: string, replies: ReplyLab): void {
  writer.show({ kind: "text_delta", text }, replies.never);
}

function finishStep(writer: ReplyWriter, text: string, replies: ReplyLab): void {
  const message: AssistantMessage = { role: "assistant", text, toolCalls: [] };
  writer.show({ kind: "message", message }, replies.never);
}

/** Lets the second pass after which the writer shows what it has, and waits until it did. */
async function passSecond(replies: ReplyLab, shown: string): Promise<Post> {
  await replies.lab.clock.sleeperFor(1_000, 1_000);
  replies.lab.clock.advance(1_000);
  return await replies.lab.sandbox.posted((post) => post.message === shown);
}

test("ReplyWriter posts a quick answer once and edits nothing", async () => {
  await using replies = await ReplyLab.start();
  const writer = writerIn(replies);
  say(writer, "Quick ", replies);
  say(writer, "answer", replies);
  finishStep(writer, "Quick answer", replies);
  const ids = await writer.finish("", replies.never);
  assert.deepEqual(replies.answers().map((post) => [post.id, post.message]), [
    [ids[0], "Quick answer"],
  ]);
  assert.deepEqual(replies.lab.requested(/patch$/), []);
});

test("[C32] ReplyWriter shows a growing answer once a second, and its last state at once", async () => {
  await using replies = await ReplyLab.start();
  const writer = writerIn(replies);
  say(writer, "one ", replies);
  const first = await passSecond(replies, "one ");
  for (const word of ["two ", "three ", "four "]) say(writer, word, replies);
  await passSecond(replies, "one two three four ");
  assert.equal(replies.lab.requested(/patch$/).length, 1);
  say(writer, "five", replies);
  finishStep(writer, "one two three four five", replies);
  assert.deepEqual(await writer.finish("", replies.never), [first.id]);
  assert.equal(replies.answers()[0]?.message, "one two three four five");
});

test("[C32] ReplyWriter does not edit a post that says the same already", async () => {
  await using replies = await ReplyLab.start();
  const writer = writerIn(replies);
  say(writer, "all of it\n", replies);
  await passSecond(replies, "all of it\n");
  await replies.lab.clock.sleeperFor(1_000, 1_000);
  replies.lab.clock.advance(1_000);
  finishStep(writer, "all of it\n", replies);
  await writer.finish("", replies.never);
  assert.deepEqual(replies.lab.requested(/patch$/), []);
});

test("ReplyWriter posts nothing before the end when it is not streaming", async () => {
  await using replies = await ReplyLab.start();
  const writer = writerIn(replies, { streaming: false });
  say(writer, "one", replies);
  replies.lab.clock.advance(60_000);
  assert.deepEqual(replies.answers(), []);
  finishStep(writer, "one two", replies);
  await writer.finish("", replies.never);
  assert.deepEqual(replies.answers().map((post) => post.message), ["one two"]);
});

test("[C29] ReplyWriter continues a growing answer in more posts, and they hold all of it", async () => {
  await using replies = await ReplyLab.start();
  const writer = writerIn(replies);
  const lines = Array.from({ length: 60 }, (_, index) => `line ${index} of the answer\n`);
  for (const [index, line] of lines.entries()) {
    say(writer, line, replies);
    if (index % 15 === 14) {
      await replies.lab.clock.sleeperFor(1_000, 1_000);
      replies.lab.clock.advance(1_000);
      const last = `line ${index} of`;
      await replies.lab.sandbox.posted((post) => post.message.includes(last));
    }
  }
  finishStep(writer, lines.join(""), replies);
  const ids = await writer.finish("", replies.never);
  const posts = replies.answers();
  assert.deepEqual(posts.map((post) => post.id), ids);
  assert.ok(posts.length >= 4);
  assert.ok(posts.every((post) => [...post.message].length <= RUNES_MAX));
  const words = (text: string) => text.split(/\s+/).filter((word) => word !== "");
  assert.deepEqual(words(posts.map((post) => post.message).join("\n")), words(lines.join("")));
});

test("[C32] ReplyWriter goes on in a new post when the server ends the time for edits", async () => {
  await using replies = await ReplyLab.start();
  const writer = writerIn(replies);
  say(writer, "shown. ", replies);
  await passSecond(replies, "shown. ");
  replies.lab.sandbox.faults.patch = {
    status: 400,
    id: "api.post.update_post.permissions_time_limit.app_error",
  };
  say(writer, "not shown.", replies);
  finishStep(writer, "shown. not shown.", replies);
  await writer.finish("", replies.never);
  assert.deepEqual(replies.answers().map((post) => post.message), ["shown. ", "not shown."]);
});

test("[C32] [S10] ReplyWriter writes the answer into a fresh post when somebody deleted its draft", async () => {
  await using replies = await ReplyLab.start();
  const writer = writerIn(replies);
  say(writer, "draft ", replies);
  const draft = await passSecond(replies, "draft ");
  replies.lab.sandbox.as("admin").delete(draft.id);
  finishStep(writer, "draft and more", replies);
  const ids = await writer.finish("", replies.never);
  assert.deepEqual(replies.answers().map((post) => [post.id, post.message]), [
    [ids[0], "draft and more"],
  ]);
  assert.notEqual(ids[0], draft.id);
});

test("ReplyWriter takes back what a failed call of the model had said", async () => {
  await using replies = await ReplyLab.start();
  const writer = writerIn(replies);
  say(writer, "The answer is fi", replies);
  const shown = await passSecond(replies, "The answer is ");
  writer.show({ kind: "restarted", reason: "network" }, replies.never);
  say(writer, "It is four", replies);
  finishStep(writer, "It is four", replies);
  assert.deepEqual(await writer.finish("", replies.never), [shown.id]);
  assert.deepEqual(replies.answers().map((post) => post.message), ["It is four"]);
});

test("ReplyWriter keeps the post while a failed call of the model begins anew", async () => {
  await using replies = await ReplyLab.start();
  const writer = writerIn(replies);
  say(writer, "half an ans", replies);
  const shown = await passSecond(replies, "half an ");
  writer.show({ kind: "restarted", reason: "network" }, replies.never);
  for (let second = 0; second < 2; second++) {
    await replies.lab.clock.sleeperFor(1_000, 1_000);
    replies.lab.clock.advance(1_000);
  }
  await replies.lab.clock.sleeperFor(1_000, 1_000);
  assert.deepEqual(replies.answers().map((post) => post.message), ["half an "]);
  finishStep(writer, "the answer", replies);
  assert.deepEqual(await writer.finish("", replies.never), [shown.id]);
});

test("ReplyWriter leaves out what no post can hold", async () => {
  await using replies = await ReplyLab.start();
  const writer = writerIn(replies, { streaming: false });
  finishStep(writer, "a\0b\ud83dc", replies);
  await writer.finish("", replies.never);
  assert.deepEqual(replies.answers().map((post) => post.message), ["abc"]);
});

test("ReplyWriter waits for a server that is away for minutes to write the last state", async () => {
  await using replies = await ReplyLab.start();
  const writer = writerIn(replies);
  say(writer, "half an ans", replies);
  await passSecond(replies, "half an ");
  await replies.lab.clock.sleeperFor(1_000, 1_000); // The writer has its answer.
  await replies.lab.sandbox.goDown();
  finishStep(writer, "half an answer", replies);
  const finished = writer.finish("", replies.never);
  for (let attempt = 0; attempt < 12; attempt++) {
    const { fields } = await replies.lab.logLine("mattermost.retry", attempt);
    if (attempt === 11) await replies.lab.sandbox.comeUp();
    await replies.lab.clock.pass(Number(fields.retryInMs));
  }
  await finished;
  assert.deepEqual(replies.answers().map((post) => post.message), ["half an answer"]);
});

test("ReplyWriter joins the steps of a turn, and puts a note below", async () => {
  await using replies = await ReplyLab.start();
  const writer = writerIn(replies, { streaming: false });
  for (const text of ["Let me look.", "", "It is noon."]) finishStep(writer, text, replies);
  await writer.finish("_(a note)_", replies.never);
  const [post] = replies.answers();
  assert.equal(post?.message, "Let me look.\n\nIt is noon.\n\n_(a note)_");
});

test("[C31] ReplyWriter keeps all parts of an answer out of a thread whose root is gone", async () => {
  await using replies = await ReplyLab.start();
  const writer = writerIn(replies, { streaming: false, rootId: replies.question.id });
  replies.lab.sandbox.as("alice").delete(replies.question.id);
  finishStep(writer, "word ".repeat(150).trim(), replies);
  await writer.finish("", replies.never);
  assert.deepEqual(replies.answers().map((post) => post.root_id), ["", ""]);
  assert.match(replies.answers()[0]?.message ?? "", /is gone/);
});

test("ReplyWriter shows all of an answer whose first post was stored while it was cut short", async () => {
  await using replies = await ReplyLab.start();
  await replies.deliver({ text: "half an ans" });
  const writer = writerIn(replies);
  finishStep(writer, "half an answer is not enough", replies);
  await writer.finish("", replies.never);
  assert.deepEqual(replies.answers().map((one) => one.message), ["half an answer is not enough"]);
});

test("[P29] ReplyWriter edits the posts of an earlier try of the same answer", async () => {
  await using replies = await ReplyLab.start();
  const { postId } = await replies.deliver({ text: "half an ans" });
  const { id, channel_id: channelId } = replies.question;
  const post = await replies.lab.api().getPost(postId, replies.never);
  const writer = new ReplyWriter({
    target: { channelId, rootId: "" },
    answerTo: id,
    existing: new Map([[0, post]]),
    runesMax: RUNES_MAX,
    streaming: true,
    showsReasoning: false,
    redact: (text) => text,
  }, replies.deps());
  finishStep(writer, "the whole answer", replies);
  assert.deepEqual(await writer.finish("", replies.never), [postId]);
  assert.deepEqual(replies.answers().map((one) => one.message), ["the whole answer"]);
});

test("[P29] ReplyWriter shows all of an answer of whose earlier posts one was deleted", async () => {
  await using replies = await ReplyLab.start();
  for (const index of [0, 1, 2]) await replies.deliver({ index, text: `part ${index}` });
  const [, second] = replies.answers();
  replies.lab.sandbox.as("hermes").delete(second?.id ?? "");
  const { answerTo, target } = replies.part();
  const existing = await findReplyPosts(answerTo, target, replies.deps(), replies.never);
  const options = {
    target,
    answerTo,
    existing,
    runesMax: RUNES_MAX,
    streaming: false,
    showsReasoning: false,
    redact: (text: string) => text,
  };
  const writer = new ReplyWriter(options, replies.deps());
  const paragraphs = ["a", "b", "c"].map((letter) => letter.repeat(RUNES_MAX - 10));
  finishStep(writer, paragraphs.join("\n\n"), replies);
  const postIds = await writer.finish("", replies.never);
  assert.deepEqual(replies.answers().map((post) => post.id), postIds);
  assert.deepEqual(replies.answers().map((post) => post.message.trim()), paragraphs);
});

test("[P116] ReplyWriter quotes what the model thought before what it says, shortened, when asked to", async () => {
  await using replies = await ReplyLab.start();
  const writer = writerIn(replies, { showsReasoning: true });
  writer.show({ kind: "reasoning_delta", text: "First I look.\n\n" }, replies.never);
  writer.show({ kind: "reasoning_delta", text: "Then I think." }, replies.never);
  await passSecond(replies, "> 💭 First I look.\n> Then I");
  assert.equal(writer.text, "");
  say(writer, "It is blue.", replies);
  finishStep(writer, "It is blue.", replies);
  writer.show({ kind: "reasoning_delta", text: "x".repeat(700) }, replies.never);
  finishStep(writer, "And new.", replies);
  await writer.finish("", replies.never);
  const shown = replies.answers().map((post) => post.message).join("");
  assert.match(
    shown,
    /^> 💭 First I look\.\n> Then I think\.\n\nIt is blue\.\n\n> 💭 x+…\s*And new\.$/,
  );
  assert.equal(shown.match(/x/g)?.length, 600);
  assert.equal(writer.text, "It is blue.\n\nAnd new.");
});

test("[P116] ReplyWriter shows nothing of what the model thought unless it is asked to", async () => {
  await using replies = await ReplyLab.start();
  const writer = writerIn(replies);
  writer.show({ kind: "reasoning_delta", text: "Hm." }, replies.never);
  finishStep(writer, "It is blue.", replies);
  await writer.finish("", replies.never);
  assert.deepEqual(replies.answers().map((post) => post.message), ["It is blue."]);
});

test("ReplyWriter does not believe the first 403 to an edit of a post that stands", async () => {
  await using replies = await ReplyLab.start();
  const writer = writerIn(replies);
  say(writer, "half an ans", replies);
  const { id } = await passSecond(replies, "half an ");
  await replies.lab.clock.sleeperFor(1_000, 1_000);
  const answer = { kind: "error", status: 403, id: "api.context.permissions.app_error" } as const;
  replies.lab.sandbox.faults.rest = [{ method: "PUT", path: /patch$/, times: 1, answer }];
  finishStep(writer, "half an answer", replies);
  const finished = writer.finish("", replies.never);
  await replies.lab.sandbox.requested(({ method, path }) => {
    return method === "GET" && path.endsWith(`/posts/${id}`);
  });
  await replies.lab.clock.sleeperFor(1_000, 1_000);
  replies.lab.clock.advance(1_000);
  await finished;
  assert.deepEqual(replies.answers().map((post) => post.message), ["half an answer"]);
});

test("[P103] ReplyWriter shows no secret, and no part of one while the answer grows", async () => {
  await using replies = await ReplyLab.start();
  const token = ["ghp", "a1B2c3D4e5F6g7H8i9J0k1L2"].join("_");
  const redact = createRedactor({ secrets: () => ["own-secret-1"], hidesPatterns: true });
  const writer = writerIn(replies, { redact });
  say(writer, `It is ${token.slice(0, 12)}`, replies);
  await passSecond(replies, "It is ");
  say(writer, `${token.slice(12)} and own-se`, replies);
  await passSecond(replies, "It is ghp_a1...k1L2 and ");
  const text = `It is ${token} and own-secret-1.`;
  say(writer, "cret-1.", replies);
  finishStep(writer, text, replies);
  await writer.finish("password=hunter2", replies.never);
  const hidden = "It is ghp_a1...k1L2 and ***.\n\npassword=***";
  assert.deepEqual(replies.answers().map((post) => post.message), [hidden]);
  for (const { body } of replies.lab.sandbox.requests) {
    assert.doesNotMatch(JSON.stringify(body ?? ""), /B2c3|own-se/);
  }
});
