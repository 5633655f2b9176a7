/** A time for programs. */
export function isoTime(atMs: number): string {
  return new Date(atMs).toISOString();
}

/** A time for people, in that of this machine: `2026-11-25 14:05`. */
export function shortTime(atMs: number): string {
  const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
  const options = { timeZone, dateStyle: "short", timeStyle: "short" } as const;
  return new Intl.DateTimeFormat("sv-SE", options).format(atMs); // The Swedish write it so.
}
