import { parseSchedule, type ScheduleNow } from "./parse_schedule.ts";

/** What somebody typed on one line to make a job. */
export interface TypedOrder {
  readonly schedule: string;
  readonly prompt: string;
  readonly name: string | undefined;
  readonly deliver: string | undefined;
  readonly repeat: number | undefined;
}

/** Words that a schedule may have. */
const SCHEDULE_WORDS_MAX = 9;
const OPTION = /(?:^|\s)--(name|deliver|repeat)(?:\s+|=)("[^"]*"|'[^']*'|\S+)/g;
const QUOTED = /^["'“]([^"'”]+)["'”]\s*(.*)$/s;

/**
 * Reads `every day at 9 Post the news --deliver home`: the schedule is the longest beginning that is
 * one, or what stands in quotes. `undefined` when the line does not begin with a schedule.
 */
export function splitOrder(line: string, now: ScheduleNow): TypedOrder | undefined {
  const options = new Map<string, string>();
  const rest = line.replace(OPTION, (_, name: string, value: string) => {
    options.set(name, value.replace(/^(["'])(.*)\1$/s, "$2"));
    return "";
  }).trim();
  const found = splitQuoted(rest) ?? splitLongest(rest, now);
  if (found === undefined) return undefined;
  const repeat = options.get("repeat");
  return {
    ...found,
    name: options.get("name"),
    deliver: options.get("deliver"),
    repeat: repeat !== undefined && /^\d{1,6}$/.test(repeat) ? Number(repeat) : undefined,
  };
}

function splitQuoted(text: string): { schedule: string; prompt: string } | undefined {
  const [, schedule, prompt = ""] = QUOTED.exec(text) ?? [];
  return schedule === undefined ? undefined : { schedule, prompt: prompt.trim() };
}

function splitLongest(
  text: string,
  now: ScheduleNow,
): { schedule: string; prompt: string } | undefined {
  const ends = [...text.matchAll(/\s+|$/g)].map(({ index }) => index)
    .slice(0, SCHEDULE_WORDS_MAX).reverse();
  for (const end of ends) {
    const schedule = text.slice(0, end);
    if (schedule === "" || parseSchedule(schedule, now).kind === "refused") continue;
    return { schedule, prompt: text.slice(end).trim() };
  }
  return undefined;
}
