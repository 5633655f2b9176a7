import type { MattermostApi } from "../mattermost/api.ts";
import { MattermostApiError, UnexpectedAnswerError } from "../mattermost/errors.ts";
import { backoffDelayMs } from "../runtime/backoff.ts";
import type { Clock } from "../runtime/clock.ts";
import { NetworkError } from "../runtime/network_error.ts";
import type { Random } from "../runtime/random.ts";

/** `gone`: somebody deleted the post. `locked`: it may not be edited (any more). */
export type EditOutcome = "edited" | "gone" | "locked";

export interface EditDeps {
  readonly api: MattermostApi;
  readonly clock: Clock;
  readonly random: Random;
}

const EDIT_ATTEMPTS_MAX = 8;
const RETRY_DELAYS = { delayMsMin: 500, delayMsMax: 30_000 };

/**
 * Makes a post of ours say `message`. Repeating an edit changes nothing, so whatever may pass is
 * tried again. @throws the last error when it did not pass.
 */
export async function editPost(
  postId: string,
  message: string,
  deps: EditDeps,
  signal: AbortSignal,
): Promise<EditOutcome> {
  for (let attempt = 1;; attempt++) {
    try {
      await deps.api.patchPost(postId, message, signal);
      return "edited";
    } catch (error) {
      signal.throwIfAborted();
      const isApiError = error instanceof MattermostApiError;
      if (isApiError && [400, 403, 404].includes(error.status)) {
        return await exists(postId, deps.api, signal) ? "locked" : "gone";
      }
      if (attempt >= EDIT_ATTEMPTS_MAX || !mayPass(error)) throw error;
      const retryAfterMs = isApiError ? error.retryAfterMs : 0;
      const delayMs = retryAfterMs || backoffDelayMs(attempt, RETRY_DELAYS, deps.random);
      await deps.clock.sleep(delayMs, signal);
    }
  }
}

/** An edit of a deleted post answers 403, as an edit without permission does. Only a read tells. */
async function exists(postId: string, api: MattermostApi, signal: AbortSignal): Promise<boolean> {
  try {
    return (await api.getPost(postId, signal)).delete_at === 0;
  } catch (error) {
    if (error instanceof MattermostApiError && error.status === 404) return false;
    throw error;
  }
}

function mayPass(error: unknown): boolean {
  if (error instanceof NetworkError) return true;
  const hasStatus = error instanceof MattermostApiError || error instanceof UnexpectedAnswerError;
  return hasStatus && (error.status === 429 || error.status >= 500);
}
