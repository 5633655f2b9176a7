import assert from "node:assert/strict";
import { test } from "node:test";
import { cronProblem, graceMs, nextRun, nextRuns } from "../../src/cron/next_run.ts";
import { momentOf, wallTimeAt } from "../../src/cron/zoned_time.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 1_440 * MINUTE_MS;
/** Clocks are changed on the minute, at halves of an hour at the finest. */
const LOOK_MINUTES = 30;

/** Each changes its clocks in its own way: at night, at midnight, by half an hour, for Ramadan. */
const ZONES = [
  "America/New_York",
  "Europe/Berlin",
  "Australia/Lord_Howe",
  "America/Santiago",
  "Africa/Casablanca",
  "Asia/Kolkata",
];

const CHANGES: Readonly<Record<string, number>> = { "Asia/Kolkata": 0 };

interface Wall {
  readonly minute: number;
  readonly hour: number;
  readonly day: number;
  readonly month: number;
  readonly weekday: number;
}

/** What each expression means, written out; fixed times come once on each day, whatever clocks do. */
const EXPRESSIONS: readonly (readonly [string, "fixed" | "paced", (wall: Wall) => boolean])[] = [
  ["30 2 * * *", "fixed", ({ hour, minute }) => hour === 2 && minute === 30],
  ["15 0 * * *", "fixed", ({ hour, minute }) => hour === 0 && minute === 15],
  [
    "0,45 1,2,3 * * *",
    "fixed",
    ({ hour, minute }) => [1, 2, 3].includes(hour) && [0, 45].includes(minute),
  ],
  [
    "0 9 * * 1-5",
    "fixed",
    ({ hour, minute, weekday }) => hour === 9 && minute === 0 && weekday >= 1 && weekday <= 5,
  ],
  [
    "5 2 * * SUN",
    "fixed",
    ({ hour, minute, weekday }) => hour === 2 && minute === 5 && weekday === 0,
  ],
  [
    "0 12 1 * 1",
    "fixed",
    ({ hour, minute, day, weekday }) => hour === 12 && minute === 0 && (day === 1 || weekday === 1),
  ],
  [
    "20 1 29 2,3,10,11 *",
    "fixed",
    ({ hour, minute, day, month }) =>
      hour === 1 && minute === 20 && day === 29 && [2, 3, 10, 11].includes(month),
  ],
  ["*/15 * * * *", "paced", ({ minute }) => minute % 15 === 0],
  ["10 * * * *", "paced", ({ minute }) => minute === 10],
  ["40 */2 * * *", "paced", ({ hour, minute }) => hour % 2 === 0 && minute === 40],
];

for (const timeZone of ZONES) {
  test(`nextRun() keeps a year of schedules in ${timeZone} as a walk through it does [P225]`, () => {
    const startMs = Date.UTC(2026, 0, 1);
    const { times, changes } = walk(startMs, startMs + 365 * DAY_MS, timeZone);
    assert.equal(changes.length, CHANGES[timeZone] ?? 2);
    for (const [index, [expression, kind]] of EXPRESSIONS.entries()) {
      // What comes many times a day is looked at where something can go wrong: around the changes.
      const stretches = kind === "fixed"
        ? [[startMs, startMs + 365 * DAY_MS] as const]
        : changes.map((atMs) => [atMs - DAY_MS / 4, atMs + DAY_MS / 4] as const);
      for (const [fromMs, untilMs] of stretches) {
        const expected = (times[index] ?? []).filter((time) => time >= fromMs && time < untilMs);
        const schedule = { kind: "cron", expression, timeZone } as const;
        const from = { afterMs: fromMs - 1, anchorMs: fromMs, timeZone: "UTC" };
        const found = nextRuns(schedule, expected.length, from);
        const wrong = expected.findIndex((time, at) => time !== found[at]);
        const say = (list: readonly number[]) => new Date(list[wrong] ?? 0).toISOString();
        assert.equal(wrong, -1, `${expression}: ${say(expected)}, not ${say(found)}`);
      }
    }
  });
}

/**
 * Minute by minute, with nothing but what `Intl` shows: the times of each expression, and when clocks
 * were changed.
 */
