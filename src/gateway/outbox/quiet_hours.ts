/** A time of every day in which nothing is posted that may wait, in minutes since midnight. */
export interface QuietHours {
  readonly fromMinute: number;
  /** Before `fromMinute` when it is of the next day. */
  readonly untilMinute: number;
}

const DAY_MINUTES = 1_440;
const MINUTE_MS = 60_000;
/** The end is walked to in such steps, since a clock that is put forward or back moves it. */
const STEP_MINUTES = 60;
const STEPS_MAX = 30;

/** The end of the quiet hours that it is in, or `undefined` outside of them. */
export function quietUntilMs(
  nowMs: number,
  quiet: QuietHours | undefined,
  timeZone: string,
): number | undefined {
  if (quiet === undefined || quiet.fromMinute === quiet.untilMinute) return undefined;
  let endMs = nowMs;
  for (let step = 0; step < STEPS_MAX; step++) {
    const minute = minuteOfDay(endMs, timeZone);
    if (!isQuiet(minute, quiet)) break;
    const left = (quiet.untilMinute - minute + DAY_MINUTES) % DAY_MINUTES;
    endMs = Math.floor(endMs / MINUTE_MS + Math.min(left, STEP_MINUTES)) * MINUTE_MS;
  }
  return endMs === nowMs ? undefined : endMs;
}

/** As one would write it: `22:00-07:00`. */
export function quietText({ fromMinute, untilMinute }: QuietHours): string {
  return [fromMinute, untilMinute].map((minute) => {
    const parts = [Math.floor(minute / 60), minute % 60];
    return parts.map((part) => String(part).padStart(2, "0")).join(":");
  }).join("-");
}

function isQuiet(minute: number, { fromMinute, untilMinute }: QuietHours): boolean {
  return fromMinute < untilMinute
    ? minute >= fromMinute && minute < untilMinute
    : minute >= fromMinute || minute < untilMinute;
}

function minuteOfDay(atMs: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat("en-GB", {
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
    timeZone,
  }).formatToParts(atMs);
  const read = (type: string) => Number(parts.find((part) => part.type === type)?.value);
  return read("hour") * 60 + read("minute");
}
