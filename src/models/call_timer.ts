import type { Clock } from "../runtime/clock.ts";
import type { ChosenModel } from "./choose_model.ts";
import { ModelError } from "./errors.ts";
import type { RetryLimits } from "./retrying_stream.ts";

/** How long a call may take, and how often it is tried again. */
export interface CallLimits extends RetryLimits {
  /** Until the model says its first word, or thinks it. */
  readonly firstTokenMsMax: number;
  /** Between two pieces of an answer. */
  readonly idleMsMax: number;
  /** For one whole answer. */
  readonly totalMsMax: number;
}

interface Deadline {
  readonly kind: "first_token_timeout" | "idle_timeout" | "total_timeout";
  readonly atMs: number;
}

/** Watches the time of one call. */
export class CallTimer implements Disposable {
  readonly #chosen: ChosenModel;
  readonly #limits: CallLimits;
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  readonly #startedAtMs: number;
  readonly #aborted = Promise.withResolvers<never>();
  #hasBegun = false;

  constructor(chosen: ChosenModel, limits: CallLimits, clock: Clock, signal: AbortSignal) {
    signal.throwIfAborted();
    this.#chosen = chosen;
    this.#limits = limits;
    this.#clock = clock;
    this.#signal = signal;
    this.#startedAtMs = clock.nowMs();
    this.#aborted.promise.catch(() => {}); // Only `wait` listens, and not at every moment.
    signal.addEventListener("abort", this.#abort);
  }

  /** Says that the answer has begun: from now on the idle limit counts. */
  begin(): void {
    this.#hasBegun = true;
  }

  /**
   * Waits for the next piece, as long as the limits allow.
   *
   * @throws ModelError when a limit is reached; the signal's reason as soon as it aborts.
   */
  async wait<Piece>(pending: PromiseLike<Piece>): Promise<Piece> {
    const nowMs = this.#clock.nowMs();
    const deadline = this.#nextDeadline(nowMs);
    const alarm = new AbortController();
    try {
      const outcome = await Promise.race([
        pending.then((piece) => ({ piece })),
        this.#clock.sleep(Math.max(0, deadline.atMs - nowMs), alarm.signal),
        this.#aborted.promise,
      ]);
      if (outcome === undefined) throw this.#timeout(deadline.kind);
      return outcome.piece;
    } finally {
      alarm.abort();
    }
  }

  [Symbol.dispose](): void {
    this.#signal.removeEventListener("abort", this.#abort);
  }

  readonly #abort = () => this.#aborted.reject(this.#signal.reason);

  #nextDeadline(nowMs: number): Deadline {
    const next: Deadline = this.#hasBegun
      ? { kind: "idle_timeout", atMs: nowMs + this.#limits.idleMsMax }
      : { kind: "first_token_timeout", atMs: this.#startedAtMs + this.#limits.firstTokenMsMax };
    const total = this.#startedAtMs + this.#limits.totalMsMax;
    return total < next.atMs ? { kind: "total_timeout", atMs: total } : next;
  }

  #timeout(kind: Deadline["kind"]): ModelError {
    const { providerName: provider, modelId: model } = this.#chosen;
    const seconds = (durationMs: number) => Math.round(durationMs / 1_000);
    switch (kind) {
      case "first_token_timeout": {
        const limit = seconds(this.#limits.firstTokenMsMax);
        return new ModelError(kind, `${provider} did not begin to answer within ${limit} s`, {
          hint: `Raise model.first_token_timeout_seconds, or set model.default to a faster model ` +
            `than "${model}".`,
        });
      }
      case "idle_timeout": {
        const limit = seconds(this.#limits.idleMsMax);
        return new ModelError(
          kind,
          `${provider} stopped in the middle and was silent for ${limit} s`,
          {
            hint: "Ask again, or raise model.stale_timeout_seconds.",
          },
        );
      }
      case "total_timeout": {
        const limit = seconds(this.#limits.totalMsMax);
        return new ModelError(
          kind,
          `the answer of ${provider} was not finished within ${limit} s`,
          {
            hint: "Ask for less at once, or raise model.request_timeout_seconds.",
          },
        );
      }
    }
  }
}