function walk(fromMs: number, untilMs: number, timeZone: string) {
  const changes: number[] = [];
  const times: number[][] = EXPRESSIONS.map(() => []);
  const format = new Intl.DateTimeFormat("sv", {
    timeZone,
    dateStyle: "short",
    timeStyle: "short",
  });
  const shownAt = (atMs: number) => Date.parse(`${format.format(atMs).replace(" ", "T")}Z`);
  let latest = shownAt(fromMs - MINUTE_MS);
  let before = latest;
  for (let halfMs = fromMs; halfMs < untilMs; halfMs += LOOK_MINUTES * MINUTE_MS) {
    const shownFirst = shownAt(halfMs);
    if (shownFirst !== before + MINUTE_MS) changes.push(halfMs);
    for (let minute = 0; minute < LOOK_MINUTES; minute++) {
      const atMs = halfMs + minute * MINUTE_MS;
      const shown = shownFirst + minute * MINUTE_MS;
      const leftOut = range(latest + MINUTE_MS, shown).map(toWall);
      const isAgain = shown <= latest;
      const wall = toWall(shown);
      for (const [index, [, kind, isWanted]] of EXPRESSIONS.entries()) {
        const isDue = isWanted(wall) && !(isAgain && kind === "fixed");
        if (isDue || kind === "fixed" && leftOut.some(isWanted)) times[index]?.push(atMs);
      }
      latest = Math.max(latest, shown);
      before = shown;
    }
  }
  return { times, changes };
}

function range(from: number, to: number): number[] {
  return Array.from(
    { length: Math.max(0, (to - from) / MINUTE_MS) },
    (_, index) => from + index * MINUTE_MS,
  );
}

function toWall(shown: number): Wall {
  const date = new Date(shown);
  return {
    minute: date.getUTCMinutes(),
    hour: date.getUTCHours(),
    day: date.getUTCDate(),
    month: date.getUTCMonth() + 1,
    weekday: date.getUTCDay(),
  };
}

test("nextRun() keeps the pace of an interval, wherever one looks from [P225]", () => {
  const schedule = { kind: "interval", minutes: 90 } as const;
  const anchorMs = Date.UTC(2026, 2, 28, 20);
  const at = (afterMs: number) => nextRun(schedule, { afterMs, anchorMs, timeZone: "UTC" });
  assert.equal(at(anchorMs), anchorMs + 90 * MINUTE_MS);
  assert.equal(at(anchorMs + 90 * MINUTE_MS), anchorMs + 180 * MINUTE_MS);
  assert.equal(at(anchorMs + 1_000 * MINUTE_MS), anchorMs + 1_080 * MINUTE_MS);
  assert.equal(at(anchorMs - DAY_MS), anchorMs + 90 * MINUTE_MS, "never before it was made");
});

test("nextRun() of a time that has passed is none", () => {
  const schedule = { kind: "once", runAtMs: 5_000 } as const;
  assert.equal(nextRun(schedule, { afterMs: 4_999, anchorMs: 0, timeZone: "UTC" }), 5_000);
  assert.equal(nextRun(schedule, { afterMs: 5_000, anchorMs: 0, timeZone: "UTC" }), undefined);
});

test("graceMs() is half the time to the next run, within two minutes and two hours", () => {
  const due = Date.UTC(2026, 5, 1, 9);
  const of = (expression: string) =>
    graceMs({ kind: "cron", expression, timeZone: "UTC" }, due, "UTC") / MINUTE_MS;
  assert.equal(of("0 9 * * *"), 120);
  assert.equal(of("0 * * * *"), 30);
  assert.equal(of("* * * * *"), 2);
  assert.equal(graceMs({ kind: "once", runAtMs: due }, due, "UTC") / MINUTE_MS, 2);
});

test("cronProblem() names what is wrong", () => {
  assert.equal(cronProblem("0 9 * * MON-FRI"), undefined);
  assert.match(cronProblem("0 25 * * *") ?? "", /hour/);
  assert.match(cronProblem("0 0 31 2 *") ?? "", /no such day/);
  assert.match(cronProblem("* * * * * *") ?? "", /6 parts/);
});

test("momentOf() takes the first of two, and goes past a gap", () => {
  const wall = { year: 2026, month: 10, day: 25, hour: 2, minute: 30, second: 0 };
  const twice = momentOf(wall, "Europe/Berlin");
  assert.equal(new Date(twice).toISOString(), "2026-10-25T00:30:00.000Z");
  const gap = momentOf({ ...wall, month: 3, day: 29 }, "Europe/Berlin");
  assert.equal(wallTimeAt(gap, "Europe/Berlin").hour, 3);
});
