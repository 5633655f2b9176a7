import assert from "node:assert/strict";
import { test } from "node:test";
import { probeModel } from "../../src/models/probe_model.ts";
import { failure, sleepThrough, start } from "./client_on_wire.ts";
import { fails, says } from "./wire_server.ts";

const { signal } = new AbortController();

test("probeModel() asks one short thing, and gives the answer, its time and its usage", async () => {
  await using at = await start([says("ready")]);
  const probe = await probeModel(at, signal);
  assert.equal(probe.text, "ready");
  assert.equal(probe.durationMs, 0);
  assert.equal(typeof probe.usage.inputTokens, "number");
  assert.equal(at.server.requests.length, 1);
  assert.ok((at.server.requests[0]?.bodyText.length ?? 0) < 500);
});

test("probeModel() throws what the model's client throws", async () => {
  await using at = await start([fails(401, "no such key")]);
  const error = await failure(sleepThrough(at.clock, probeModel(at, signal)));
  assert.equal(error.kind, "auth");
});
