import { lastAtMs } from "../../sessions/search/session_search.ts";
import { EXIT } from "../exit_codes.ts";
import type { CliIo } from "../io.ts";
import { plural } from "../plural.ts";
import { KeptSessions, SOURCES } from "./kept_sessions.ts";
import { isoTime, shortTime } from "./session_times.ts";

/** Conversations that are in memory at a time. */
const READ_MAX = 16;

interface Stats {
  sessions: number;
  messages: number;
  bytes: number;
  firstAtMs: number | undefined;
  lastAtMs: number | undefined;
}

/** `hermes sessions stats`. Gives the exit code. */
export async function showSessionStats(
  { json }: { readonly json?: boolean },
  io: CliIo,
): Promise<number> {
  const sessions = new KeptSessions(io);
  const all = await Promise.all(SOURCES.map(async (source) => {
    const entries = await sessions.entries(source);
    const stats: Stats = {
      sessions: 0,
      messages: 0,
      bytes: entries.reduce((sum, { bytes }) => sum + bytes, 0),
      firstAtMs: undefined,
      lastAtMs: undefined,
    };
    for (let start = 0; start < entries.length; start += READ_MAX) {
      for (const { history } of await sessions.read(entries.slice(start, start + READ_MAX))) {
        const { summary: { createdAtMs }, lines } = history;
        stats.sessions++;
        stats.messages += lines.length;
        stats.firstAtMs = Math.min(stats.firstAtMs ?? Infinity, createdAtMs);
        stats.lastAtMs = Math.max(stats.lastAtMs ?? 0, lastAtMs(history));
      }
    }
    return [source, stats] as const;
  }));
  if (json === true) {
    io.out(JSON.stringify(Object.fromEntries(all.map(([name, stats]) => [name, toJson(stats)]))));
    return EXIT.ok;
  }
  for (const [source, { sessions: count, messages, bytes, firstAtMs, lastAtMs }] of all) {
    const megabytes = (bytes / 1_000_000).toFixed(1);
    const size = `${plural(count, "conversation")}, ${
      plural(messages, "message")
    }, ${megabytes} MB`;
    const span = firstAtMs === undefined || lastAtMs === undefined
      ? ""
      : `, from ${shortTime(firstAtMs)} to ${shortTime(lastAtMs)}`;
    io.out(`${source.padEnd(10)}  ${size}${span}`);
  }
  return EXIT.ok;
}

function toJson({ sessions, messages, bytes, firstAtMs, lastAtMs: last }: Stats) {
  return {
    sessions,
    messages,
    bytes,
    first_at: firstAtMs === undefined ? null : isoTime(firstAtMs),
    last_at: last === undefined ? null : isoTime(last),
  };
}
