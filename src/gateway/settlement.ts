import { HermesError } from "../errors.ts";
import { UnauthorizedError } from "../mattermost/errors.ts";
import type { Clock } from "../runtime/clock.ts";
import type { Log } from "../runtime/log.ts";
import type { SessionStore } from "../sessions/session_store.ts";
import type { Dropped } from "./busy/run_task.ts";
import type { LiveStatus } from "./gateway_status.ts";
import type { InboundMessage } from "./inbound.ts";
import type { Ledger } from "./ledger.ts";

export interface SettlementDeps {
  readonly ledger: Ledger;
  readonly sessions: SessionStore;
  readonly status: LiveStatus;
  readonly clock: Clock;
  readonly log: Log;
}

/** Sees to it that each message that was taken on gets its outcome, in the ledger and in the log. */
export class Settlement {
  readonly #deps: SettlementDeps;
  readonly #cancel: AbortSignal;

  constructor(deps: SettlementDeps, cancel: AbortSignal) {
    this.#deps = deps;
    this.#cancel = cancel;
  }

  /**
   * Does what answers a message; `work` returns the ids of the answer's posts. Catches everything: a
   * message that fails must not take the others with it.
   */
  run(message: InboundMessage, work: () => Promise<readonly string[]>): Promise<void> {
    return this.runAll(() => [message.postId], work);
  }

  /** The same for posts that are answered together, the lead last; which ones, is known in the end. */
  async runAll(
    postIds: () => readonly string[],
    work: () => Promise<readonly string[]>,
  ): Promise<void> {
    const { clock, log } = this.#deps;
    const startedAtMs = clock.nowMs();
    try {
      const replyIds = await work();
      this.record(postIds(), "answered", replyIds);
      await this.#noteAnswered(postIds().length);
      const tookMs = clock.nowMs() - startedAtMs;
      for (const postId of postIds()) {
        log("info", "gateway.answered", { postId, posts: replyIds.length, tookMs });
      }
    } catch (error) {
      // Left as claimed: the next start takes it up again, with a token that works.
      const isInterrupted = this.#cancel.aborted || error instanceof UnauthorizedError;
      if (!isInterrupted) this.record(postIds(), "failed", []);
      const code = error instanceof HermesError ? error.code : "bug";
      for (const postId of postIds()) {
        if (isInterrupted) log("warn", "gateway.interrupted", { postId });
        else log("error", "gateway.not_answered", { postId, code, error: String(error) });
      }
    }
  }

  /** Posts that are not answered, because somebody wants it so. */
  drop(postIds: readonly string[], why: Dropped): void {
    this.record(postIds, "answered", []);
    for (const postId of postIds) this.#deps.log("info", "gateway.dropped", { postId, why });
  }

  /** On a disk that takes no more it stays claimed: the next start finds what was posted. */
  record(
    postIds: string | readonly string[],
    state: "answered" | "failed",
    replyIds: readonly string[],
  ): void {
    const { ledger, log } = this.#deps;
    try {
      ledger.settle(postIds, state, replyIds);
    } catch (error) {
      const postId = typeof postIds === "string" ? postIds : postIds.at(-1);
      log("error", "gateway.not_recorded", { postId, error: String(error) });
    }
  }

  /** Also what waits in a lane must outlive a loss of power. A disk that fails is no reason for silence. */
  async putOnDisk(postId: string): Promise<void> {
    const { ledger, log } = this.#deps;
    try {
      await ledger.sync();
    } catch (error) {
      log("error", "gateway.not_recorded", { postId, error: String(error) });
    }
  }

  async #noteAnswered(messages: number): Promise<void> {
    const { sessions, status } = this.#deps;
    const count = await sessions.count().catch(() => undefined); // Not worth a failure.
    status.note({ answered: status.current.answered + messages, sessions: count });
  }
}
