/** What a clock on the wall shows; months count from 1. */
export interface WallTime {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

const DAY_MS = 86_400_000;

/** What a clock in the zone shows at this moment. */
export function wallTimeAt(atMs: number, timeZone: string): WallTime {
  const parts = new Intl.DateTimeFormat("en-US", {
    timeZone,
    calendar: "iso8601",
    numberingSystem: "latn",
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  }).formatToParts(atMs);
  const value = (type: string) => Number(parts.find((part) => part.type === type)?.value);
  return {
    year: value("year"),
    month: value("month"),
    day: value("day"),
    hour: value("hour"),
    minute: value("minute"),
    second: value("second"),
  };
}

/** How far the zone is ahead of UTC at this moment. */
export function offsetMsAt(atMs: number, timeZone: string): number {
  const wholeSecondMs = Math.floor(atMs / 1_000) * 1_000;
  return asUtcMs(wallTimeAt(wholeSecondMs, timeZone)) - wholeSecondMs;
}

/**
 * The moment at which a clock in the zone shows this. Of a time that comes twice, when clocks are set
 * back, it is the first; one that is left out, when they are set forward, is as much later as they are.
 */
export function momentOf(wall: WallTime, timeZone: string): number {
  const asUtc = asUtcMs(wall);
  const before = asUtc - offsetMsAt(asUtc - DAY_MS, timeZone);
  const after = asUtc - offsetMsAt(asUtc + DAY_MS, timeZone);
  const shown = (atMs: number) => asUtcMs(wallTimeAt(atMs, timeZone)) === asUtc;
  const found = [before, after].filter(shown);
  return found.length === 0 ? before : Math.min(...found);
}

/** A moment with the zone's offset, e.g. `2026-03-29T09:00:00+02:00`. */
export function formatIso(atMs: number, timeZone: string): string {
  const offsetMs = offsetMsAt(atMs, timeZone);
  const local = new Date(atMs + offsetMs).toISOString().slice(0, 19);
  const minutes = Math.round(Math.abs(offsetMs) / 60_000);
  const two = (value: number) => String(value).padStart(2, "0");
  const sign = offsetMs < 0 ? "-" : "+";
  return `${local}${sign}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

const ISO =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,]\d{1,9})?)?)?\s*(Z|[+-]\d{2}:?\d{2})?$/i;

/** The moment that an ISO time means; without an offset it is of the zone. `undefined`: it is none. */
export function parseIso(text: string, timeZone: string): number | undefined {
  const match = ISO.exec(text.trim());
  if (match === null) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(1, 7)
    .map((part) => Number(part ?? 0)) as [number, number, number, number, number, number];
  const wall = { year, month, day, hour, minute, second };
  const asUtc = asUtcMs(wall);
  const date = new Date(asUtc);
  const isReal = date.getUTCMonth() + 1 === month && date.getUTCDate() === day && hour < 24 &&
    minute < 60 && second < 60;
  if (!isReal) return undefined;
  const zone = match[7]?.toUpperCase();
  if (zone === undefined) return momentOf(wall, timeZone);
  if (zone === "Z") return asUtc;
  const [hours, minutes] = [Number(zone.slice(1, 3)), Number(zone.slice(-2))];
  if (hours > 18 || minutes > 59) return undefined;
  const offsetMs = (hours * 60 + minutes) * 60_000;
  return zone.startsWith("-") ? asUtc + offsetMs : asUtc - offsetMs;
}

function asUtcMs({ year, month, day, hour, minute, second }: WallTime): number {
  return Date.UTC(year, month - 1, day, hour, minute, second);
}
