import { HermesError } from "../errors.ts";
import type { MattermostApi } from "./api.ts";
import { confirmDeadToken } from "./confirm_dead_token.ts";
import { isUnauthorized, MattermostApiError } from "./errors.ts";
import type { User } from "./types.ts";
import { isTemporary, untilAnswered, type UntilAnsweredDeps } from "./until_answered.ts";

export interface SignInDeps extends UntilAnsweredDeps {
  readonly api: MattermostApi;
}

/**
 * Proves the token before anything is built on it, and says whose it is. Waits for a server that is
 * down or overloaded. The second request is for servers that want MFA: they answer the first one without it.
 *
 * @throws UnauthorizedError, or what else cannot get better by waiting: a wrong address, missing
 * MFA, an untrusted certificate.
 */
export async function signIn(deps: SignInDeps, signal: AbortSignal): Promise<User> {
  const ask = async () => {
    try {
      const me = await deps.api.getMe(signal);
      await deps.api.getMyChannels(signal);
      return me;
    } catch (error) {
      if (isUnauthorized(error)) await confirmDeadToken(deps, signal);
      throw error;
    }
  };
  return await untilAnswered(ask, { msMax: Infinity, mayPass }, deps, signal);
}

/**
 * A server that is out of database connections answers 403, here to what every account may do, and
 * 401 to a token that proved good when it was tried again.
 */
function mayPass(error: unknown): error is HermesError {
  const isDoubtful = error instanceof MattermostApiError &&
    (error.kind === "forbidden" || error.kind === "unauthorized");
  return isDoubtful || isTemporary(error);
}
