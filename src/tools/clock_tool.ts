import { z } from "zod";
import type { Clock } from "../runtime/clock.ts";
import type { Tool } from "./tool.ts";

/** Tells the time. The system prompt must not: it stays the same through a session. */
export function createClockTool(deps: {
  readonly clock: Clock;
  /** IANA name of the zone that is meant when the model names none, and the person has none. */
  readonly timeZone: string;
}): Tool<{ time_zone?: string | undefined }> {
  return {
    name: "current_time",
    description:
      "Tells the current date, weekday and time, in the local time zone unless another " +
      "is given. Use it whenever an answer depends on today's date or on the time.",
    input: z.object({
      time_zone: z.string()
        .refine(isTimeZone, "must be an IANA time zone, e.g. Europe/Berlin")
        .optional()
        .describe("IANA time zone, e.g. Europe/Berlin"),
    }),
    readOnly: true,
    run: (input, { person }) => {
      const zone = input.time_zone ?? person?.timeZone ?? deps.timeZone;
      return Promise.resolve(formatTime(deps.clock.nowMs(), zone));
    },
  };
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en-US", { timeZone: name });
    return true;
  } catch {
    return false; // The only thing the constructor refuses here is the zone.
  }
}

/** E.g. `Wednesday, June 3, 2026 at 14:05:09 GMT+2 (Europe/Berlin)`. */
function formatTime(nowMs: number, timeZone: string): string {
  const date = new Intl.DateTimeFormat("en-US", { dateStyle: "full", timeZone }).format(nowMs);
  const time = new Intl.DateTimeFormat("en-US", {
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hourCycle: "h23",
    timeZoneName: "shortOffset",
    timeZone,
  }).format(nowMs);
  return `${date} at ${time} (${timeZone})`;
}
