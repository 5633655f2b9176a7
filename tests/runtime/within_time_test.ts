import assert from "node:assert/strict";
import { test } from "node:test";
import { withinTime } from "../../src/runtime/within_time.ts";
import { FakeClock } from "../support/fake_clock.ts";

const never = new AbortController().signal;

/** Ends when it is told to, with a failure. */
function untilStopped(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(new Error("stopped")), { once: true });
  });
}

test("withinTime() gives what the work gives, and lets go of the clock", async () => {
  const clock = new FakeClock();
  const result = await withinTime(() => Promise.resolve(7), { msMax: 1_000, clock }, never);
  assert.deepEqual(result, { kind: "done", value: 7 });
  const failed = withinTime(() => Promise.reject(new Error("no")), { msMax: 1_000, clock }, never);
  await assert.rejects(failed, /no/);
});

test("withinTime() stops work that takes too long, and says so", async () => {
  const clock = new FakeClock();
  const late = withinTime(untilStopped, { msMax: 1_000, clock }, never);
  await clock.sleeperFor(1_000);
  clock.advance(1_000);
  assert.deepEqual(await late, { kind: "late" });
  const cut = withinTime(
    (signal) => untilStopped(signal).catch(() => "a part of it"),
    { msMax: 1_000, clock },
    never,
  );
  await clock.sleeperFor(1_000);
  clock.advance(1_000);
  assert.deepEqual(await cut, { kind: "late" });
});

test("withinTime() does not call the caller's own stop late", async () => {
  const clock = new FakeClock();
  const stop = new AbortController();
  const stopped = withinTime(untilStopped, { msMax: 1_000, clock }, stop.signal);
  await clock.sleeperFor(1_000);
  stop.abort();
  await assert.rejects(stopped, /stopped/);
});
