import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { AppendFile } from "../runtime/append_file.ts";
import { writeFileAtomic } from "../runtime/atomic_file.ts";
import { FileError } from "../runtime/file_error.ts";
import { readJsonLines } from "../runtime/json_lines.ts";
import type { Log } from "../runtime/log.ts";
import { readSessionHeader } from "./session_file.ts";
import { decodeSummary } from "./session_lines.ts";
import type { KnownSession, SessionKey, SessionSummary } from "./session_store.ts";

const INDEX_NAME = "index.jsonl";
const SESSION_SUFFIX = ".jsonl";

/**
 * Which sessions there are, and which of each key is the current one: a file to which every change
 * adds a line, of which the last counts. Without the file it is made from the headers of the sessions,
 * and then a session that was ended, and has no successor, is the current one again.
 */
export class SessionIndex {
  readonly #file: AppendFile;
  readonly #entries: Entries;

  /** Throws a `FileError`. */
  static async open(folder: string, log: Log): Promise<SessionIndex> {
    const path = join(folder, INDEX_NAME);
    const { values, badLines } = await readJsonLines(path);
    if (badLines > 0) log("warn", "sessions.bad_lines", { file: path, badLines });
    const entries = values.length > 0 ? replay(values) : replay(await readHeaders(folder));
    if (values.length === 0 && entries.current.size > 0) {
      const lines = [...entries.current.values()].map((id) => encode(entries.byId.get(id)));
      await writeFileAtomic(path, lines.join(""), { mode: 0o600 });
      log("warn", "sessions.index_rebuilt", { file: path, sessions: entries.current.size });
    }
    return new SessionIndex(await AppendFile.open(path), entries);
  }

  private constructor(file: AppendFile, entries: Entries) {
    this.#file = file;
    this.#entries = entries;
  }

  /** How many sessions have not ended. */
  get size(): number {
    return this.#entries.current.size;
  }

  /** The current session of a key. */
  get(key: SessionKey): SessionSummary | undefined {
    return this.#entries.byId.get(this.#entries.current.get(key) ?? "");
  }

  /** A session by its id, whether or not it has ended. */
  find(id: string): SessionSummary | undefined {
    return this.#entries.byId.get(id);
  }

  /** The key of which a session is the current one. */
  holderOf(id: string): SessionKey | undefined {
    const key = this.#entries.byId.get(id)?.key;
    return key !== undefined && this.#entries.current.get(key) === id ? key : undefined;
  }

  /** As `SessionStore.known`. */
  all(): readonly KnownSession[] {
    return [...this.#entries.byId.values()]
      .map((summary) => ({ ...summary, isCurrent: this.holderOf(summary.id) !== undefined }))
      .sort((a, b) => b.createdAtMs - a.createdAtMs);
  }

  /** Makes a session the current one of its key. Resolves when that is on the disk. */
  add(summary: SessionSummary): Promise<void> {
    return this.#put(summary);
  }

  /** Changes what is known of the current session of `key`. Resolves when that is on the disk. */
  async change(key: SessionKey, change: Pick<SessionSummary, "title" | "choices">): Promise<void> {
    const summary = this.get(key);
    if (summary !== undefined) await this.#put({ ...summary, ...change });
  }

  /** Leaves `key` without a session. Resolves when that is on the disk. */
  end(key: SessionKey, endedAtMs: number): Promise<void> {
    return this.#put({ key, endedAtMs });
  }

  /** Names a session, whether or not it has ended. Resolves when that is on the disk. */
  rename(id: string, title: string): Promise<void> {
    return this.#put({ renamedId: id, title });
  }

  /** Forgets sessions, whether or not they have ended. Resolves when that is on the disk. */
  remove(ids: readonly string[]): Promise<void> {
    return this.#put(...ids.map((removedId) => ({ removedId })));
  }

  close(): Promise<void> {
    return this.#file.close();
  }

  async #put(...lines: readonly IndexLine[]): Promise<void> {
    this.#file.write(lines.map(encode).join(""));
    await this.#file.sync();
    for (const line of lines) apply(line, this.#entries);
  }
}

/** What the index of a folder says of its sessions, by id, read beside a process that writes it. */
export async function readSessionIndex(
  folder: string,
): Promise<ReadonlyMap<string, SessionSummary>> {
  return replay((await readJsonLines(join(folder, INDEX_NAME))).values).byId;
}

interface Entries {
  readonly byId: Map<string, SessionSummary>;
  readonly current: Map<SessionKey, string>;
}

/** What a line of the file says. */
type IndexLine = SessionSummary | EndedKey | RenamedSession | RemovedSession;

interface RenamedSession {
  readonly renamedId: string;
  readonly title: string;
}

interface RemovedSession {
  readonly removedId: string;
}

/** A key that has no session any more. */
interface EndedKey {
  readonly key: SessionKey;
  readonly endedAtMs: number;
}

function encode(line: IndexLine | undefined): string {
  return `${JSON.stringify(line)}\n`;
}

function replay(values: readonly unknown[]): Entries {
  const entries: Entries = { byId: new Map(), current: new Map() };
  for (const value of values) {
    const line = decodeSummary(value) ?? decodeEndedKey(value) ?? decodeChange(value);
    if (line !== undefined) apply(line, entries);
  }
  return entries;
}

function apply(line: IndexLine, { byId, current }: Entries): void {
  if ("endedAtMs" in line) {
    current.delete(line.key);
  } else if ("renamedId" in line) {
    const summary = byId.get(line.renamedId);
    if (summary !== undefined) byId.set(summary.id, { ...summary, title: line.title });
  } else if ("removedId" in line) {
    const key = byId.get(line.removedId)?.key;
    if (key !== undefined && current.get(key) === line.removedId) current.delete(key);
    byId.delete(line.removedId);
  } else {
    byId.set(line.id, line);
    current.set(line.key, line.id);
  }
}

function decodeChange(value: unknown): RenamedSession | RemovedSession | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  if ("removedId" in value && typeof value.removedId === "string") {
    return { removedId: value.removedId };
  }
  if (!("renamedId" in value && "title" in value)) return undefined;
  const { renamedId, title } = value;
  if (typeof renamedId !== "string" || typeof title !== "string") return undefined;
  return { renamedId, title };
}

function decodeEndedKey(value: unknown): EndedKey | undefined {
  if (typeof value !== "object" || value === null || !("key" in value && "endedAtMs" in value)) {
    return undefined;
  }
  const { key, endedAtMs } = value;
  if (typeof key !== "string" || typeof endedAtMs !== "number") return undefined;
  return { key: key as SessionKey, endedAtMs };
}

/** The sessions as their files know them, the newest of each key last. */
async function readHeaders(folder: string): Promise<readonly SessionSummary[]> {
  const sessions: SessionSummary[] = [];
  for (const name of await listFolder(folder)) {
    if (!name.endsWith(SESSION_SUFFIX) || name === INDEX_NAME) continue;
    const header = await readSessionHeader(join(folder, name));
    if (header?.kind !== "ours") continue;
    sessions.push(header.summary);
  }
  return sessions.sort((a, b) => a.createdAtMs - b.createdAtMs);
}

async function listFolder(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).sort();
  } catch (error) {
    throw new FileError("read", folder, error);
  }
}
