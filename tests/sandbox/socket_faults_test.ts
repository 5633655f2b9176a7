import assert from "node:assert/strict";
import { test } from "node:test";
import type { SandboxServer } from "../../src/sandbox/sandbox_server.ts";
import { call, SandboxSocket } from "./sandbox_client.ts";
import { startSandbox } from "./support.ts";

/** Connects the bot, loses the connection, and gives the query that resumes it. */
async function lostConnection(sandbox: SandboxServer): Promise<string> {
  const socket = SandboxSocket.as(sandbox, "hermes");
  const hello = await socket.event("hello");
  const { seq } = await socket.event("status_change");
  sandbox.cut("hermes");
  await sandbox.connected("hermes", 0);
  return `?connection_id=${hello.data.connection_id}&sequence_number=${seq + 1}`;
}

for (const fault of ["refused", "messages_lost"] as const) {
  test(`resume ${fault} greets with a new connection id`, async () => {
    await using started = await startSandbox();
    const { sandbox } = started;
    const query = await lostConnection(sandbox);
    sandbox.as("alice").dm("hermes", "missed");
    sandbox.faults.resume = fault;
    const socket = SandboxSocket.as(sandbox, "hermes", query);
    const hello = await socket.event("hello");
    assert.equal(hello.seq, 0);
    assert.equal(query.includes(hello.data.connection_id), false);
    await socket.ping(1);
    const isPosted = socket.frames.some((frame) => frame.event === "posted");
    assert.equal(isPosted, fault === "messages_lost", "what waited follows after a loss");
    socket.close();
  });
}

test("resume closed_at_once ends the socket, and one without parameters is served", async () => {
  await using started = await startSandbox();
  const { sandbox } = started;
  const query = await lostConnection(sandbox);
  sandbox.faults.resume = "closed_at_once";
  assert.equal(await SandboxSocket.as(sandbox, "hermes", query).closed, 1006);
  const plain = SandboxSocket.as(sandbox, "hermes");
  await plain.event("hello");
  plain.close();
});

test("without user statuses a resume that lost nothing is silent", async () => {
  await using started = await startSandbox({ settings: { userStatuses: false } });
  const { sandbox } = started;
  const first = SandboxSocket.as(sandbox, "hermes");
  const hello = await first.event("hello");
  sandbox.cut("hermes");
  await sandbox.connected("hermes", 0);
  const query = `?connection_id=${hello.data.connection_id}&sequence_number=1`;
  const second = SandboxSocket.as(sandbox, "hermes", query);
  await second.opened();
  await second.ping(1);
  assert.equal(second.frames.length, 1, "only the reply");
  second.close();
});

test("cutUnnoticed() refuses a resume for 100 s", async () => {
  await using started = await startSandbox();
  const { sandbox, clock } = started;
  const socket = SandboxSocket.as(sandbox, "hermes");
  const hello = await socket.event("hello");
  const { seq } = await socket.event("status_change");
  sandbox.cutUnnoticed("hermes");
  assert.equal(await socket.closed, 1006);
  sandbox.as("alice").dm("hermes", "missed");
  const query = `?connection_id=${hello.data.connection_id}&sequence_number=${seq + 1}`;
  clock.advance(99_999);
  const early = SandboxSocket.as(sandbox, "hermes", query);
  await early.event("hello");
  early.close();
  await early.closed;
  clock.advance(1);
  const late = SandboxSocket.as(sandbox, "hermes", query);
  await late.event("posted");
  assert.equal(late.frames.some((frame) => frame.event === "hello"), false);
  late.close();
});

test("activity of the user keeps an idle connection resumable", async () => {
  await using started = await startSandbox();
  const { sandbox, clock } = started;
  const socket = SandboxSocket.as(sandbox, "hermes");
  const hello = await socket.event("hello");
  const { seq } = await socket.event("status_change");
  clock.advance(5.5 * 60_000);
  await call(sandbox, "hermes", "GET", "/users/me");
  clock.advance(0.5 * 60_000);
  sandbox.cut("hermes");
  await sandbox.connected("hermes", 0);
  clock.advance(4.7 * 60_000);
  const query = `?connection_id=${hello.data.connection_id}&sequence_number=${seq + 1}`;
  const second = SandboxSocket.as(sandbox, "hermes", query);
  await second.event("status_change");
  assert.equal(second.frames[0].seq, seq + 1);
  second.close();
});

test("an idle connection is resumable until the server looks for dead ones, each 5 min", async () => {
  await using started = await startSandbox();
  const { sandbox, clock } = started;
  const socket = SandboxSocket.as(sandbox, "hermes");
  const hello = await socket.event("hello");
  const { seq } = await socket.event("status_change");
  clock.advance(10 * 60_000 + 1);
  sandbox.cut("hermes");
  await sandbox.connected("hermes", 0);
  const query = `?connection_id=${hello.data.connection_id}&sequence_number=${seq + 1}`;
  clock.advance(4.9 * 60_000);
  const second = SandboxSocket.as(sandbox, "hermes", query);
  await second.event("status_change");
  assert.equal(second.frames[0].seq, seq + 1);
  second.close();
});

