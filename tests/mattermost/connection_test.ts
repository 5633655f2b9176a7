import assert from "node:assert/strict";
import { test } from "node:test";
import {
  connect,
  type ConnectionDeps,
  type ConnectionItem,
  type ConnectionRequest,
} from "../../src/mattermost/connection.ts";
import { silentLog } from "../../src/runtime/log.ts";
import { Secret } from "../../src/runtime/secret.ts";
import { serverUrl } from "./support/lab.ts";
import { hello, scriptedNetwork, ScriptedSocket, typing } from "./support/scripted_socket.ts";
import { WatchedClock } from "./support/watched_clock.ts";

const never = new AbortController().signal;
const resume = { connectionId: "c".repeat(26), nextSeq: 5 };
const anew: ConnectionRequest = { resume: undefined, endBefore: undefined };

function connecting(
  request: ConnectionRequest,
  options: Partial<ConnectionDeps> = {},
  signal = never,
) {
  const socket = new ScriptedSocket();
  const clock = new WatchedClock();
  const { openSocket, requests } = scriptedNetwork(socket);
  const deps: ConnectionDeps = {
    serverUrl: serverUrl("https://chat.example.com"),
    token: new Secret("token"),
    openSocket,
    socketAuthentication: "header",
    clock,
    log: silentLog,
    ...options,
  };
  return { socket, clock, requests, items: connect(request, deps, signal) };
}

async function next(items: AsyncGenerator<ConnectionItem>): Promise<ConnectionItem> {
  const { value, done } = await items.next();
  assert.notEqual(done, true);
  return value;
}

test("connect() numbers every event, and a new connection begins with hello", async () => {
  const { socket, items } = connecting(anew);
  socket.push(hello(), typing(1), typing(2));
  assert.deepEqual(await next(items), {
    kind: "hello",
    resume: { connectionId: "c".repeat(26), nextSeq: 1 },
    serverVersion: "11.6.0",
  });
  assert.deepEqual(await next(items), { kind: "event", seq: 1, event: undefined });
  assert.deepEqual(await next(items), { kind: "event", seq: 2, event: undefined });
  await items.return(undefined);
  assert.equal(socket.closed?.code, 1000);
});

test("[C10] connect() takes the first expected event for a resume, before the ping's answer", async () => {
  const { socket, items, requests } = connecting({ resume, endBefore: undefined });
  socket.push(typing(5));
  assert.deepEqual(await next(items), { kind: "resumed" });
  assert.deepEqual(await next(items), { kind: "event", seq: 5, event: undefined });
  assert.match(requests[0]?.url ?? "", /\?connection_id=c{26}&sequence_number=5$/);
  await items.return(undefined);
});

test("[C05] connect() ignores replies to nothing that it sent", async () => {
  const { socket, items } = connecting({ resume, endBefore: undefined });
  const resumed = next(items);
  const { seq } = await socket.request(0);
  const refusal = { status: "FAIL", seq_reply: 99, error: { status_code: 401 } };
  socket.push(refusal, { status: "FAIL" }, { status: "OK", seq_reply: seq });
  assert.deepEqual(await resumed, { kind: "resumed" });
  await items.return(undefined);
});

test("connect() goes on after what is no frame, and keeps the seq of what is malformed", async () => {
  const { socket, items } = connecting(anew);
  const malformed = { event: "posted", data: { post: "{" }, seq: 1 };
  socket.push(hello(), "{", "[]", malformed, typing(2));
  assert.equal((await next(items)).kind, "hello");
  assert.deepEqual(await next(items), { kind: "event", seq: 1, event: undefined });
  assert.deepEqual(await next(items), { kind: "event", seq: 2, event: undefined });
  await items.return(undefined);
});

test("[C07] connect() ends at a hole, at an old number and at a repeated one", async () => {
  for (const received of [7, 4, 0]) {
    const { socket, items } = connecting({ resume, endBefore: undefined });
    socket.push(typing(received));
    const end = { kind: "seq_gap", expected: 5, received };
    assert.deepEqual(await next(items), { kind: "ended", end });
    assert.equal(socket.closed?.code, 4001);
    assert.equal((await items.next()).done, true);
  }
});

test("connect() gives up a socket that does not open", async () => {
  const { items, clock } = connecting(anew, { openSocket: scriptedNetwork().openSocket });
  const ended = next(items);
  await clock.pass(20_000);
  const item = await ended;
  assert.ok(item.kind === "ended" && item.end.kind === "network");
  assert.equal(item.end.error.kind, "timeout");
});

test("[C04] connect() gives up a socket that is open and silent", async () => {
  const { items, clock } = connecting(anew);
  const ended = next(items);
  await clock.pass(10_000);
  assert.deepEqual(await ended, { kind: "ended", end: { kind: "no_hello" } });
});

test("[C04] connect() tells a socket that was closed before hello from one after it", async () => {
  const before = connecting(anew);
  before.socket.close(1006);
  assert.deepEqual(await next(before.items), { kind: "ended", end: { kind: "no_hello" } });

  const after = connecting(anew);
  after.socket.push(hello());
  await next(after.items);
  after.socket.close(1006);
  assert.deepEqual(await next(after.items), { kind: "ended", end: { kind: "closed", code: 1006 } });
});

test("[C12] connect() ends with all that it has read when a consumer stands still for too long", async () => {
  const { socket, items } = connecting(anew);
  socket.push(hello());
  await next(items);
  for (let seq = 1; seq <= 6_000; seq++) socket.push(typing(seq));
  await socket.over;
  const seqs: number[] = [];
  for await (const item of items) {
    if (item.kind === "event") seqs.push(item.seq);
    else if (item.kind === "ended") assert.equal(item.end.kind, "overrun");
  }
  assert.deepEqual(seqs, Array.from({ length: 5_000 }, (_, index) => index + 1));
});

for (const [where, frames] of [["before hello", []], ["after it", [hello()]]] as const) {
  test(`[S09] connect() ends quietly when it is stopped ${where}`, async () => {
    const stop = new AbortController();
    const { socket, items } = connecting(anew, {}, stop.signal);
    socket.push(...frames);
    if (frames.length > 0) await next(items);
    const ended = next(items);
    stop.abort();
    assert.deepEqual(await ended, { kind: "ended", end: { kind: "stopped" } });
    assert.equal(socket.closed?.code, 1000);
  });
}
