import type { HermesError } from "../errors.ts";
import { MattermostApiError, UnexpectedAnswerError } from "./errors.ts";
import type { User } from "./types.ts";
import { isTemporary, untilAnswered, type UntilAnsweredDeps } from "./until_answered.ts";

/**
 * Proves the token before anything is built on it, and says whose it is. Waits for a server that is
 * down or overloaded. The second request is for servers that want MFA: they answer the first one
 * without it.
 *
 * @throws UnauthorizedError, or what else cannot get better by waiting: a wrong address, missing
 * MFA, an untrusted certificate.
 */
export async function signIn(deps: UntilAnsweredDeps, signal: AbortSignal): Promise<User> {
  const ask = async () => {
    const me = await deps.api.getMe(signal);
    await deps.api.getMyChannels(signal);
    return me;
  };
  return await untilAnswered(ask, { msMax: Infinity, mayPass }, deps, signal);
}

/** A server that is out of database connections answers 403, here to what every account may do. */
function mayPass(error: unknown): error is HermesError {
  // A page with another status: nobody has proved yet that the address is right.
  if (error instanceof UnexpectedAnswerError) return error.status >= 500;
  const isDoubtful = error instanceof MattermostApiError && error.kind === "forbidden";
  return isDoubtful || isTemporary(error);
}
