import { backoffDelayMs } from "../runtime/backoff.ts";
import type { Clock } from "../runtime/clock.ts";
import type { Log } from "../runtime/log.ts";
import { NetworkError } from "../runtime/network_error.ts";
import type { Random } from "../runtime/random.ts";
import type { MattermostApi } from "./api.ts";
import { confirmDeadToken } from "./confirm_dead_token.ts";
import { isUnauthorized, MattermostApiError } from "./errors.ts";
import type { User } from "./types.ts";

const RETRY_DELAYS = { delayMsMin: 2_000, delayMsMax: 60_000 };

export interface SignInDeps {
  readonly api: MattermostApi;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

/**
 * Proves the token before anything is built on it, and says whose it is. Waits for a server that is
 * down or overloaded. The second request is for servers that want MFA: they answer the first one without it.
 *
 * @throws UnauthorizedError, or what else cannot get better by waiting: a wrong address, missing
 * MFA, an untrusted certificate.
 */
export async function signIn(deps: SignInDeps, signal: AbortSignal): Promise<User> {
  for (let attempt = 1;; attempt++) {
    try {
      const me = await deps.api.getMe(signal);
      await deps.api.getMyChannels(signal);
      return me;
    } catch (error) {
      signal.throwIfAborted();
      if (isUnauthorized(error)) await confirmDeadToken(deps, signal);
      else if (!isTemporary(error)) throw error;
      const retryInMs = backoffDelayMs(attempt, RETRY_DELAYS, deps.random);
      deps.log("warn", "mattermost.server_down", { error: error.message, retryInMs });
      await deps.clock.sleep(retryInMs, signal);
      signal.throwIfAborted();
    }
  }
}

/** A server that is out of database connections answers 403, here to what every account may do. */
function isTemporary(error: unknown): error is NetworkError | MattermostApiError {
  if (error instanceof NetworkError) return !error.kind.startsWith("tls_");
  if (!(error instanceof MattermostApiError)) return false;
  return error.status >= 500 || error.kind === "rate_limited" || error.kind === "forbidden";
}
