import { readFile, unlink } from "node:fs/promises";
import { FileError } from "../../runtime/file_error.ts";
import { readLockHolder } from "../../runtime/lock_file.ts";
import { printableText } from "../../sandbox/chat_text.ts";
import { lastAtMs } from "../../sessions/search/session_search.ts";
import { cutText } from "../../transcript/cut_text.ts";
import { EXIT } from "../exit_codes.ts";
import type { CliIo } from "../io.ts";
import { type KeptSession, KeptSessions } from "./kept_sessions.ts";

const SOURCES = ["mattermost", "cli"];
const FORMATS = ["text", "jsonl", "markdown"];
const TITLE_CHARS_MAX = 60;

/** `hermes sessions list` and `search`. */
export async function listSessions(
  query: string | undefined,
  flags: {
    readonly json?: boolean;
    readonly limit: string;
    readonly source?: string;
  },
  io: CliIo,
): Promise<number> {
  const limit = Number(flags.limit);
  if (!Number.isInteger(limit) || limit < 1) {
    io.err(`The limit "${flags.limit}" is no whole number above 0.`);
    return EXIT.usage;
  }
  if (flags.source !== undefined && !SOURCES.includes(flags.source)) {
    io.err(`There is no source "${flags.source}". Give mattermost or cli.`);
    return EXIT.usage;
  }
  const found = (await new KeptSessions(io).find(query, flags.source)).slice(0, limit);
  if (flags.json === true) {
    io.out(JSON.stringify({ sessions: found.map(toJson) }, undefined, 2));
    return EXIT.ok;
  }
  if (found.length === 0) io.err("There is no such conversation.");
  for (const kept of found) {
    const { history, source } = kept;
    const when = isoTime(lastAtMs(history)).slice(0, 16).replace("T", " ");
    io.out(`${history.summary.id}  ${source.padEnd(10)}  ${when}  ${titleOf(kept)}`);
  }
  return EXIT.ok;
}

/** `hermes sessions show` and `export`. */
export async function exportSession(id: string, format: string, io: CliIo): Promise<number> {
  if (!FORMATS.includes(format)) {
    io.err(`There is no format "${format}". Give jsonl or markdown.`);
    return EXIT.usage;
  }
  const kept = await new KeptSessions(io).get(id);
  if (format === "jsonl") {
    io.out((await readFile(kept.path, "utf8")).trimEnd());
    return EXIT.ok;
  }
  const { lines, summary } = kept.history;
  const isMarkdown = format === "markdown";
  if (isMarkdown) io.out(`# ${titleOf(kept)}\n\n${summary.id}, ${kept.source}\n`);
  for (const { role, text, atMs } of lines) {
    const who = role === "user" ? "Person" : "Hermes";
    const when = isoTime(atMs).slice(0, 19).replace("T", " ");
    if (isMarkdown) io.out(`## ${who} (${when})\n\n${text}\n`);
    else io.out(`${who} (${when}):\n${printableText(text)}\n`);
  }
  return EXIT.ok;
}

/** `hermes sessions delete`. A conversation that a process has open is left alone. */
export async function deleteSession(
  id: string,
  { yes }: { readonly yes: boolean },
  io: CliIo,
): Promise<number> {
  const sessions = new KeptSessions(io);
  const kept = await sessions.get(id);
  const name = `${kept.history.summary.id} (${titleOf(kept)})`;
  const holder = kept.source === "mattermost"
    ? await readLockHolder(sessions.paths.gatewayLockFile)
    : undefined;
  if (holder !== undefined) {
    io.err(`Cannot delete ${name}: the gateway runs and may have it open.`);
    io.err("  Stop it with hermes gateway stop first.");
    return EXIT.failure;
  }
  if (!yes) {
    io.err(`Nothing was deleted: add --yes to delete ${name} for good.`);
    return EXIT.usage;
  }
  try {
    await unlink(kept.path);
  } catch (error) {
    throw new FileError("write", kept.path, error);
  }
  io.out(`Deleted ${name}.`);
  return EXIT.ok;
}

function toJson(kept: KeptSession) {
  const { history: { summary, lines }, source } = kept;
  return {
    id: summary.id,
    source,
    key: summary.key,
    title: titleOf(kept),
    started_at: isoTime(summary.createdAtMs),
    last_at: isoTime(lastAtMs(kept.history)),
    messages: lines.length,
  };
}

/** What the conversation began with. */
function titleOf({ history }: KeptSession): string {
  const first = history.lines.find(({ role }) => role === "user")?.text ?? "";
  return cutText(printableText(first).replaceAll(/\s+/g, " ").trim(), TITLE_CHARS_MAX);
}

function isoTime(atMs: number): string {
  return new Date(atMs).toISOString();
}
