const UNITS: readonly [unit: string, ms: number][] = [
  ["day", 86_400_000],
  ["h", 3_600_000],
  ["min", 60_000],
  ["s", 1_000],
];

/** A duration in its largest unit: `5 s`, `3 min`, `2 h`, `1 day`, `4 days`. */
export function durationText(durationMs: number): string {
  for (const [unit, ms] of UNITS) {
    const count = Math.floor(durationMs / ms);
    if (count >= 1) return `${count} ${unit}${unit === "day" && count > 1 ? "s" : ""}`;
  }
  return "0 s";
}

/** A day and a time as people write them: `3 Jun 2026, 14:05`. */
export function dayText(atMs: number, timeZone: string): string {
  return new Intl.DateTimeFormat("en-GB", {
    day: "numeric",
    month: "short",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    timeZone,
  }).format(atMs);
}
