/** When a conversation that people come back to begins anew. */
export interface ResetPolicy {
  readonly mode: "both" | "idle" | "daily" | "none";
  /** Hour of the day, in the time zone, at which `daily` begins a new day. */
  readonly atHour: number;
  readonly idleMs: number;
  /** IANA name. */
  readonly timeZone: string;
}

const DAY_MS = 86_400_000;

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
  const offsetMs = offsetAt(nowMs, timeZone);
  const localMidnightMs = Math.floor((nowMs + offsetMs) / DAY_MS) * DAY_MS;
  const startMs = localMidnightMs + hour * 3_600_000;
  // The clock may have been changed between then and now.
  const atOffsetOf = (localMs: number) => localMs - offsetAt(localMs - offsetMs, timeZone);
  const today = atOffsetOf(startMs);
  return today <= nowMs ? today : atOffsetOf(startMs - DAY_MS);
}

/** By how much the clocks there are ahead of UTC. */
function offsetAt(atMs: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat("en-US", {
    timeZone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  }).formatToParts(atMs);
  const read = (type: Intl.DateTimeFormatPartTypes) =>
    Number(parts.find((part) => part.type === type)?.value);
  const localMs = Date.UTC(
    read("year"),
    read("month") - 1,
    read("day"),
    read("hour"),
    read("minute"),
    read("second"),
  );
  return localMs - Math.floor(atMs / 1_000) * 1_000;
}
