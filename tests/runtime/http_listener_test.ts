import assert from "node:assert/strict";
import { connect } from "node:net";
import { test } from "node:test";
import {
  CALL_BYTES_MAX,
  CALL_READ_MS_MAX,
  type HttpCall,
  ListenError,
  listenHttp,
} from "../../src/runtime/http_listener.ts";
import { type Clock, systemClock } from "../../src/runtime/clock.ts";
import { FakeClock } from "../support/fake_clock.ts";

const quiet = () => {};

async function open(clock: Clock = systemClock) {
  const calls: HttpCall[] = [];
  const listener = await listenHttp({
    host: "127.0.0.1",
    port: 0,
    answer: (call) => {
      calls.push(call);
      return Promise.resolve({ status: 200, body: { text: "ok" } });
    },
    clock,
    log: quiet,
  });
  return { calls, listener, url: `http://127.0.0.1:${listener.port}` };
}

test("[P255] listenHttp() reads a POST and answers it with JSON", async () => {
  const { calls, listener, url } = await open();
  await using _ = listener;
  const response = await fetch(`${url}/a/b?c=d`, {
    method: "POST",
    headers: { authorization: "Token x" },
    body: "text=1",
  });
  assert.deepEqual([response.status, await response.json()], [200, { text: "ok" }]);
  assert.deepEqual(calls, [{ path: "/a/b", authorization: "Token x", body: "text=1" }]);
});

test("[P255] listenHttp() answers nothing but POST, and reads no long bodies", async () => {
  const { calls, listener, url } = await open();
  await using _ = listener;
  const get = await fetch(url);
  assert.deepEqual([get.status, get.headers.get("allow")], [405, "POST"]);
  await get.body?.cancel();
  const long = await fetch(url, { method: "POST", body: "x".repeat(CALL_BYTES_MAX + 1) });
  assert.equal(long.status, 413);
  await long.body?.cancel();
  const exact = await fetch(url, { method: "POST", body: "x".repeat(CALL_BYTES_MAX) });
  assert.equal(exact.status, 200);
  await exact.body?.cancel();
  assert.equal(calls.length, 1);
});

test("[P255] listenHttp() does not wait for a body that does not come", async () => {
  const clock = new FakeClock();
  const { calls, listener } = await open(clock);
  await using _ = listener;
  const socket = connect(listener.port, "127.0.0.1");
  const closed = new Promise((resolve) => socket.once("close", resolve));
  socket.on("error", quiet).resume();
  socket.write("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc");
  await clock.sleeperFor(CALL_READ_MS_MAX);
  clock.advance(CALL_READ_MS_MAX);
  await closed;
  assert.deepEqual(calls, []);
});

test("[P255] listenHttp() says that an address is taken", async () => {
  const { listener } = await open();
  await using _ = listener;
  const again = listenHttp({
    host: "127.0.0.1",
    port: listener.port,
    answer: () => Promise.reject(new Error("never called")),
    clock: systemClock,
    log: quiet,
  });
  await assert.rejects(
    again,
    (error) => error instanceof ListenError && /EADDRINUSE/.test(error.message),
  );
});
