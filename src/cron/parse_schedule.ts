import * as chrono from "chrono-node/en";
import { cronProblem, INTERVAL_MINUTES_MIN } from "./next_run.ts";
import { parseEvery } from "./parse_every.ts";
import { isTimeZone } from "../runtime/time_zone.ts";
import type { Schedule } from "./schedule.ts";
import { momentOf, offsetMsAt, parseIso } from "./zoned_time.ts";

export type ParsedSchedule =
  | { readonly kind: "parsed"; readonly schedule: Schedule }
  /** `reason` follows a colon, without a full stop. */
  | { readonly kind: "refused"; readonly reason: string };

/** When it is now, and for whom. */
export interface ScheduleNow {
  readonly nowMs: number;
  /** IANA name of the zone of whoever wrote it. */
  readonly timeZone: string;
}

/** How schedules are written, to tell people and models. */
export const SCHEDULE_FORMS =
  '"30m" or "tomorrow 9am" for once; "every 2h", "weekdays at 9am" or "0 9 * * 1-5" for again and again';

/** Far enough for every reminder. */
const DELAY_MINUTES_MAX = 366 * 24 * 60;
const MINUTE_MS = 60_000;

const UNITS: Readonly<Record<string, number>> = { m: 1, h: 60, d: 1_440, w: 10_080 };
const UNIT_NAMES = String
  .raw`(m|mins?|minutes?|h|hrs?|hours?|d|days?|w|weeks?)`;
const DURATION_PART = new RegExp(
  String.raw`^(\d{1,6})\s*${UNIT_NAMES}(?=$|[\s\d,])[\s,]*(?:and\s+)?`,
);
const ZONE_AT_END = /\s+([A-Z][A-Za-z]+\/[\w+/-]+|UTC)$/;
const CRON_WORDS = /^(?:@\w+|(?:[\dA-Za-z*?,/#+-]+\s+){4}[\dA-Za-z*?,/#+-]+)$/;

/** Reads a schedule: a delay, an interval, a cron expression, an ISO time, or a time in English. */
export function parseSchedule(text: string, now: ScheduleNow): ParsedSchedule {
  const written = text.trim().replace(/\s+/g, " ");
  const zone = ZONE_AT_END.exec(written)?.[1];
  if (zone === undefined) return parsePlain(written, now, undefined);
  if (!isTimeZone(zone)) return refuse(`there is no time zone "${zone}"`);
  const rest = written.slice(0, written.length - zone.length).trim();
  return parsePlain(rest, { ...now, timeZone: zone }, zone);
}

function parsePlain(text: string, now: ScheduleNow, zone: string | undefined): ParsedSchedule {
  const lower = text.toLowerCase();
  if (lower === "") return refuse("it is empty");
  const delay = parseDuration(lower.replace(/^in /, ""));
  if (delay !== undefined) return once(now.nowMs + delay * MINUTE_MS, now);
  const every = /^every /.test(lower) ? parseDuration(lower.slice(6), true) : undefined;
  if (every !== undefined) return interval(every);
  const expression = parseEvery(lower);
  if (expression !== undefined) return cron(expression, zone ?? now.timeZone);
  if (CRON_WORDS.test(text) && !/^[a-z]{3,} /i.test(text)) return cron(text, zone ?? now.timeZone);
  const iso = parseIso(text, now.timeZone);
  if (iso !== undefined) return once(iso, now);
  if (/^every\b|^each\b/.test(lower)) return refuse(`write it as ${SCHEDULE_FORMS}`);
  return parseEnglish(text, now);
}

/** Minutes; `undefined` when it is no duration. `90m`, `1h 30m`, `2 hours and 5 minutes`. */
export function parseDuration(text: string, allowsBareUnit = false): number | undefined {
  const bare = allowsBareUnit && new RegExp(`^${UNIT_NAMES}$`).test(text);
  let rest = bare ? `1 ${text}` : text.trim();
  if (rest === "") return undefined;
  let minutes = 0;
  while (rest !== "") {
    const match = DURATION_PART.exec(rest);
    if (match === null) return undefined;
    minutes += Number(match[1]) * (UNITS[match[2]?.charAt(0) ?? ""] ?? 0);
    rest = rest.slice(match[0].length);
  }
  return minutes;
}

function parseEnglish(text: string, { nowMs, timeZone }: ScheduleNow): ParsedSchedule {
  const reference = { instant: new Date(nowMs), timezone: offsetMsAt(nowMs, timeZone) / MINUTE_MS };
  const when = text.replace(/^(?:at|on|by) /i, "");
  const [found] = chrono.casual.parse(when, reference, { forwardDate: true });
  if (found === undefined || found.text.length < when.length || found.end !== null) {
    return refuse(`it is none that I know; write it as ${SCHEDULE_FORMS}`);
  }
  const { start } = found;
  if (start.isCertain("timezoneOffset")) return once(start.date().getTime(), { nowMs, timeZone });
  const hasTime = start.isCertain("hour");
  const part = (name: "year" | "month" | "day" | "hour" | "minute") => start.get(name) ?? 0;
  const wall = {
    year: part("year"),
    month: part("month"),
    day: part("day"),
    hour: hasTime || start.get("hour") !== 12 ? part("hour") : DAY_HOUR,
    minute: part("minute"),
    second: 0,
  };
  return once(momentOf(wall, timeZone), { nowMs, timeZone });
}

/** When a day is named without a time. */
const DAY_HOUR = 9;

function once(runAtMs: number, { nowMs }: ScheduleNow): ParsedSchedule {
  const wholeMs = Math.floor(runAtMs / 1_000) * 1_000;
  if (wholeMs <= nowMs - 1_000) return refuse("that time has passed");
  if (wholeMs - nowMs > DELAY_MINUTES_MAX * MINUTE_MS) {
    return refuse("it is more than a year ahead");
  }
  return { kind: "parsed", schedule: { kind: "once", runAtMs: wholeMs } };
}

function interval(minutes: number): ParsedSchedule {
  if (minutes < INTERVAL_MINUTES_MIN) return refuse("it is less than a minute");
  if (minutes > DELAY_MINUTES_MAX) return refuse("it is more than a year");
  return { kind: "parsed", schedule: { kind: "interval", minutes } };
}

function cron(expression: string, timeZone: string): ParsedSchedule {
  const problem = cronProblem(expression);
  if (problem !== undefined) {
    return refuse(`the cron expression "${expression}" is wrong: ${problem}`);
  }
  return { kind: "parsed", schedule: { kind: "cron", expression, timeZone } };
}

function refuse(reason: string): ParsedSchedule {
  return { kind: "refused", reason };
}
