import type { Clock } from "../runtime/clock.ts";

/** How long the server remembers a `pending_post_id`. APP/post.go, pendingPostIDsCacheTTL. */
const REMEMBERED_MS = 30_000;

export type PendingState =
  | { kind: "unknown" }
  | { kind: "in_flight" }
  | { kind: "finished"; postId: string };

/**
 * The memory by which a repeated creation is recognised: by the string alone, whoever sends it, and
 * for 30 seconds. A creation that failed is forgotten at once.
 */
export class PendingPosts {
  readonly #entries = new Map<string, { postId: string | undefined; untilMs: number }>();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  state(pendingPostId: string): PendingState {
    const entry = this.#entries.get(pendingPostId);
    if (entry === undefined || entry.untilMs <= this.#clock.nowMs()) return { kind: "unknown" };
    if (entry.postId === undefined) return { kind: "in_flight" };
    return { kind: "finished", postId: entry.postId };
  }

  begin(pendingPostId: string): void {
    this.#remember(pendingPostId, undefined);
  }

  finish(pendingPostId: string, postId: string): void {
    this.#remember(pendingPostId, postId);
  }

  forget(pendingPostId: string): void {
    this.#entries.delete(pendingPostId);
  }

  /** A restart of the server forgets everything. */
  clear(): void {
    this.#entries.clear();
  }

  #remember(pendingPostId: string, postId: string | undefined): void {
    if (pendingPostId === "") return;
    this.#entries.set(pendingPostId, { postId, untilMs: this.#clock.nowMs() + REMEMBERED_MS });
  }
}
