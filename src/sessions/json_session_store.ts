import { chmod, mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "../runtime/clock.ts";
import { FileError } from "../runtime/file_error.ts";
import type { Log } from "../runtime/log.ts";
import type { Random } from "../runtime/random.ts";
import type { Message } from "../transcript/message.ts";
import { SessionFile } from "./session_file.ts";
import { SessionIndex } from "./session_index.ts";
import { NO_SESSION_USAGE } from "./session_usage.ts";
import type {
  KnownSession,
  SaidPost,
  SessionChoices,
  SessionKey,
  SessionPrompt,
  SessionStore,
  SessionSummary,
  SessionUsage,
  StoredMessage,
} from "./session_store.ts";

/** Most idle sessions that stay open, with their newest messages in memory. */
const OPEN_SESSIONS_MAX = 64;
/** Most characters of messages in memory, over all idle sessions. */
const OPEN_CHARS_MAX = 16_000_000;

/** Most characters that a session takes over from another. */
const FORK_CHARS_MAX = 4_000_000;

export interface JsonSessionStoreDeps {
  /** Made when it is needed, for its owner alone. */
  readonly folder: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

/**
 * Sessions as JSON Lines files in one folder: `<session id>.jsonl`, a header and then a line for each
 * message, to which lines are only ever added, and `index.jsonl`. Nothing is read before the first
 * call; then the index, and of each session in use the header and the end. One process may have the
 * folder open.
 */
export function openJsonSessionStore(deps: JsonSessionStoreDeps): SessionStore {
  return new JsonSessionStore(deps);
}

class JsonSessionStore implements SessionStore {
  readonly #deps: JsonSessionStoreDeps;
  #index: Promise<SessionIndex> | undefined;
  /** The longest unused first. */
  readonly #open = new Map<SessionKey, SessionFile>();
  /** The last work on each session that has some; what comes next waits for it. */
  readonly #busy = new Map<SessionKey, Promise<void>>();
  #closed = false;

  constructor(deps: JsonSessionStoreDeps) {
    this.#deps = deps;
  }

  load(key: SessionKey, options: { readonly charsMax: number }): Promise<readonly Message[]> {
    return this.#inOrder(key, async (index) => {
      const summary = index.get(key);
      if (summary === undefined) return [];
      return await (await this.#openSession(summary)).load(options.charsMax);
    });
  }

  append(key: SessionKey, messages: readonly StoredMessage[]): Promise<void> {
    return this.#inOrder(key, async (index) => {
      const [first] = messages;
      if (first === undefined) return;
      await (await this.#beginSession(key, first.atMs, index)).append(messages);
    });
  }

  promptOf(key: SessionKey): Promise<SessionPrompt | undefined> {
    return this.#inOrder(key, async (index) => {
      const summary = index.get(key);
      return summary && await (await this.#openSession(summary)).prompt();
    });
  }

  keepPrompt(key: SessionKey, prompt: SessionPrompt): Promise<void> {
    return this.#inOrder(key, async (index) => {
      await (await this.#beginSession(key, this.#deps.clock.nowMs(), index)).keepPrompt(prompt);
    });
  }

  loadExchange(key: SessionKey, postId: string): Promise<readonly Message[]> {
    return this.#inOrder(key, async (index) => {
      const summary = index.get(key);
      if (summary === undefined) return [];
      return await (await this.#openSession(summary)).loadExchange(postId);
    });
  }

  rewind(key: SessionKey, postId: string): Promise<void> {
    return this.#inOrder(key, async (index) => {
      const summary = index.get(key);
      if (summary !== undefined) await (await this.#openSession(summary)).rewind(postId);
    });
  }

  compact(key: SessionKey, messages: readonly Message[]): Promise<void> {
    return this.#inOrder(key, async (index) => {
      const atMs = this.#deps.clock.nowMs();
      await (await this.#beginSession(key, atMs, index)).compact(messages, atMs);
    });
  }

  usageOf(key: SessionKey): Promise<SessionUsage> {
    return this.#inOrder(key, async (index) => {
      const summary = index.get(key);
      return summary === undefined ? NO_SESSION_USAGE : (await this.#openSession(summary)).usage();
    });
  }

  addUsage(key: SessionKey, usage: SessionUsage): Promise<void> {
    return this.#inOrder(key, async (index) => {
      await (await this.#beginSession(key, this.#deps.clock.nowMs(), index)).addUsage(usage);
    });
  }

  describe(key: SessionKey): Promise<SessionSummary | undefined> {
    return this.#inOrder(key, (index) => Promise.resolve(index.get(key)));
  }

  lastUsedAtMs(key: SessionKey): Promise<number | undefined> {
    return this.#inOrder(key, async (index) => {
      const summary = index.get(key);
      return summary && await (await this.#openSession(summary)).lastUsedAtMs();
    });
  }

  saidPosts(key: SessionKey): Promise<readonly SaidPost[]> {
    return this.#inOrder(key, async (index) => {
      const summary = index.get(key);
      return summary === undefined ? [] : await (await this.#openSession(summary)).saidPosts();
    });
  }

  setTitle(key: SessionKey, title: string): Promise<void> {
    return this.#inOrder(key, async (index) => {
      await this.#beginSession(key, this.#deps.clock.nowMs(), index);
      await index.change(key, { title });
    });
  }

  choose(key: SessionKey, choices: SessionChoices): Promise<void> {
    return this.#inOrder(key, async (index) => {
      await this.#beginSession(key, this.#deps.clock.nowMs(), index);
      await index.change(key, { choices });
    });
  }

  fork(key: SessionKey): Promise<boolean> {
    return this.#inOrder(key, async (index) => {
      const current = index.get(key);
      if (current === undefined) return false;
      const { clock, log, random } = this.#deps;
      const atMs = clock.nowMs();
      const messages = await (await this.#openSession(current)).load(FORK_CHARS_MAX);
      await this.#closeSession(key);
      const summary = { ...current, id: createSessionId(atMs, random), createdAtMs: atMs };
      const file = await SessionFile.open(
        join(this.#deps.folder, `${summary.id}.jsonl`),
        summary,
        log,
      );
      try {
        await file.compact(messages, atMs);
      } finally {
        await file.close();
      }
      await index.add(summary); // Not before the file holds everything.
      return true;
    });
  }

  async known(): Promise<readonly KnownSession[]> {
    return (await this.#openIndex()).all();
  }

  resume(key: SessionKey, id: string): Promise<boolean> {
    // Two conversations must never write into one file, so the same id is resumed once at a time.
    return this.#inOrder(`resume:${id}` as SessionKey, async (index) => {
      const holder = index.holderOf(id);
      if (holder === key) return true;
      if (holder !== undefined) await this.reset(holder);
      return await this.#inOrder(key, async () => {
        const wanted = index.find(id);
        if (wanted === undefined) return false;
        await this.#closeSession(key);
        await index.add({ ...wanted, key });
        return true;
      });
    });
  }

  async rename(id: string, title: string): Promise<boolean> {
    const key = (await this.#openIndex()).find(id)?.key;
    if (key === undefined) return false;
    await this.#inOrder(key, (index) => index.rename(id, title));
    return true;
  }

  async remove(ids: readonly string[]): Promise<void> {
    const index = await this.#openIndex();
    for (const id of ids) {
      const key = index.holderOf(id);
      if (key !== undefined) await this.#closeSession(key);
    }
    await index.remove(ids); // First: an entry without a file would begin it anew.
    for (const id of ids) await removeFile(this.#pathOf(id));
  }

  async count(): Promise<number> {
    return (await this.#openIndex()).size;
  }

  reset(key: SessionKey): Promise<void> {
    return this.#inOrder(key, async (index) => {
      if (index.get(key) === undefined) return;
      await index.end(key, this.#deps.clock.nowMs());
      await this.#closeSession(key);
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all(this.#busy.values());
    await Promise.all([...this.#open.keys()].map((key) => this.#closeSession(key)));
    const index = await this.#index?.catch(() => undefined); // Whoever asked for it was told.
    await index?.close();
  }

  /** Runs `work` when all earlier work on the session is done. */
  #inOrder<T>(key: SessionKey, work: (index: SessionIndex) => Promise<T>): Promise<T> {
    if (this.#closed) throw new Error("the session store is closed");
    const before = this.#busy.get(key) ?? Promise.resolve();
    const result = before.then(() => this.#run(key, work));
    const done = result.then(() => {}, () => {}).finally(() => {
      if (this.#busy.get(key) === done) this.#busy.delete(key);
    });
    this.#busy.set(key, done);
    return result;
  }

  async #run<T>(key: SessionKey, work: (index: SessionIndex) => Promise<T>): Promise<T> {
    try {
      return await work(await this.#openIndex());
    } catch (error) {
      await this.#closeSession(key); // What is in memory may not be what is on the disk.
      throw error;
    } finally {
      await this.#closeUnused();
    }
  }

  #openIndex(): Promise<SessionIndex> {
    this.#index ??= this.#loadIndex().catch((error) => {
      this.#index = undefined; // The next call tries again.
      throw error;
    });
    return this.#index;
  }

  async #loadIndex(): Promise<SessionIndex> {
    const { folder, log } = this.#deps;
    try {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await chmod(folder, 0o700);
    } catch (error) {
      throw new FileError("write", folder, error);
    }
    return await SessionIndex.open(folder, log);
  }

  /** Opens the current session of `key`, or a new one. */
  async #beginSession(
    key: SessionKey,
    createdAtMs: number,
    index: SessionIndex,
  ): Promise<SessionFile> {
    const known = index.get(key);
    if (known !== undefined) return await this.#openSession(known);
    const summary = { key, id: createSessionId(createdAtMs, this.#deps.random), createdAtMs };
    await index.add(summary);
    return await this.#openSession(summary);
  }

  async #openSession(summary: SessionSummary): Promise<SessionFile> {
    const path = this.#pathOf(summary.id);
    const session = this.#open.get(summary.key) ??
      await SessionFile.open(path, summary, this.#deps.log);
    this.#open.delete(summary.key); // To the end: it is the last used now.
    this.#open.set(summary.key, session);
    return session;
  }

  #pathOf(id: string): string {
    return join(this.#deps.folder, `${id}.jsonl`);
  }

  async #closeUnused(): Promise<void> {
    let chars = 0;
    for (const session of this.#open.values()) chars += session.charsInMemory;
    for (const [key, session] of this.#open) {
      if (this.#open.size <= OPEN_SESSIONS_MAX && chars <= OPEN_CHARS_MAX) return;
      if (this.#busy.has(key)) continue;
      chars -= session.charsInMemory;
      await this.#closeSession(key);
    }
  }

  async #closeSession(key: SessionKey): Promise<void> {
    const session = this.#open.get(key);
    this.#open.delete(key);
    try {
      await session?.close();
    } catch (error) {
      const code = error instanceof FileError ? error.code : String(error);
      this.#deps.log("warn", "sessions.close_failed", { code });
    }
  }
}

async function removeFile(path: string): Promise<void> {
  try {
    await rm(path, { force: true });
  } catch (error) {
    throw new FileError("write", path, error);
  }
}

/** `YYYYMMDD_HHMMSS_<8 hex>`, in UTC, so that names sort by time wherever Hermes runs. */
function createSessionId(createdAtMs: number, random: Random): string {
  const [date, time] = new Date(createdAtMs).toISOString().split("T");
  const day = date?.replaceAll("-", "");
  const second = time?.slice(0, 8).replaceAll(":", "");
  const chance = Math.floor(random.float() * 2 ** 32).toString(16).padStart(8, "0");
  return `${day}_${second}_${chance}`;
}
