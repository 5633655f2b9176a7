import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { AppendFile } from "../runtime/append_file.ts";
import { writeFileAtomic } from "../runtime/atomic_file.ts";
import { FileError } from "../runtime/file_error.ts";
import { readJsonLines } from "../runtime/json_lines.ts";
import type { Log } from "../runtime/log.ts";
import { readSessionHeader } from "./session_file.ts";
import { decodeSummary } from "./session_lines.ts";
import type { SessionKey, SessionSummary } from "./session_store.ts";

const INDEX_NAME = "index.jsonl";
const SESSION_SUFFIX = ".jsonl";

/**
 * Which session of each key is the current one: a file to which every change adds a line, of which
 * the last for a key counts. Without the file it is made from the headers of the sessions, and then
 * a session that was ended, and has no successor, is the current one again.
 */
export class SessionIndex {
  readonly #file: AppendFile;
  readonly #sessions: Map<SessionKey, SessionSummary>;

  /** Throws a `FileError`. */
  static async open(folder: string, log: Log): Promise<SessionIndex> {
    const path = join(folder, INDEX_NAME);
    const { values, badLines } = await readJsonLines(path);
    if (badLines > 0) log("warn", "sessions.bad_lines", { file: path, badLines });
    const sessions = values.length > 0 ? replay(values) : await readHeaders(folder);
    if (values.length === 0 && sessions.size > 0) {
      const lines = [...sessions.values()].map(encodeEntry);
      await writeFileAtomic(path, lines.join(""), { mode: 0o600 });
      log("warn", "sessions.index_rebuilt", { file: path, sessions: sessions.size });
    }
    return new SessionIndex(await AppendFile.open(path), sessions);
  }

  private constructor(file: AppendFile, sessions: Map<SessionKey, SessionSummary>) {
    this.#file = file;
    this.#sessions = sessions;
  }

  get size(): number {
    return this.#sessions.size;
  }

  get(key: SessionKey): SessionSummary | undefined {
    return this.#sessions.get(key);
  }

  /** Makes a session the current one of its key. Resolves when that is on the disk. */
  async add(summary: SessionSummary): Promise<void> {
    this.#file.write(encodeEntry(summary));
    await this.#file.sync();
    this.#sessions.set(summary.key, summary);
  }

  /** Leaves `key` without a session. Resolves when that is on the disk. */
  async end(key: SessionKey, endedAtMs: number): Promise<void> {
    this.#file.write(`${JSON.stringify({ key, endedAtMs })}\n`);
    await this.#file.sync();
    this.#sessions.delete(key);
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}

function encodeEntry({ key, id, createdAtMs }: SessionSummary): string {
  return `${JSON.stringify({ key, id, createdAtMs })}\n`;
}

function replay(values: readonly unknown[]): Map<SessionKey, SessionSummary> {
  const sessions = new Map<SessionKey, SessionSummary>();
  for (const value of values) {
    const summary = decodeSummary(value);
    const endedKey = decodeEndedKey(value);
    if (summary !== undefined) sessions.set(summary.key, summary);
    else if (endedKey !== undefined) sessions.delete(endedKey);
  }
  return sessions;
}

function decodeEndedKey(value: unknown): SessionKey | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  if (!("key" in value && "endedAtMs" in value) || typeof value.key !== "string") return undefined;
  return value.key as SessionKey;
}

/** The newest session of each key, from the session files themselves. */
async function readHeaders(folder: string): Promise<Map<SessionKey, SessionSummary>> {
  const sessions = new Map<SessionKey, SessionSummary>();
  for (const name of await listFolder(folder)) {
    if (!name.endsWith(SESSION_SUFFIX) || name === INDEX_NAME) continue;
    const header = await readSessionHeader(join(folder, name));
    if (header?.kind !== "ours") continue;
    const { summary } = header;
    const known = sessions.get(summary.key);
    if (known === undefined || known.createdAtMs <= summary.createdAtMs) {
      sessions.set(summary.key, summary);
    }
  }
  return sessions;
}

async function listFolder(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).sort();
  } catch (error) {
    throw new FileError("read", folder, error);
  }
}
