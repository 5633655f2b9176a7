import { lastAtMs } from "../../sessions/search/session_search.ts";
import { EXIT } from "../exit_codes.ts";
import type { CliIo } from "../io.ts";
import { printableText } from "../../sandbox/chat_text.ts";
import { isoTime, shortTime } from "./session_times.ts";
import { type KeptSession, KeptSessions, type Source, SOURCES } from "./kept_sessions.ts";

export interface ListFlags {
  readonly json?: boolean;
  readonly limit: string;
  readonly source?: string;
}

/** `hermes sessions list` and `search`. Gives the exit code. */
export async function listSessions(
  query: string | undefined,
  flags: ListFlags,
  io: CliIo,
): Promise<number> {
  const limit = Number(flags.limit);
  if (!Number.isInteger(limit) || limit < 1) {
    io.err(`The limit "${flags.limit}" is no whole number above 0.`);
    return EXIT.usage;
  }
  const source = readSource(flags.source, io);
  if (source === "wrong") return EXIT.usage;
  const sessions = new KeptSessions(io);
  const found = query === undefined
    ? await sessions.newest(source, limit)
    : await sessions.search(query, source, limit);
  if (flags.json === true) {
    io.out(JSON.stringify({ sessions: found.map(toJson) }, undefined, 2));
    return EXIT.ok;
  }
  if (found.length === 0) io.err("There is no such conversation.");
  for (const { history, id, name, source: from } of found) {
    io.out(`${id}  ${from.padEnd(10)}  ${shortTime(lastAtMs(history))}  ${printableText(name)}`);
  }
  return EXIT.ok;
}

/** What `--source` says; tells what is wrong with it. */
export function readSource(typed: string | undefined, io: CliIo): Source | undefined | "wrong" {
  if (typed === undefined) return undefined;
  const source = SOURCES.find((name) => name === typed);
  if (source === undefined) io.err(`There is no source "${typed}". Give mattermost or cli.`);
  return source ?? "wrong";
}

function toJson({ history, name, source }: KeptSession) {
  const { summary, lines } = history;
  return {
    id: summary.id,
    source,
    key: summary.key,
    title: name,
    started_at: isoTime(summary.createdAtMs),
    last_at: isoTime(lastAtMs(history)),
    messages: lines.length,
  };
}
