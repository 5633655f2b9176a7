import assert from "node:assert/strict";
import { test } from "node:test";
import { describeSchedule } from "../../src/cron/describe_schedule.ts";
import { parseSchedule } from "../../src/cron/parse_schedule.ts";

/** A Saturday, 12:00 in Berlin; clocks are set back in the night. */
const NOW = { nowMs: Date.parse("2026-10-24T10:00:00Z"), timeZone: "Europe/Berlin" };

function read(text: string): string {
  const parsed = parseSchedule(text, NOW);
  if (parsed.kind === "refused") return `refused: ${parsed.reason}`;
  return describeSchedule(parsed.schedule, NOW.timeZone);
}

test("parseSchedule() reads delays, intervals, cron, ISO times and English [P226]", () => {
  const cases: readonly (readonly [string, string])[] = [
    ["30m", "once, Sat 24 Oct 2026, 12:30"],
    ["1h 30m", "once, Sat 24 Oct 2026, 13:30"],
    ["2 hours and 5 minutes", "once, Sat 24 Oct 2026, 14:05"],
    ["in 20 minutes", "once, Sat 24 Oct 2026, 12:20"],
    ["in half an hour", "once, Sat 24 Oct 2026, 12:30"],
    ["1d", "once, Sun 25 Oct 2026, 11:00"], // 24 hours, through the hour that comes twice.
    ["every 2h", "every 2 hours"],
    ["every hour", "every hour"],
    ["every 90 minutes", "every 90 minutes"],
    ["every day at 9", "every day at 09:00 (Europe/Berlin)"],
    ["every monday 9am", "every Monday at 09:00 (Europe/Berlin)"],
    ["Weekdays at 9:30", "every weekday at 09:30 (Europe/Berlin)"],
    ["mon and thu 14:00", "every Monday and Thursday at 14:00 (Europe/Berlin)"],
    ["every morning", "every day at 09:00 (Europe/Berlin)"],
    ["daily at 12am", "every day at 00:00 (Europe/Berlin)"],
    ["hourly", "every hour at minute 0 (Europe/Berlin)"],
    ["0 9 * * 1-5", "every weekday at 09:00 (Europe/Berlin)"],
    ["*/15 * * * *", "every 15 minutes (Europe/Berlin)"],
    ["0 9,17 1 * *", "on day 1 of every month at 09:00 and 17:00 (Europe/Berlin)"],
    ["0 9 * * 1-5 America/New_York", "every weekday at 09:00 (America/New_York)"],
    ["13 4 * 7 2#1", 'at the times "13 4 * 7 2#1" (Europe/Berlin)'],
    ["2026-12-01T08:00:00Z", "once, Tue 1 Dec 2026, 09:00"],
    ["2026-12-01T08:00+05:30", "once, Tue 1 Dec 2026, 03:30"],
    ["2026-12-01 08:00", "once, Tue 1 Dec 2026, 08:00"],
    ["tomorrow 9am", "once, Sun 25 Oct 2026, 09:00"],
    ["tomorrow", "once, Sun 25 Oct 2026, 09:00"],
    ["at 5pm", "once, Sat 24 Oct 2026, 17:00"],
    ["on monday at 9am", "once, Mon 26 Oct 2026, 09:00"],
    ["monday 9am", "once, Mon 26 Oct 2026, 09:00"],
    ["next friday at 15:00", "once, Fri 30 Oct 2026, 15:00"],
    ["tomorrow 9am America/New_York", "once, Sun 25 Oct 2026, 14:00"],
    ["December 24th at 18:00", "once, Thu 24 Dec 2026, 18:00"],
  ];
  for (const [text, expected] of cases) assert.equal(read(text), expected, text);
});

test("parseSchedule() refuses what it does not understand, and says how to write it [P226]", () => {
  const cases: readonly (readonly [string, RegExp])[] = [
    ["", /empty/],
    ["banana", /none that I know; write it as "30m"/],
    ["every banana", /write it as/],
    ["every 0m", /less than a minute/],
    ["every 9999999h", /write it as/],
    ["9000d", /more than a year/],
    ["yesterday 9am", /has passed/],
    ["2020-01-01", /has passed/],
    ["2026-02-30", /none that I know/],
    ["61 * * * *", /invalid value for minute: 61/],
    ["0 0 31 2 *", /no such day/],
    ["0 9 * * 1 Mars/Olympus", /no time zone "Mars\/Olympus"/],
    ["tomorrow 9am tea", /none that I know/],
    ["monday 9am to 10am", /none that I know/],
    ["remind me tomorrow to buy milk", /none that I know/],
  ];
  for (const [text, expected] of cases) {
    assert.match(read(text), /^refused: /, text);
    assert.match(read(text), expected, text);
  }
});
