import { renameSync, rmSync } from "node:fs";
import { AppendFile } from "../runtime/append_file.ts";
import type { Clock } from "../runtime/clock.ts";
import { readJsonLines } from "../runtime/json_lines.ts";
import type { Log } from "../runtime/log.ts";
import type { SessionKey } from "../sessions/session_store.ts";

/** How long a post is remembered: twice the age up to which missed posts are caught up. */
const ENTRY_AGE_MS_MAX = 48 * 3_600_000;
/** Lines after which the file is written anew with what is still remembered. */
const FILE_LINES_MAX = 20_000;

/** What became of a post that Hermes set out to answer. */
export interface LedgerEntry {
  readonly postId: string;
  readonly channelId: string;
  readonly senderId: string;
  readonly sessionKey: SessionKey;
  /** `claimed`: being answered, or interrupted by the end of the process. */
  readonly state: "claimed" | "answered" | "failed";
  readonly claimedAtMs: number;
  /** Posts of the answer, in order; of posts that are answered together, the lead has them. */
  readonly replyIds: readonly string[];
  /** For a command about what was said before: the post that it is about. */
  readonly about?: string;
  /** The post together with which this one is answered. */
  readonly leadId?: string;
}

export interface LedgerDeps {
  readonly path: string;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Remembers which posts were taken on, so that each is answered at most once however often it
 * arrives, and is answered at all when the process dies on the way. `claim` and `settle` are in the
 * operating system's hands when they return; `sync` puts them on the disk.
 */
export class Ledger {
  readonly #path: string;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #entries = new Map<string, LedgerEntry>();
  /** Reply post -> the post it answers. */
  readonly #repliesTo = new Map<string, string>();
  #file: AppendFile;
  #lines = 0;
  #rewriting: Promise<void> = Promise.resolve();

  static async open(deps: LedgerDeps): Promise<Ledger> {
    const { values, badLines } = await readJsonLines(deps.path);
    if (badLines > 0) deps.log("warn", "ledger.bad_lines", { path: deps.path, badLines });
    const ledger = new Ledger(deps, await AppendFile.open(deps.path));
    for (const value of values) {
      const entry = decodeEntry(value);
      if (entry !== undefined) ledger.#remember(entry);
    }
    ledger.#lines = values.length;
    ledger.#forgetOld();
    return ledger;
  }

  private constructor(deps: LedgerDeps, file: AppendFile) {
    this.#path = deps.path;
    this.#clock = deps.clock;
    this.#log = deps.log;
    this.#file = file;
  }

  /** Takes a post on. `seen` means: it was taken on before, leave it alone. */
  claim(
    post: Pick<LedgerEntry, "postId" | "channelId" | "senderId" | "sessionKey">,
  ): "fresh" | "seen" {
    if (this.#entries.has(post.postId)) return "seen";
    const claimedAtMs = this.#clock.nowMs();
    this.#put({ ...post, state: "claimed", claimedAtMs, replyIds: [] });
    return "fresh";
  }

  /** Says together with which post a claimed one is answered, also after a restart; with itself: alone. */
  join(postId: string, leadId: string): void {
    const entry = this.#entries.get(postId);
    if (entry?.state !== "claimed" || (entry.leadId ?? postId) === leadId) return;
    this.#put({ ...entry, leadId });
  }

  /**
   * Says how it ended, for posts that were answered together: either all of them are settled or none.
   * The last one is the lead. A post that was never claimed is left alone.
   */
  settle(
    postIds: string | readonly string[],
    state: "answered" | "failed",
    replyIds: readonly string[],
  ): void {
    const ids = typeof postIds === "string" ? [postIds] : postIds;
    const entries = ids.flatMap((postId) => this.#entries.get(postId) ?? []);
    const leadId = ids.at(-1);
    if (entries.length === 0) return;
    this.#put(...entries.map((entry) => {
      return { ...entry, state, replyIds: entry.postId === leadId ? replyIds : [] };
    }));
  }

