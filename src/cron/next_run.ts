import { Cron } from "croner";
import type { Schedule } from "./schedule.ts";

const MINUTE_MS = 60_000;

/** Shortest time between two runs of a job. */
export const INTERVAL_MINUTES_MIN = 1;
/** A run that is this late or less is on time, whatever its schedule. */
const GRACE_MS_MIN = 2 * MINUTE_MS;
const GRACE_MS_MAX = 120 * MINUTE_MS;

/**
 * The first time of the schedule after `afterMs`; `undefined` when there is none any more.
 *
 * When clocks are set forward, a fixed time that is left out comes right after the gap; when they are
 * set back, it comes once. What runs every so many minutes or hours keeps its pace in both.
 *
 * @param anchorMs Where an interval began: its times lie whole intervals after it.
 * @param timeZone Of a cron expression that names none.
 */
export function nextRun(
  schedule: Schedule,
  { afterMs, anchorMs, timeZone }: {
    readonly afterMs: number;
    readonly anchorMs: number;
    readonly timeZone: string;
  },
): number | undefined {
  switch (schedule.kind) {
    case "once":
      return schedule.runAtMs > afterMs ? schedule.runAtMs : undefined;
    case "interval": {
      const stepMs = schedule.minutes * MINUTE_MS;
      const passed = Math.max(0, Math.floor((afterMs - anchorMs) / stepMs));
      return anchorMs + (passed + 1) * stepMs;
    }
    case "cron": {
      const cron = toCron(schedule.expression, schedule.timeZone ?? timeZone);
      return cron.nextRun(new Date(afterMs))?.getTime();
    }
  }
}

/** The next times of the schedule, at most `count`. */
export function nextRuns(
  schedule: Schedule,
  count: number,
  from: Parameters<typeof nextRun>[1],
): readonly number[] {
  const times: number[] = [];
  let { afterMs } = from;
  while (times.length < count) {
    const next = nextRun(schedule, { ...from, afterMs });
    if (next === undefined) break;
    times.push(next);
    afterMs = next;
  }
  return times;
}

/** How late a run may begin: half the time to the one after it, within two minutes and two hours. */
export function graceMs(schedule: Schedule, dueMs: number, timeZone: string): number {
  if (schedule.kind === "once") return GRACE_MS_MIN;
  const following = nextRun(schedule, { afterMs: dueMs, anchorMs: dueMs, timeZone });
  if (following === undefined) return GRACE_MS_MAX;
  return Math.min(Math.max((following - dueMs) / 2, GRACE_MS_MIN), GRACE_MS_MAX);
}

/** What is wrong with a cron expression, in words that follow a colon; `undefined` for nothing. */
export function cronProblem(expression: string): string | undefined {
  try {
    const cron = toCron(expression, "UTC");
    if (cron.nextRun(new Date(0)) === null) return "there is no such day";
    return undefined;
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    return said.replace(/^Cron(?:Pattern|Date)?: /, "").replace(/\.$/, "")
      .replace(/^./, (first) => first.toLowerCase());
  }
}

function toCron(expression: string, timezone: string): Cron {
  return new Cron(expression, {
    timezone,
    mode: "5-part",
    fixedTimeRule: "no-wildcard",
    paused: true,
  });
}
