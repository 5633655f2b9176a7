import assert from "node:assert/strict";
import { test } from "node:test";
import { systemClock } from "../../src/runtime/clock.ts";

test("systemClock.sleep() ends as soon as the signal aborts, without rejecting", async () => {
  const abort = new AbortController();
  const sleeping = systemClock.sleep(3_600_000, abort.signal);
  abort.abort();
  await sleeping;
  await systemClock.sleep(3_600_000, abort.signal);
});

test("systemClock.sleep() ends after its time", async () => {
  const startMs = systemClock.nowMs();
  await systemClock.sleep(20, new AbortController().signal);
  assert(systemClock.nowMs() - startMs >= 15);
});
