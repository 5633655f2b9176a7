import assert from "node:assert/strict";
import { test } from "node:test";
import type { SandboxServer } from "../../src/sandbox/sandbox_server.ts";
import { call, SandboxSocket } from "./sandbox_client.ts";
import { startSandbox } from "./support.ts";

const PENDING = "api.post.deduplicate_create_post.pending";

function create(sandbox: SandboxServer, message: string, pendingPostId = "") {
  const { id } = sandbox.as("hermes").direct("alice");
  return call(sandbox, "hermes", "POST", "/posts", {
    channel_id: id,
    message,
    pending_post_id: pendingPostId,
  });
}

function storedMessages(sandbox: SandboxServer): string[] {
  return [...sandbox.world.posts.values()].map((post) => post.message);
}

test("a pending id brings back the first post for 30 s and makes a new one after that", async () => {
  await using started = await startSandbox();
  const { sandbox, clock } = started;
  const first = await create(sandbox, "one", "p");
  clock.advance(29_999);
  const again = await create(sandbox, "one, changed", "p");
  assert.equal(again.body.id, first.body.id);
  assert.equal(again.body.pending_post_id, "");
  clock.advance(1);
  const later = await create(sandbox, "two", "p");
  assert.notEqual(later.body.id, first.body.id);
  assert.deepEqual(storedMessages(sandbox), ["one", "two"]);
});

test("hang_then_save refuses the same pending id with 500 until the first one is stored", async () => {
  await using started = await startSandbox();
  const { sandbox, clock } = started;
  sandbox.faults.creates.push({ kind: "hang_then_save", durationMs: 10_000 });
  const first = create(sandbox, "slow", "p");
  await clock.sleeperFor(10_000);
  const meanwhile = await create(sandbox, "slow", "p");
  assert.equal(meanwhile.status, 500);
  assert.equal(meanwhile.body.id, PENDING);
  assert.deepEqual(storedMessages(sandbox), []);
  clock.advance(10_000);
  assert.equal((await first).status, 201);
  assert.equal((await create(sandbox, "slow", "p")).body.id, (await first).body.id);
});

test("save_then_hang stores and publishes the post long before it answers", async () => {
  await using started = await startSandbox();
  const { sandbox, clock } = started;
  const socket = SandboxSocket.as(sandbox, "hermes");
  await socket.event("hello");
  sandbox.faults.creates.push({ kind: "save_then_hang", durationMs: 20_000 });
  const first = create(sandbox, "stored", "p");
  await socket.event("posted");
  await clock.sleeperFor(20_000);
  assert.equal((await create(sandbox, "stored", "p")).body.id, PENDING);
  clock.advance(20_000);
  assert.equal((await first).status, 201);
  socket.close();
});

test("save_then_fail stores the post, says 500 and forgets the pending id", async () => {
  await using started = await startSandbox();
  const { sandbox } = started;
  sandbox.faults.creates.push({ kind: "save_then_fail" });
  assert.equal((await create(sandbox, "twice", "p")).status, 500);
  assert.equal((await create(sandbox, "twice", "p")).status, 201);
  assert.deepEqual(storedMessages(sandbox), ["twice", "twice"]);
});

test("fail stores nothing and lets the same pending id through the next time", async () => {
  await using started = await startSandbox();
  const { sandbox } = started;
  sandbox.faults.creates.push({ kind: "fail" });
  assert.equal((await create(sandbox, "once", "p")).status, 500);
  assert.equal((await create(sandbox, "once", "p")).status, 201);
  assert.deepEqual(storedMessages(sandbox), ["once"]);
});

test("save_then_reset stores the post and ends the connection; the repeat finds it", async () => {
  await using started = await startSandbox();
  const { sandbox } = started;
  sandbox.faults.creates.push({ kind: "save_then_reset" });
  await assert.rejects(create(sandbox, "once", "p"));
  assert.equal((await create(sandbox, "once", "p")).status, 201);
  assert.deepEqual(storedMessages(sandbox), ["once"]);
});

test("foreign answers with the post of another author", async () => {
  await using started = await startSandbox();
  const { sandbox } = started;
  const post = sandbox.as("bob").dm("alice", "bob's");
  sandbox.faults.creates.push({ kind: "foreign", postId: post.id });
  const answer = await create(sandbox, "mine", "p");
  assert.equal(answer.body.user_id, sandbox.user("bob").id);
});

test("echo after_answer sends the author's event after the 201", async () => {
  await using started = await startSandbox();
  const { sandbox } = started;
  sandbox.faults.echo = "after_answer";
  const socket = SandboxSocket.as(sandbox, "hermes");
  await socket.event("hello");
  await create(sandbox, "late echo", "p");
  const echo = await socket.event("posted");
  assert.equal(JSON.parse(echo.data.post).pending_post_id, "p");
  socket.close();
});

test("suppressPosted stores a post of which the socket never hears", async () => {
  await using started = await startSandbox();
  const { sandbox } = started;
  const socket = SandboxSocket.as(sandbox, "hermes");
  await socket.event("hello");
  sandbox.faults.suppressPosted = 1;
  sandbox.as("alice").dm("hermes", "unheard");
  sandbox.as("alice").dm("hermes", "heard");
  const posted = await socket.event("posted");
  assert.equal(JSON.parse(posted.data.post).message, "heard");
  assert.deepEqual(storedMessages(sandbox), ["unheard", "heard"]);
  socket.close();
});

test("fileIdsDropped and unknown, foreign and used files are dropped silently; the rest is sorted", async () => {
  await using started = await startSandbox();
  const { sandbox } = started;
  const { id: channelId } = sandbox.as("hermes").direct("alice");
  const upload = async (username: string) => {
    const path = `/files?channel_id=${channelId}&filename=a.txt`;
    const answer = await call(sandbox, username, "POST", path, "text");
    return answer.body.file_infos[0].id as string;
  };
  const [one, two, foreign] = [
    await upload("hermes"),
    await upload("hermes"),
    await upload("alice"),
  ];
  const post = (fileIds: string[]) =>
    call(sandbox, "hermes", "POST", "/posts", {
      channel_id: channelId,
      message: "files",
      file_ids: fileIds,
    });
  sandbox.faults.fileIdsDropped = 1;
  const sorted = [one, two].sort();
  const first = await post([sorted[1] ?? "", sorted[0] ?? "", sorted[1] ?? "", foreign]);
  assert.deepEqual(first.body.file_ids, [sorted[1]]);
  sandbox.faults.fileIdsDropped = 0;
  const second = await post([sorted[1] ?? ""]);
  assert.equal(second.body.file_ids, null);
});
