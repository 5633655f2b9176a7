import assert from "node:assert/strict";
import { test } from "node:test";
import { Sweep } from "../../src/mattermost/sweep.ts";
import { Lab } from "./support/lab.ts";

const never = new AbortController().signal;

/** What a sweep finds when the server answers a ping now. */
async function look(sweep: Sweep, lab: Lab): Promise<string[]> {
  const nowMs = lab.clock.nowMs();
  const marks = { lastAliveMs: nowMs, beganAtMs: 0, channels: new Map() };
  const found: string[] = [];
  for await (const { post } of sweep.whenDue(marks, nowMs, never)) found.push(post.message);
  return found;
}

test("[C24] Sweep.whenDue() asks nothing for five minutes, and finds all since then", async () => {
  await using lab = await Lab.start();
  const sweep = new Sweep(lab.listenerDeps());
  lab.clock.advance(1_000);
  lab.sandbox.as("alice").dm("hermes", "unheard");
  for (let passedMs = 0; passedMs < 299_000; passedMs += 30_000) {
    assert.deepEqual(await look(sweep, lab), []);
    lab.clock.advance(30_000);
  }
  assert.deepEqual(lab.requested(/./), []);
  lab.clock.advance(300_000);
  assert.deepEqual(await look(sweep, lab), ["unheard"]);
});

test("[C24] Sweep.whenDue() begins where the last sweep ended", async () => {
  await using lab = await Lab.start();
  const sweep = new Sweep(lab.listenerDeps());
  await look(sweep, lab);
  const alice = lab.sandbox.as("alice");
  alice.dm("hermes", "one");
  lab.clock.advance(600_000);
  assert.deepEqual(await look(sweep, lab), ["one"]);
  lab.clock.advance(300_000);
  alice.dm("hermes", "two");
  lab.clock.advance(300_000);
  assert.deepEqual(await look(sweep, lab), ["two"]);
});

test("[C24] Sweep.whenDue() leaves what it could not read to the next sweep", async () => {
  await using lab = await Lab.start();
  const sweep = new Sweep(lab.listenerDeps());
  await look(sweep, lab);
  lab.sandbox.as("alice").dm("hermes", "unheard");
  const answer = { kind: "error", status: 503, id: "" } as const;
  lab.sandbox.faults.rest = [{ path: /channels$/, times: 1, answer }];
  lab.clock.advance(600_000);
  assert.deepEqual(await look(sweep, lab), []);
  assert.equal(lab.logged("mattermost.sweep_failed").length, 1);
  lab.clock.advance(600_000);
  assert.deepEqual(await look(sweep, lab), ["unheard"]);
});

test("[C24] Sweep.whenDue() leaves alone what was posted before the bot first listened", async () => {
  await using lab = await Lab.start();
  const sweep = new Sweep(lab.listenerDeps());
  lab.sandbox.as("alice").dm("hermes", "before");
  lab.clock.advance(1_000);
  const beganAtMs = lab.clock.nowMs();
  lab.clock.advance(600_000);
  const marks = { lastAliveMs: beganAtMs, beganAtMs, channels: new Map() };
  const found = sweep.whenDue(marks, lab.clock.nowMs(), never);
  assert.equal((await found.next()).done, true);
});
