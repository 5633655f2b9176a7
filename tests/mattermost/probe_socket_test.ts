import assert from "node:assert/strict";
import { test } from "node:test";
import { probeSocket } from "../../src/mattermost/probe_socket.ts";
import { Secret } from "../../src/runtime/secret.ts";
import { Lab, network } from "./support/lab.ts";

const never = new AbortController().signal;

function probe(lab: Lab, token = lab.sandbox.token("hermes")) {
  const { clock, serverUrl } = lab;
  return probeSocket({ clock, serverUrl, token, openSocket: network.openSocket }, never);
}

test("probeSocket() is greeted, and leaves no socket open", async () => {
  await using lab = await Lab.start();
  assert.deepEqual(await probe(lab), { kind: "hello", serverVersion: "11.6.0" });
  await lab.sandbox.connected("hermes", 0);
});

test("probeSocket() says that the upgrade was refused", async () => {
  await using lab = await Lab.start();
  lab.sandbox.faults.upgrade = { status: 400 };
  const refused = await probe(lab);
  assert.ok(refused.kind === "failed");
  assert.equal(refused.error.kind, "refused_upgrade");
});

test("probeSocket() notices that nobody greets, and that a token is not known", async () => {
  await using lab = await Lab.start();
  const ended = probe(lab, new Secret("x".repeat(26)));
  await lab.clock.pass(5_000); // So long the server waits for another way to log in.
  assert.deepEqual(await ended, { kind: "silent" });

  lab.sandbox.faults.hello = "never";
  const silent = probe(lab);
  await lab.clock.pass(10_000);
  assert.deepEqual(await silent, { kind: "silent" });
});
