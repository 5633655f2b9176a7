import type { Schedule } from "./schedule.ts";

/** The schedule in words, e.g. `every day at 09:00 (Europe/Berlin)`. Times are told in `timeZone`. */
export function describeSchedule(schedule: Schedule, timeZone: string): string {
  switch (schedule.kind) {
    case "once":
      return `once, ${formatMoment(schedule.runAtMs, timeZone)}`;
    case "interval":
      return `every ${formatMinutes(schedule.minutes)}`;
    case "cron": {
      const words = describeCron(schedule.expression) ?? `at the times "${schedule.expression}"`;
      return `${words} (${schedule.timeZone ?? timeZone})`;
    }
  }
}

/** E.g. `Mon 30 Nov 2026, 09:00`. */
export function formatMoment(atMs: number, timeZone: string): string {
  const parts = new Intl.DateTimeFormat("en-GB", {
    timeZone,
    weekday: "short",
    day: "numeric",
    month: "short",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  }).formatToParts(atMs);
  const value = (type: string) => parts.find((part) => part.type === type)?.value ?? "";
  const day = `${value("weekday")} ${value("day")} ${value("month")} ${value("year")}`;
  return `${day}, ${value("hour")}:${value("minute")}`;
}

const UNITS: readonly (readonly [minutes: number, name: string])[] = [
  [1_440, "day"],
  [60, "hour"],
  [1, "minute"],
];

/** E.g. `2 hours`, `90 minutes`; in the largest unit that leaves nothing over. */
export function formatMinutes(minutes: number): string {
  const [size, name] = UNITS.find(([size]) => minutes % size === 0) ?? [1, "minute"];
  const count = minutes / size;
  return count === 1 ? name : `${count} ${name}s`;
}

const DAY_NAMES = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

/** `undefined` for what is easier to read as it stands. */
function describeCron(expression: string): string | undefined {
  const [minute = "", hour = "", day = "", month = "", weekday = ""] = expression.split(/\s+/);
  if (month !== "*") return undefined;
  const days = day === "*" ? describeWeekdays(weekday) : describeMonthDay(day, weekday);
  if (days === undefined) return undefined;
  const step = /^\*\/(\d+)$/;
  if (hour === "*" && (minute === "*" || step.test(minute))) {
    const every = Number(step.exec(minute)?.[1] ?? 1);
    if (60 % every !== 0) return undefined;
    return `every ${formatMinutes(every)}${days === "every day" ? "" : `, ${days}`}`;
  }
  if (!/^\d+$/.test(minute)) return undefined;
  if (hour === "*" || hour === "*/1") {
    return `every hour at minute ${minute}${days === "every day" ? "" : `, ${days}`}`;
  }
  if (!/^\d+(?:,\d+)*$/.test(hour)) return undefined;
  const times = hour.split(",").map((one) => `${one.padStart(2, "0")}:${minute.padStart(2, "0")}`);
  return `${days} at ${joinAnd(times)}`;
}

function describeWeekdays(field: string): string | undefined {
  if (field === "*") return "every day";
  const names = field.toUpperCase().replace(
    /SUN|MON|TUE|WED|THU|FRI|SAT/g,
    (name) => String(DAY_NAMES.findIndex((day) => day.toUpperCase().startsWith(name))),
  );
  if (names === "1-5") return "every weekday";
  if (names === "0,6" || names === "6,0") return "every weekend day";
  if (!/^[0-7](?:,[0-7])*$/.test(names)) return undefined;
  return `every ${joinAnd(names.split(",").map((day) => DAY_NAMES[Number(day) % 7] ?? ""))}`;
}

function describeMonthDay(day: string, weekday: string): string | undefined {
  if (weekday !== "*" || !/^\d+$/.test(day)) return undefined;
  return `on day ${day} of every month`;
}

function joinAnd(words: readonly string[]): string {
  const last = words.at(-1) ?? "";
  return words.length < 2 ? last : `${words.slice(0, -1).join(", ")} and ${last}`;
}
