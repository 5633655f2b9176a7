import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type BusyMode,
  type BusyState,
  decideBusy,
  type RunningFacts,
  type SaidFacts,
  type WorkFacts,
} from "../../../src/gateway/busy/decide_busy.ts";

const said = (change: Partial<SaidFacts> = {}): SaidFacts => ({
  senderId: "alice",
  isFromPerson: true,
  hasFiles: false,
  hasOnlyFiles: false,
  createdAtMs: 10_000,
  ...change,
});
const waits = (change: Partial<WorkFacts> = {}): WorkFacts => ({
  ...said({ createdAtMs: 9_000 }),
  canGrow: true,
  ...change,
});
const runs = (
  stage: RunningFacts["stage"],
  change: Partial<RunningFacts> = {},
): RunningFacts => ({ ...waits(), stage, asks: false, delegates: false, ...change });

const picture = { hasFiles: true, hasOnlyFiles: true };
const nobody = { isFromPerson: false };
const bob = { senderId: "bob" };
const idle: BusyState = { running: undefined, lastWaiting: undefined };
const busy = (running: RunningFacts, lastWaiting?: WorkFacts): BusyState => ({
  running,
  lastWaiting,
});

/** For each of the three modes: where the message goes, with `!` when what runs ends for it. */
const TABLE: readonly (readonly [string, SaidFacts, BusyState, string, string, string])[] = [
  // what                                 said                            state                                         interrupt   queue      steer
  ["nothing runs", said(), idle, "line", "line", "line"],
  ["nothing is shown yet", said(), busy(runs("fresh")), "running", "line", "running"],
  ["it is about to be asked", said(), busy(runs("gathering")), "running", "line", "running"],
  ["an answer grows", said(), busy(runs("under_way")), "line!", "line", "steer"],
  ["the last words are posted", said(), busy(runs("ending")), "line", "line", "line"],
  [
    "it waits for a person",
    said(),
    busy(runs("under_way", { asks: true })),
    "line",
    "line",
    "line",
  ],
  [
    "others work for it",
    said(),
    busy(runs("under_way", { delegates: true })),
    "line",
    "line",
    "steer",
  ],
  ["a picture comes", said(picture), busy(runs("under_way")), "line", "line", "line"],
  ["a picture comes early", said(picture), busy(runs("fresh")), "running", "running", "running"],
  [
    "words come after a picture",
    said(),
    busy(runs("fresh", picture)),
    "running",
    "running",
    "running",
  ],
  ["a full burst runs", said(), busy(runs("fresh", { canGrow: false })), "line", "line", "steer"],
  [
    "it was written before what runs",
    said({ createdAtMs: 1 }),
    busy(runs("under_way")),
    "line",
    "line",
    "steer",
  ],
  [
    "it was written before, early",
    said({ createdAtMs: 1 }),
    busy(runs("fresh")),
    "running",
    "line",
    "running",
  ],
  ["own words wait", said(), busy(runs("under_way"), waits()), "waiting!", "line", "waiting"],
  [
    "an own picture waits",
    said(),
    busy(runs("under_way"), waits(picture)),
    "waiting!",
    "waiting",
    "waiting",
  ],
  ["somebody else waits", said(), busy(runs("under_way"), waits(bob)), "line!", "line", "steer"],
  ["somebody else waits, early", said(), busy(runs("fresh"), waits(bob)), "line", "line", "steer"],
  ["somebody else runs", said(bob), busy(runs("under_way")), "line", "line", "line"],
  ["somebody else runs, early", said(bob), busy(runs("fresh")), "line", "line", "line"],
  ["nobody wrote it", said(nobody), busy(runs("under_way")), "line", "line", "line"],
  [
    "nobody wrote what runs",
    said(),
    busy(runs("fresh", { ...nobody, canGrow: false })),
    "line!",
    "line",
    "steer",
  ],
];

test("[P190] decideBusy() says for each mode what a message does to what runs and waits", () => {
  for (const [what, message, state, ...expected] of TABLE) {
    for (const [index, mode] of (["interrupt", "queue", "steer"] as const).entries()) {
      const rules = { mode, modeForOthers: "queue" as BusyMode, burstMs: 350 };
      const { goes, interrupts } = decideBusy(message, state, rules);
      assert.equal(`${goes}${interrupts ? "!" : ""}`, expected[index], `${what}, ${mode}`);
    }
  }
});

test("[P191] decideBusy() takes messages that were written in quick succession for one, in any mode", () => {
  const rules = { mode: "queue" as const, modeForOthers: "queue" as const, burstMs: 350 };
  const goes = (createdAtMs: number, state: BusyState) =>
    decideBusy(said({ createdAtMs }), state, rules).goes;
  assert.equal(goes(9_349, busy(runs("fresh"))), "running");
  assert.equal(goes(9_350, busy(runs("fresh"))), "line");
  assert.equal(goes(9_349, busy(runs("under_way"))), "line");
  assert.equal(goes(9_349, busy(runs("under_way"), waits())), "waiting");
  assert.equal(goes(8_651, busy(runs("under_way"), waits())), "waiting", "in the other order");
});

test("[P192] decideBusy() lets somebody else's message disturb only where the settings say so", () => {
  const rules = (modeForOthers: BusyMode) => ({
    mode: "interrupt" as const,
    modeForOthers,
    burstMs: 350,
  });
  const decide = (mode: BusyMode, stage: RunningFacts["stage"]) =>
    decideBusy(said(bob), busy(runs(stage)), rules(mode));
  assert.deepEqual(decide("queue", "under_way"), { goes: "line", interrupts: false });
  assert.deepEqual(decide("interrupt", "under_way"), { goes: "line", interrupts: true });
  assert.deepEqual(decide("interrupt", "fresh"), { goes: "line", interrupts: true });
  assert.deepEqual(decide("steer", "under_way"), { goes: "steer", interrupts: false });
});

test("decideBusy() keeps a message apart whose author asked for it", () => {
  const rules = { mode: "interrupt" as const, modeForOthers: "queue" as const, burstMs: 350 };
  const decide = (asked: BusyMode, state: BusyState) => decideBusy(said(), state, rules, asked);
  assert.deepEqual(decide("queue", busy(runs("fresh"))), { goes: "line", interrupts: false });
  assert.deepEqual(decide("queue", busy(runs("under_way"), waits())).goes, "line");
  assert.deepEqual(decide("steer", busy(runs("under_way"), waits())).goes, "steer");
  assert.deepEqual(decide("steer", idle).goes, "line");
});
