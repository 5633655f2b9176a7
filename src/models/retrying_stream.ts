import { backoffDelayMs } from "../runtime/backoff.ts";
import type { Clock } from "../runtime/clock.ts";
import type { Log } from "../runtime/log.ts";
import type { Random } from "../runtime/random.ts";
import type { ModelError } from "./errors.ts";
import type { ModelEvent } from "./model_client.ts";
import { RETRY_AFTER_MS_MAX } from "./retry_after.ts";

const BACKOFF = { delayMsMin: 2_000, delayMsMax: 60_000 };

/** Tries after the first one. */
export interface RetryLimits {
  readonly retriesMax: number;
  /** Fewer, where another model stands ready: a limit of requests seldom passes within seconds. */
  readonly rateLimitRetriesMax: number;
}

export interface RetryDeps {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly limits: RetryLimits;
  /** Explains what an attempt threw; throws on what is a bug. */
  readonly toModelError: (error: unknown) => ModelError;
}

/**
 * Runs `attempt` until it ends well, within the limits, as long as its failures are worth it. What a failed attempt has already said is taken back by `restarted`.
 */
export async function* retryingStream(
  attempt: () => AsyncIterable<ModelEvent>,
  deps: RetryDeps,
  signal: AbortSignal,
): AsyncGenerator<ModelEvent> {
  for (let retry = 1;; retry++) {
    let hasSpoken = false;
    try {
      for await (const event of attempt()) {
        hasSpoken = true;
        yield event;
      }
      return;
    } catch (error) {
      signal.throwIfAborted();
      const failure = deps.toModelError(error);
      const delayMs = failure.retryAfterMs ?? backoffDelayMs(retry, BACKOFF, deps.random);
      const isWorthIt = failure.isRetryable && delayMs <= RETRY_AFTER_MS_MAX;
      const { kind, status } = failure;
      const { retriesMax, rateLimitRetriesMax } = deps.limits;
      const most = kind === "rate_limit" ? rateLimitRetriesMax : retriesMax;
      if (!isWorthIt || retry > most) throw failure;
      deps.log("warn", "model.retry", { kind, status, retry, delayMs });
      if (hasSpoken) yield { kind: "restarted", reason: failure.kind };
      await deps.clock.sleep(delayMs, signal);
      signal.throwIfAborted();
    }
  }
}
