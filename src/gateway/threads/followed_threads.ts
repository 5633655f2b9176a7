import { readTextFile, writeFileAtomic } from "../../runtime/atomic_file.ts";
import type { Clock } from "../../runtime/clock.ts";
import type { Log } from "../../runtime/log.ts";
import type { InboundMessage } from "../inbound.ts";
import { type SessionOptions, threadOf } from "../session_key.ts";

/** Threads and channels that are remembered; of more, the one that was quiet the longest goes. */
export const FOLLOWED_MAX = 3_000;
/** How long a thread is followed after the bot last had to do with it. */
const QUIET_MS_MAX = 30 * 24 * 3_600_000;
/** How old the time of an entry gets before it is renewed. */
const RENEW_MS = 24 * 3_600_000;

/** What is known of a thread or channel. `joined`: the bot takes part; `on` and `off`: people said so. */
type Following = "joined" | "on" | "off";

interface Entry {
  readonly following: Following;
  /** When it was last renewed. */
  readonly atMs: number;
  /** By the server's clock: what was written before and left alone then comes again with a sweep. */
  readonly sinceMs: number;
}

/** Where something is said. */
export interface ThreadPlace {
  readonly channelId: string;
  /** First post of the thread, or `""`. */
  readonly rootId: string;
  /** When it is said, by the server's clock. */
  readonly createdAtMs: number;
}

export interface FollowedThreadsDeps {
  readonly path: string;
  /** Whether the bot follows the threads it takes part in unless people say otherwise. */
  readonly followsByDefault: boolean;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * The threads in which follow-ups need no mention: those that the bot takes part in, and what people
 * said about it. Kept in a small file that is written behind: a thread that was joined in the moment
 * of a crash is joined again when its message is taken up.
 */
export class FollowedThreads {
  readonly #deps: FollowedThreadsDeps;
  /** By the id of a thread's root or of a channel; the one that was touched last comes last. */
  readonly #entries: Map<string, Entry>;
  #isChanged = false;
  #writing: Promise<void> | undefined;

  static async open(deps: FollowedThreadsDeps): Promise<FollowedThreads> {
    return new FollowedThreads(deps, readEntries(await readTextFile(deps.path), deps));
  }

  private constructor(deps: FollowedThreadsDeps, entries: Map<string, Entry>) {
    this.#deps = deps;
    this.#entries = entries;
  }

  /** Whether what is said in this thread is meant for the bot also without a mention. */
  follows({ channelId, rootId, createdAtMs }: ThreadPlace): boolean {
    const thread = rootId === "" ? undefined : this.#find(rootId);
    if (thread === undefined || createdAtMs < thread.sinceMs) return false;
    if (thread.following !== "joined") return thread.following === "on";
    const channel = this.#find(channelId);
    if (channel === undefined) return this.#deps.followsByDefault;
    return channel.following === "on" && createdAtMs >= channel.sinceMs;
  }

  /** Whether the bot follows in this thread, or of a channel: in its threads, once it takes part. */
  isWanted({ channelId, rootId }: Omit<ThreadPlace, "createdAtMs">): boolean {
    for (const id of [rootId, channelId]) {
      const following = this.#find(id)?.following;
      if (following === "on" || following === "off") return following === "on";
    }
    return this.#deps.followsByDefault;
  }

  /** Joins the thread in which the bot was spoken to, or spoke; direct messages need no following. */
  takePart(message: InboundMessage, options: SessionOptions): void {
    if (message.channelKind === "dm") return;
    const ownPost = message.origin === "self" ? message.postId : "";
    const rootId = threadOf(message, options) || ownPost;
    if (rootId !== "") this.join(rootId, message.createdAtMs);
  }

  /** Somebody wants it so, in this thread or, outside of any, in the threads of the channel. */
  set({ channelId, rootId, createdAtMs }: ThreadPlace, following: "on" | "off"): void {
    this.#put(rootId || channelId, following, createdAtMs);
  }

  /** Resolves when all is in the file, or the log says why it is not. */
  async close(): Promise<void> {
    await this.#writing;
  }

  /**
   * The bot takes part in this thread from now on; what people said about it stays.
   *
   * @param sinceMs What was written before is for others.
   */
  join(rootId: string, sinceMs: number): void {
    const entry = this.#find(rootId);
    if (entry !== undefined && this.#deps.clock.nowMs() - entry.atMs < RENEW_MS) return;
    this.#put(rootId, entry?.following ?? "joined", entry?.sinceMs ?? sinceMs);
  }

  #find(id: string): Entry | undefined {
    const entry = this.#entries.get(id);
    return entry === undefined || isOver(entry, this.#deps.clock.nowMs()) ? undefined : entry;
  }

  #put(id: string, following: Following, sinceMs: number): void {
    this.#entries.delete(id);
    this.#entries.set(id, { following, atMs: this.#deps.clock.nowMs(), sinceMs });
    const [oldest] = this.#entries.keys();
    if (this.#entries.size > FOLLOWED_MAX && oldest !== undefined) this.#entries.delete(oldest);
    this.#isChanged = true;
    this.#writing ??= this.#write();
  }

  /** One write at a time; what changes meanwhile is in the next one. */
  async #write(): Promise<void> {
    const { path, log } = this.#deps;
    while (this.#isChanged) {
      this.#isChanged = false;
      try {
        const threads = Object.fromEntries(this.#entries);
        await writeFileAtomic(path, JSON.stringify({ version: 1, threads }), { mode: 0o600 });
      } catch (error) {
        log("warn", "threads.not_written", { path, error: String(error) });
      }
    }
    this.#writing = undefined;
  }
}

/** What people said counts until they say otherwise. */
function isOver({ following, atMs }: Entry, nowMs: number): boolean {
  return following === "joined" && nowMs - atMs > QUIET_MS_MAX;
}

/** A file that cannot be read costs mentions, and no start. */
function readEntries(
  text: string | undefined,
  { path, clock, log }: FollowedThreadsDeps,
): Map<string, Entry> {
  const entries = new Map<string, Entry>();
  if (text === undefined) return entries;
  try {
    const { threads } = JSON.parse(text) as { threads: Record<string, Entry> };
    for (const [id, { following, atMs, sinceMs }] of Object.entries(threads)) {
      const isEntry = ["joined", "on", "off"].includes(following) &&
        [atMs, sinceMs].every((time) => typeof time === "number");
      const entry = { following, atMs, sinceMs };
      if (isEntry && !isOver(entry, clock.nowMs())) entries.set(id, entry);
    }
  } catch (error) {
    log("warn", "threads.not_read", { path, error: String(error) });
  }
  return entries;
}
