import { momentOf, wallTimeAt } from "../../cron/zoned_time.ts";

/** When a conversation that people come back to begins anew. */
export interface ResetPolicy {
  readonly mode: "both" | "idle" | "daily" | "none";
  /** Hour of the day, in the time zone, at which `daily` begins a new day. */
  readonly atHour: number;
  readonly idleMs: number;
  /** IANA name. */
  readonly timeZone: string;
}

/** Why a session that was used then is to begin anew now; `undefined` when it goes on. */
export function dueReset(
  { lastUsedAtMs, nowMs }: { readonly lastUsedAtMs: number; readonly nowMs: number },
  { mode, atHour, idleMs, timeZone }: ResetPolicy,
): "idle" | "daily" | undefined {
  const isIdle = mode === "idle" || mode === "both";
  if (isIdle && nowMs - lastUsedAtMs >= idleMs) return "idle";
  const isDaily = mode === "daily" || mode === "both";
  if (isDaily && lastUsedAtMs < newestDayStart(nowMs, atHour, timeZone)) return "daily";
  return undefined;
}

/** The last time until now that it was this hour there. */
function newestDayStart(nowMs: number, hour: number, timeZone: string): number {
  const start = { ...wallTimeAt(nowMs, timeZone), hour, minute: 0, second: 0 };
  const today = momentOf(start, timeZone);
  return today <= nowMs ? today : momentOf({ ...start, day: start.day - 1 }, timeZone);
}
