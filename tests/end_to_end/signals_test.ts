import assert from "node:assert/strict";
import { test } from "node:test";
import { BinaryLab } from "../support/binary_lab.ts";

test("[P26] the second SIGTERM ends the process at once, though an answer hangs", async () => {
  await using lab = await BinaryLab.open();
  await using gateway = await lab.connected({ yaml: "gateway:\n  drain_seconds: 3600\n" });
  lab.model.answer = () => ({ kind: "silence" });
  const asked = lab.sandbox.as("alice").dm("hermes", "hello");
  await gateway.logged("gateway.message", (line) => line.postId === asked.id);
  gateway.signal("SIGTERM");
  await gateway.logged("gateway.draining");
  gateway.signal("SIGTERM");
  assert.equal(await gateway.exited, 0);
  await gateway.logged("gateway.interrupted", (line) => line.postId === asked.id);
});

test("[P26] SIGINT ends the process as SIGTERM does", async () => {
  await using lab = await BinaryLab.open();
  await using gateway = await lab.connected();
  gateway.signal("SIGINT");
  assert.equal(await gateway.exited, 0);
  await gateway.logged("gateway.stopped");
});

test("[P11] [P26] a process that waits for its server says so, and ends at once with 0", async () => {
  await using lab = await BinaryLab.open();
  await lab.sandbox.goDown();
  await using gateway = await lab.start();
  await gateway.logged("mattermost.retry");
  gateway.signal("SIGTERM");
  assert.equal(await gateway.exited, 0);
});