  /** Says which post a command is about, before anything is done: done again it is the same one. */
  async noteAbout(postId: string, about: string): Promise<void> {
    const entry = this.#entries.get(postId);
    if (entry === undefined) return;
    this.#put({ ...entry, about });
    await this.sync();
  }

  /** Posts that were claimed and not settled, oldest first. */
  unfinished(): readonly LedgerEntry[] {
    return [...this.#entries.values()].filter((entry) => entry.state === "claimed");
  }

  /** The entry of a post that was answered, or of the post that this one answers; of several, the lead's. */
  find(postId: string): LedgerEntry | undefined {
    const entry = this.#entries.get(this.#repliesTo.get(postId) ?? postId);
    return (entry?.leadId !== undefined && this.#entries.get(entry.leadId)) || entry;
  }

  /** The entry of a post that was taken on. */
  entryOf(postId: string): LedgerEntry | undefined {
    return this.#entries.get(postId);
  }

  /** The posts that were answered together with this one, itself among them. */
  together(postId: string): readonly string[] {
    return [...this.#entries.values()]
      .filter((entry) => entry.postId === postId || entry.leadId === postId)
      .map((entry) => entry.postId);
  }

  /** Resolves when all that was claimed and settled before is on the disk. */
  sync(): Promise<void> {
    return this.#file.sync();
  }

  async close(): Promise<void> {
    await this.#rewriting;
    await this.#file.close();
  }

  #put(...entries: readonly LedgerEntry[]): void {
    for (const entry of entries) this.#remember(entry);
    this.#file.write(entries.map((entry) => `${JSON.stringify(entry)}\n`).join(""));
    this.#lines += entries.length;
    if (this.#lines < FILE_LINES_MAX) return;
    this.#lines = 0;
    this.#rewriting = this.#rewrite().catch((error) => {
      this.#log("error", "ledger.rewrite_failed", { path: this.#path, error: String(error) });
    });
  }

  #remember(entry: LedgerEntry): void {
    this.#entries.set(entry.postId, entry);
    for (const replyId of entry.replyIds) this.#repliesTo.set(replyId, entry.postId);
  }

  #forgetOld(): void {
    const oldestMs = this.#clock.nowMs() - ENTRY_AGE_MS_MAX;
    for (const entry of this.#entries.values()) {
      if (entry.claimedAtMs >= oldestMs) continue;
      this.#entries.delete(entry.postId);
      for (const replyId of entry.replyIds) this.#repliesTo.delete(replyId);
    }
  }

  /** The new file is filled and put in place without a pause, so no claim can fall between. */
  async #rewrite(): Promise<void> {
    const nextPath = `${this.#path}.next`;
    rmSync(nextPath, { force: true });
    const next = await AppendFile.open(nextPath);
    this.#forgetOld();
    const entries = [...this.#entries.values()];
    next.write(entries.map((entry) => `${JSON.stringify(entry)}\n`).join(""));
    renameSync(nextPath, this.#path);
    const old = this.#file;
    this.#file = next;
    this.#lines = Math.min(entries.length, FILE_LINES_MAX / 2);
    await next.sync();
    await old.close();
  }
}

function decodeEntry(value: unknown): LedgerEntry | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const entry = value as Partial<Record<keyof LedgerEntry, unknown>>;
  const texts = [entry.postId, entry.channelId, entry.senderId, entry.sessionKey];
  if (!texts.every((text) => typeof text === "string")) return undefined;
  if (typeof entry.claimedAtMs !== "number" || !Array.isArray(entry.replyIds)) return undefined;
  if (entry.about !== undefined && typeof entry.about !== "string") return undefined;
  if (entry.leadId !== undefined && typeof entry.leadId !== "string") return undefined;
  if (!["claimed", "answered", "failed"].includes(String(entry.state))) return undefined;
  return entry as LedgerEntry;
}
