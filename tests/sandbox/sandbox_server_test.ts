import assert from "node:assert/strict";
import { test } from "node:test";
import { call, SandboxSocket } from "./sandbox_client.ts";
import { startSandbox } from "./support.ts";

test("SandboxServer answers users/me for the bot's token and 401 without one", async () => {
  await using started = await startSandbox();
  const { sandbox } = started;
  const me = await call(sandbox, "hermes", "GET", "/users/me");
  assert.equal(me.status, 200);
  assert.equal(me.body.username, "hermes");
  assert.equal(me.body.is_bot, true);
  const nobody = await call(sandbox, undefined, "GET", "/users/me");
  assert.equal(nobody.status, 401);
  assert.equal(nobody.body.id, "api.context.session_expired.app_error");
  assert.deepEqual(sandbox.requests.map((request) => request.status), [200, 401]);
});

test("SandboxServer says hello first and sends posted with the post as JSON inside JSON", async () => {
  await using started = await startSandbox();
  const { sandbox } = started;
  const socket = SandboxSocket.as(sandbox, "hermes");
  const hello = await socket.event("hello");
  assert.equal(hello.seq, 0);
  sandbox.as("alice").dm("hermes", "good morning");
  const posted = await socket.event("posted");
  assert.equal(posted.data.channel_type, "D");
  assert.equal(JSON.parse(posted.data.post).message, "good morning");
  assert.deepEqual(JSON.parse(posted.data.mentions), [sandbox.user("hermes").id]);
  assert.equal((await socket.ping(1)).data.text, "pong");
  socket.close();
});

test("SandboxServer sends the author's own event before the answer to the creation", async () => {
  await using started = await startSandbox();
  const { sandbox } = started;
  const socket = SandboxSocket.as(sandbox, "hermes");
  await socket.event("hello");
  const channel = sandbox.world.channelNamed("general");
  const created = await call(sandbox, "hermes", "POST", "/posts", {
    channel_id: channel?.id,
    message: "hi",
    pending_post_id: "one",
  });
  assert.equal(created.status, 201);
  const echo = JSON.parse((await socket.event("posted")).data.post);
  assert.equal(echo.id, created.body.id);
  assert.equal(echo.pending_post_id, "one");
  const patched = await call(sandbox, "hermes", "PUT", `/posts/${created.body.id}/patch`, {
    message: "hi again",
  });
  assert.equal(patched.body.message, "hi again");
  await socket.event("post_edited");
  socket.close();
});

test("SandboxServer resumes a cut connection with what was missed and no second hello", async () => {
  await using started = await startSandbox();
  const { sandbox } = started;
  const first = SandboxSocket.as(sandbox, "hermes");
  const hello = await first.event("hello");
  const { seq } = await first.event("status_change");
  sandbox.cut("hermes");
  assert.equal(await first.closed, 1006);
  await sandbox.connected("hermes", 0);
  sandbox.as("alice").dm("hermes", "missed");
  const query = `?connection_id=${hello.data.connection_id}&sequence_number=${seq + 1}`;
  const second = SandboxSocket.as(sandbox, "hermes", query);
  await second.event("posted");
  await second.ping(1);
  const events = second.frames.filter((frame) => frame.event !== undefined);
  assert.deepEqual(events.map((frame) => [frame.event, frame.seq]), [
    ["status_change", seq + 1],
    ["posted", seq + 2],
    ["status_change", seq + 3],
  ]);
  second.close();
});
