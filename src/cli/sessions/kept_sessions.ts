import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { type HomePaths, homePaths, resolveHome } from "../../config/paths.ts";
import { HermesError } from "../../errors.ts";
import { FileError, systemCodeOf } from "../../runtime/file_error.ts";
import { silentLog } from "../../runtime/log.ts";
import { findSession } from "../../sessions/find_session.ts";
import { readSessionHistory, type SessionHistory } from "../../sessions/search/session_history.ts";
import { SessionScan } from "../../sessions/search/session_scan.ts";
import { lastAtMs, SessionSearch } from "../../sessions/search/session_search.ts";
import { readSessionIndex } from "../../sessions/session_index.ts";
import { titleOf } from "../../sessions/session_titles.ts";
import type { CliIo } from "../io.ts";

/** Where a conversation was held. */
export type Source = "mattermost" | "cli";
export const SOURCES: readonly Source[] = ["mattermost", "cli"];

/** The file of a conversation, as far as it is known without reading it. */
export interface SessionEntry {
  readonly id: string;
  readonly source: Source;
  readonly path: string;
  readonly bytes: number;
  /** When the file was last written. */
  readonly writtenAtMs: number;
  /** As the index has it; missing for one that was never named. */
  readonly title?: string;
}

/** A conversation that was read. */
export interface KeptSession extends SessionEntry {
  readonly history: SessionHistory;
  /** What people know it by: its title, or the first words. */
  readonly name: string;
}

/** No conversation, or more than one, is meant. */
export class SessionIdError extends HermesError {
  override readonly name = "SessionIdError";
  override readonly code = "sessions.id";

  constructor(wanted: string, count: number) {
    const reason = count === 0 ? "there is none" : `${count} fit`;
    super(`Cannot find the conversation "${wanted}": ${reason}`, {
      hint: "Give more of its id or title: hermes sessions list shows them.",
    });
  }
}

/** Conversations that are read at a time. */
const READERS_MAX = 16;
const INDEX_FILE = "index.jsonl";
const SUFFIX = ".jsonl";

/** The conversations of a home, read and never written: a gateway may run meanwhile. */
export class KeptSessions {
  readonly paths: HomePaths;

  constructor({ environment }: Pick<CliIo, "environment">) {
    this.paths = homePaths(resolveHome(environment));
  }

  folderOf(source: Source): string {
    const { sessionsFolder, terminalSessionsFolder } = this.paths;
    return source === "cli" ? terminalSessionsFolder : sessionsFolder;
  }

  /** All files of conversations, those that were written last first. */
  async entries(source?: Source): Promise<SessionEntry[]> {
    const sources = SOURCES.filter((name) => source === undefined || name === source);
    const found = await Promise.all(sources.map((each) => listEntries(each, this.folderOf(each))));
    return found.flat().toSorted((a, b) =>
      b.writtenAtMs - a.writtenAtMs || b.id.localeCompare(a.id)
    );
  }

  /** The newest ones in which something was said; reads no more files than that takes. */
  async newest(source: Source | undefined, limit: number): Promise<KeptSession[]> {
    const found: KeptSession[] = [];
    const entries = await this.entries(source);
    for (let start = 0; start < entries.length && found.length < limit; start += READERS_MAX) {
      found.push(...await this.read(entries.slice(start, start + READERS_MAX)));
    }
    return found.toSorted((a, b) => lastAtMs(b.history) - lastAtMs(a.history)).slice(0, limit);
  }

  /** Those with words of the query, the best first; where none has them, those with similar words. */
  async search(query: string, source: Source | undefined, limit: number): Promise<KeptSession[]> {
    const entries = await this.entries(source);
    const scan = new SessionScan(query);
    for (let start = 0; start < entries.length; start += READERS_MAX) {
      const read = await this.read(entries.slice(start, start + READERS_MAX));
      for (const { history } of read) scan.add(history);
    }
    const exact = scan.ranked();
    const ranked = exact.length > 0 ? exact : await this.#similar(query, source);
    const byId = new Map(entries.map((entry) => [entry.id, entry]));
    return await this.read(ranked.slice(0, limit).flatMap(({ id }) => byId.get(id) ?? []));
  }

  async #similar(query: string, source: Source | undefined) {
    const sources = SOURCES.filter((name) => source === undefined || name === source);
    const found = await Promise.all(sources.map(async (each) => {
      const search = new SessionSearch({ folder: this.folderOf(each), log: silentLog });
      const hits = await search.find(query, () => true);
      return hits.map(({ session, score }) => ({ id: session.summary.id, score }));
    }));
    return found.flat().toSorted((a, b) => b.score - a.score);
  }

  /**
   * The one that is meant by a number in the list, an id or the beginning of one, or a title.
   * @throws SessionIdError
   */
  async get(wanted: string, source?: Source): Promise<KeptSession> {
    if (/^\d{1,3}$/.test(wanted)) {
      const listed = (await this.newest(source, Number(wanted))).at(Number(wanted) - 1);
      if (listed === undefined || Number(wanted) === 0) throw new SessionIdError(wanted, 0);
      return listed;
    }
    const found = findSession(wanted, await this.entries(source));
    if (found.kind === "none") throw new SessionIdError(wanted, 0);
    if (found.kind === "several") throw new SessionIdError(wanted, found.sessions.length);
    const [kept] = await this.read([found.session]);
    if (kept === undefined) throw new SessionIdError(wanted, 0);
    return kept;
  }

  /** Those of the files that are conversations in which something was said. */
  async read(entries: readonly SessionEntry[]): Promise<KeptSession[]> {
    const read = await Promise.all(entries.map(async (entry) => {
      const history = await readSessionHistory(entry.path);
      return history === undefined || history.lines.length === 0 ? [] : [toKept(entry, history)];
    }));
    return read.flat();
  }
}

function toKept(entry: SessionEntry, history: SessionHistory): KeptSession {
  const first = history.lines.find(({ role }) => role === "user")?.text ?? "";
  return { ...entry, history, name: entry.title ?? titleOf(first) };
}

async function listEntries(source: Source, folder: string): Promise<SessionEntry[]> {
  const [names, index] = await Promise.all([readFolder(folder), readSessionIndex(folder)]);
  const files = names.filter((name) => name.endsWith(SUFFIX) && name !== INDEX_FILE);
  const entries = await Promise.all(files.map(async (name) => {
    const path = join(folder, name);
    const facts = await stat(path).catch(() => undefined); // Deleted meanwhile.
    if (facts === undefined) return [];
    const id = name.slice(0, -SUFFIX.length);
    const { size: bytes, mtimeMs: writtenAtMs } = facts;
    const title = index.get(id)?.title;
    return [{ id, source, path, bytes, writtenAtMs, ...(title !== undefined && { title }) }];
  }));
  return entries.flat();
}

async function readFolder(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (systemCodeOf(error) === "ENOENT") return [];
    throw new FileError("read", folder, error);
  }
}
