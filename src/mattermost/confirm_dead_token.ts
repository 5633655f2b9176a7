import { HermesError } from "../errors.ts";
import type { Clock } from "../runtime/clock.ts";
import type { Log } from "../runtime/log.ts";
import type { MattermostApi } from "./api.ts";
import { isUnauthorized, UnauthorizedError } from "./errors.ts";

/** Wait before a refused token is tried again. */
const SECOND_TRY_DELAY_MS = 1_000;

/**
 * Tries the token again after a request was refused with 401: a server whose database does not
 * answer refuses good tokens too. Returns when the token works, or when nobody can tell.
 * Source: app/session.go, createSessionForUserAccessToken.
 *
 * @throws UnauthorizedError when the token is refused again.
 */
export async function confirmDeadToken(
  deps: { readonly api: MattermostApi; readonly clock: Clock; readonly log: Log },
  signal: AbortSignal,
): Promise<void> {
  deps.log("warn", "mattermost.token_refused", { retryInMs: SECOND_TRY_DELAY_MS });
  await deps.clock.sleep(SECOND_TRY_DELAY_MS, signal);
  try {
    await deps.api.getMe(signal);
  } catch (error) {
    if (isUnauthorized(error)) throw new UnauthorizedError(error);
    if (!signal.aborted && !(error instanceof HermesError)) throw error;
  }
}
