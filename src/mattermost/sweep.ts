import { HermesError } from "../errors.ts";
import type { Random } from "../runtime/random.ts";
import { catchUp, type CatchUpDeps } from "./catch_up.ts";
import type { PostedEvent } from "./events.ts";
import type { ReadMarks } from "./listener_state.ts";

/** Time between two sweeps lies between these, so that many bots do not ask in the same second. */
const INTERVAL_MS_MIN = 300_000;
const INTERVAL_MS_MAX = 600_000;

export interface SweepDeps extends CatchUpDeps {
  readonly random: Random;
}

/**
 * Looks now and then for posts of which the socket never told: a server under load stores a post,
 * fails to notify, and does not publish it. Source: app/post.go, CreatePost after SendNotifications.
 */
export class Sweep {
  readonly #deps: SweepDeps;
  #dueAtMs: number;
  /** All that was posted before this was looked for; `undefined` before the first look at the clock. */
  #sweptAtMs: number | undefined;

  constructor(deps: SweepDeps) {
    this.#deps = deps;
    this.#dueAtMs = this.#nextMs();
  }

  /**
   * What was posted since the last sweep, when the next one is due; nothing before that. Most of it
   * was heard of long ago. A sweep that fails is left to the next one.
   */
  async *whenDue(
    marks: ReadMarks,
    serverTimeMs: number,
    signal: AbortSignal,
  ): AsyncGenerator<PostedEvent> {
    this.#sweptAtMs ??= Math.max(marks.beganAtMs, serverTimeMs - INTERVAL_MS_MAX);
    if (this.#deps.clock.nowMs() < this.#dueAtMs) return;
    this.#dueAtMs = this.#nextMs();
    const since = { ...marks, lastAliveMs: this.#sweptAtMs, channels: new Map() };
    try {
      yield* catchUp(since, this.#deps, signal);
      this.#sweptAtMs = serverTimeMs;
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof HermesError)) throw error;
      this.#deps.log("warn", "mattermost.sweep_failed", { error: error.message });
    }
  }

  #nextMs(): number {
    const { clock, random } = this.#deps;
    const intervalMs = INTERVAL_MS_MIN + random.float() * (INTERVAL_MS_MAX - INTERVAL_MS_MIN);
    return clock.nowMs() + intervalMs;
  }
}
