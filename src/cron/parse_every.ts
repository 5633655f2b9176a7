/** Day of the week as cron counts it. */
const DAYS: Readonly<Record<string, string>> = {
  day: "*",
  days: "*",
  daily: "*",
  everyday: "*",
  morning: "*",
  weekday: "1-5",
  weekdays: "1-5",
  workday: "1-5",
  workdays: "1-5",
  weekend: "0,6",
  weekends: "0,6",
  ...dayNames(),
};

const TIMES: Readonly<Record<string, readonly [hour: number, minute: number]>> = {
  noon: [12, 0],
  midday: [12, 0],
  midnight: [0, 0],
};
/** When only days are named. */
const DAY_TIME = [9, 0] as const;

/** `every monday at 9am`, `weekdays at 9:30`, `daily`, `mon and thu 14:00` as a cron expression. */
export function parseEvery(text: string): string | undefined {
  if (text === "hourly") return "0 * * * *";
  const words = text.toLowerCase().replace(/^(?:every|each|on) /, "").replaceAll(",", " ")
    .split(/\s+/).filter((word) => word !== "" && word !== "and" && word !== "on");
  const count = words.findIndex((word) => DAYS[word] === undefined);
  const named = count === -1 ? words : words.slice(0, count);
  if (named.length === 0) return undefined;
  const [first = ""] = named;
  if (!/^(?:every|each) /i.test(text) && named.length === 1 && ONE_DAY.has(first)) return undefined;
  const days = [...new Set(named.map((word) => DAYS[word] ?? "*"))];
  const rest = words.slice(named.length).filter((word, index) => index > 0 || word !== "at");
  const time = rest.length === 0 ? DAY_TIME : parseTime(rest.join(""));
  if (time === undefined) return undefined;
  return `${time[1]} ${time[0]} * * ${days.includes("*") ? "*" : days.join(",")}`;
}

function parseTime(text: string): readonly [hour: number, minute: number] | undefined {
  const known = TIMES[text];
  if (known !== undefined) return known;
  const match = /^(\d{1,2})(?:[:.](\d{2}))?(am|pm|a\.m\.|p\.m\.|h|o'clock)?$/.exec(text);
  if (match === null) return undefined;
  const [hour, minute] = [Number(match[1]), Number(match[2] ?? 0)];
  const half = match[3]?.charAt(0);
  if (minute > 59 || hour > 23) return undefined;
  if (half !== "a" && half !== "p") return [hour, minute];
  if (hour < 1 || hour > 12) return undefined;
  return [hour % 12 + (half === "p" ? 12 : 0), minute];
}

/** Without "every", these mean the next such day: "monday 9am". */
const ONE_DAY = new Set([
  ...Object.keys(dayNames()).filter((name) => !name.endsWith("days")),
  "day",
  "morning",
]);

function dayNames(): Readonly<Record<string, string>> {
  const names = [
    ["sunday", "sun"],
    ["monday", "mon"],
    ["tuesday", "tue", "tues"],
    ["wednesday", "wed", "weds"],
    ["thursday", "thu", "thur", "thurs"],
    ["friday", "fri"],
    ["saturday", "sat"],
  ];
  return Object.fromEntries(
    names.flatMap(([long = "", ...short], day) =>
      [long, `${long}s`, ...short].map((name) => [name, String(day)])
    ),
  );
}
