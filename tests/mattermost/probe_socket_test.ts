import assert from "node:assert/strict";
import { test } from "node:test";
import { probeSocket } from "../../src/mattermost/probe_socket.ts";
import { Secret } from "../../src/runtime/secret.ts";
import { Lab, network } from "./support/lab.ts";

const never = new AbortController().signal;

function probe(lab: Lab, token = lab.sandbox.token("hermes")) {
  const { clock, serverUrl } = lab;
  const deps = { clock, serverUrl, token, openSocket: network.openSocket, api: lab.api(token) };
  return probeSocket(deps, never);
}

test("probeSocket() is greeted, and leaves no socket open", async () => {
  await using lab = await Lab.start();
  assert.deepEqual(await probe(lab), { kind: "hello", serverVersion: "11.6.0" });
  await lab.sandbox.connected("hermes", 0);
});

test("probeSocket() knows a proxy that passes the request on without its upgrade", async () => {
  await using lab = await Lab.start();
  lab.sandbox.faults.proxy = "drops_upgrade";
  const dropped = await probe(lab);
  assert.ok(dropped.kind === "upgrade_dropped");
  assert.match(dropped.error.hint, /Upgrade and Connection/);
});

test("probeSocket() does not blame a proxy that refuses the upgrade by itself", async () => {
  await using lab = await Lab.start();
  lab.sandbox.faults.upgrade = { status: 403 };
  const refused = await probe(lab);
  assert.ok(refused.kind === "failed");
  assert.match(refused.error.message, /refused the WebSocket \(HTTP 403\)/);
});

test("probeSocket() says what answers in the place of the socket", async () => {
  await using lab = await Lab.start();
  lab.sandbox.faults.upgrade = { status: 404 };
  lab.sandbox.faults.rest.push({
    path: /^\/websocket$/,
    answer: { kind: "html", status: 404 },
  });
  const refused = await probe(lab);
  assert.ok(refused.kind === "failed");
  assert.match(refused.error.message, /a web page came with status 404/);
});

test("probeSocket() knows a proxy that keeps the token for itself", async () => {
  await using lab = await Lab.start();
  lab.sandbox.faults.proxy = "drops_authorization";
  const dropped = probe(lab);
  await lab.clock.pass(5_000); // So long the server waits for another way to log in.
  assert.deepEqual(await dropped, { kind: "token_dropped" });
  await lab.sandbox.connected("hermes", 0);
});

test("probeSocket() notices that nobody greets, and that a token is not known", async () => {
  await using lab = await Lab.start();
  const ended = probe(lab, new Secret("x".repeat(26)));
  await lab.clock.pass(5_000);
  assert.deepEqual(await ended, { kind: "silent" });

  lab.sandbox.faults.hello = "never";
  const silent = probe(lab);
  await lab.clock.pass(10_000);
  await lab.clock.pass(3_000);
  assert.deepEqual(await silent, { kind: "silent" });
});
