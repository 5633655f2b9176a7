import type { HermesError } from "../errors.ts";
import { backoffDelayMs } from "../runtime/backoff.ts";
import type { Clock } from "../runtime/clock.ts";
import type { Log } from "../runtime/log.ts";
import { NetworkError } from "../runtime/network_error.ts";
import type { Random } from "../runtime/random.ts";
import type { MattermostApi } from "./api.ts";
import { confirmDeadToken } from "./confirm_dead_token.ts";
import { isUnauthorized, MattermostApiError, UnexpectedAnswerError } from "./errors.ts";

export interface UntilAnsweredDeps {
  readonly api: MattermostApi;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

const RETRY_DELAYS = { delayMsMin: 1_000, delayMsMax: 60_000 };

/**
 * Does `work`, which may be done twice, until the server answers it: what is away, overloaded or
 * restarting comes back. @throws UnauthorizedError when the token is dead, what else waiting does
 * not mend, and any failure after `msMax`.
 */
export async function untilAnswered<T>(
  work: () => Promise<T>,
  options: {
    readonly msMax: number;
    /** Which failures to wait out; without it those that `isTemporary` finds. */
    readonly mayPass?: (error: unknown) => error is HermesError;
  },
  deps: UntilAnsweredDeps,
  signal: AbortSignal,
): Promise<T> {
  const { msMax, mayPass = isTemporary } = options;
  const startedAtMs = deps.clock.nowMs();
  for (let attempt = 1;; attempt++) {
    try {
      return await work();
    } catch (error) {
      signal.throwIfAborted();
      const isDoubtful = isUnauthorized(error);
      if (isDoubtful) await confirmDeadToken(deps, signal);
      const isLate = deps.clock.nowMs() - startedAtMs > msMax;
      if (isLate || !(isDoubtful || mayPass(error))) throw error;
      const retryInMs = backoffDelayMs(attempt, RETRY_DELAYS, deps.random);
      deps.log("warn", "mattermost.retry", { error: error.message, retryInMs });
      await deps.clock.sleep(retryInMs, signal);
      signal.throwIfAborted();
    }
  }
}

/**
 * Whether it may pass by itself; a refusal and an untrusted certificate do not. Where the address has
 * proved right, a page in the place of an answer is the notice of a proxy.
 */
export function isTemporary(error: unknown): error is HermesError {
  if (error instanceof NetworkError) return !error.kind.startsWith("tls_");
  if (error instanceof UnexpectedAnswerError) return true;
  return error instanceof MattermostApiError && (error.status >= 500 || error.status === 429);
}