test("skipEvents() uses up numbers that never arrive", async () => {
  await using started = await startSandbox();
  const { sandbox } = started;
  const socket = SandboxSocket.as(sandbox, "hermes");
  const { seq } = await socket.event("status_change");
  sandbox.skipEvents("hermes", 1);
  sandbox.as("alice").dm("hermes", "lost");
  sandbox.as("alice").dm("hermes", "seen");
  const posted = await socket.event("posted");
  assert.equal(JSON.parse(posted.data.post).message, "seen");
  assert.equal(posted.seq, seq + 2);
  socket.close();
});

test("pings swallowed get no reply while other actions do", async () => {
  await using started = await startSandbox();
  const { sandbox } = started;
  const socket = SandboxSocket.as(sandbox, "hermes");
  await socket.event("hello");
  sandbox.faults.pings = "swallowed";
  socket.send({ action: "ping", seq: 1 });
  socket.send({ action: "get_statuses", seq: 2 });
  await socket.frame((frame) => frame.seq_reply === 2);
  assert.equal(socket.frames.some((frame) => frame.seq_reply === 1), false);
  socket.close();
});

test("hello never leaves an authenticated socket silent; after_reply follows the challenge", async () => {
  await using started = await startSandbox({ settings: { userStatuses: false } });
  const { sandbox } = started;
  sandbox.faults.hello = "never";
  const silent = SandboxSocket.as(sandbox, "hermes");
  await silent.opened();
  await silent.ping(1);
  assert.equal(silent.frames.length, 1);
  silent.close();
  sandbox.faults.hello = "after_reply";
  const socket = new SandboxSocket(sandbox);
  await socket.opened();
  const token = sandbox.token("hermes").reveal();
  socket.send({ seq: 1, action: "authentication_challenge", data: { token } });
  await socket.event("hello");
  assert.deepEqual(socket.frames.map((frame) => frame.event ?? frame.status), ["OK", "hello"]);
  assert.match(sandbox.upgrades.at(-1)?.frames[0] ?? "", /"token":"\*\*\*"/);
  socket.close();
});

test("upgrade refuses with the status and headers it is given, and logs it", async () => {
  await using started = await startSandbox();
  const { sandbox } = started;
  sandbox.faults.upgrade = { status: 503, headers: { "Retry-After": "7" } };
  assert.equal(await SandboxSocket.as(sandbox, "hermes").closed, 1006);
  assert.equal(sandbox.upgrades[0]?.status, 503);
  assert.equal(sandbox.upgrades[0]?.authorization, "bearer");
  assert.equal("authorization" in (sandbox.upgrades[0]?.headers ?? {}), false);
});

test("a proxy that drops the upgrade gets the server's answer to a plain request", async () => {
  await using started = await startSandbox();
  const { sandbox } = started;
  sandbox.faults.proxy = "drops_upgrade";
  assert.equal(await SandboxSocket.as(sandbox, "hermes").closed, 1006);
  assert.equal(sandbox.upgrades[0]?.status, 400);
});

test("a proxy that drops Authorization leaves the socket to nobody; a challenge still works", async () => {
  await using started = await startSandbox();
  const { sandbox, clock } = started;
  sandbox.faults.proxy = "drops_authorization";
  const silent = SandboxSocket.as(sandbox, "hermes");
  await silent.opened();
  await clock.sleeperFor(5_000);
  clock.advance(5_000);
  assert.equal(await silent.closed, 1006);
  assert.deepEqual([silent.frames, sandbox.upgrades[0]?.authorization], [[], "none"]);
  const socket = new SandboxSocket(sandbox);
  await socket.opened();
  const token = sandbox.token("hermes").reveal();
  socket.send({ seq: 1, action: "authentication_challenge", data: { token } });
  await socket.event("hello");
  socket.close();
});

test("mentions all_ids lists everybody for everybody, per_recipient only oneself", async () => {
  await using started = await startSandbox();
  const { sandbox } = started;
  const socket = SandboxSocket.as(sandbox, "hermes");
  await socket.event("hello");
  const [hermes, bob] = [sandbox.user("hermes").id, sandbox.user("bob").id];
  sandbox.as("alice").post({ channel: "general", message: "@hermes @bob" });
  sandbox.faults.mentions = "all_ids";
  sandbox.as("alice").post({ channel: "general", message: "@hermes @bob" });
  await socket.ping(1);
  const lists = socket.frames.filter((frame) => frame.event === "posted")
    .map((frame) => JSON.parse(frame.data.mentions).sort());
  assert.deepEqual(lists, [[hermes], [hermes, bob].sort()]);
  socket.close();
});

test("goDown() refuses connections and comeUp() takes them on the same port", async () => {
  await using started = await startSandbox();
  const { sandbox } = started;
  const { url } = sandbox;
  const post = sandbox.as("alice").dm("hermes", "kept");
  await sandbox.goDown();
  await assert.rejects(call(sandbox, "hermes", "GET", "/users/me"));
  await sandbox.comeUp();
  assert.equal(sandbox.url, url);
  const answer = await call(sandbox, "hermes", "GET", `/posts/${post.id}`);
  assert.equal(answer.body.message, "kept");
});
