import assert from "node:assert/strict";
import { test } from "node:test";
import { LANE_LENGTH_MAX, SessionLanes } from "../../src/gateway/lanes.ts";
import type { SessionKey } from "../../src/sessions/session_store.ts";

const a = "a" as SessionKey;
const b = "b" as SessionKey;

test("SessionLanes.run() keeps the order in a session and runs sessions side by side", async () => {
  const lanes = new SessionLanes();
  const happened: string[] = [];
  const first = Promise.withResolvers<void>();
  lanes.run(a, async () => {
    await first.promise;
    happened.push("a1");
  });
  lanes.run(a, () => Promise.resolve(void happened.push("a2")));
  const other = Promise.withResolvers<void>();
  lanes.run(b, () => Promise.resolve(void happened.push("b1")).then(other.resolve));
  await other.promise;
  assert.deepEqual(happened, ["b1"]);
  first.resolve();
  await lanes.idle();
  assert.deepEqual(happened, ["b1", "a1", "a2"]);
  assert.equal(lanes.size, 0);
});

test("SessionLanes.run() refuses what a full session cannot take, and takes more when it drained", async () => {
  const lanes = new SessionLanes();
  const hold = Promise.withResolvers<void>();
  for (let index = 0; index < LANE_LENGTH_MAX; index++) assert.ok(lanes.run(a, () => hold.promise));
  assert.equal(lanes.run(a, () => hold.promise), false);
  assert.equal(lanes.run(b, () => hold.promise), true);
  hold.resolve();
  await lanes.idle();
  assert.equal(lanes.run(a, () => Promise.resolve()), true);
  await lanes.idle();
});
