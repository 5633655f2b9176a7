import type { MattermostApi, PostChange } from "../mattermost/api.ts";
import { MattermostApiError } from "../mattermost/errors.ts";
import { untilAnswered, type UntilAnsweredDeps } from "../mattermost/until_answered.ts";
import { defusePost } from "./defuse_mentions.ts";
import { DELIVERY_MS_MAX } from "./deliver_post.ts";

/** `gone`: somebody deleted the post. `locked`: it may not be edited (any more). */
export type EditOutcome = "edited" | "gone" | "locked";

/** Wait before a refusal is believed: a busy server answers 403 by mistake. */
const SECOND_TRY_DELAY_MS = 1_000;

/**
 * Makes a post of ours say something else; a text alone leaves the props as they are. Repeating an edit changes nothing, so whatever may pass is
 * tried again, for an hour. @throws the last error when it did not pass.
 */
export async function editPost(
  postId: string,
  text: string | PostChange,
  deps: UntilAnsweredDeps,
  signal: AbortSignal,
): Promise<EditOutcome> {
  const change = typeof text === "string" ? { message: text } : text;
  const edit = () => editOnce(postId, change, deps.api, signal);
  const first = await untilAnswered(edit, { msMax: DELIVERY_MS_MAX }, deps, signal);
  if (first !== "doubtful") return first;
  await deps.clock.sleep(SECOND_TRY_DELAY_MS, signal);
  const second = await untilAnswered(edit, { msMax: DELIVERY_MS_MAX }, deps, signal);
  return second === "doubtful" ? "locked" : second;
}

async function editOnce(
  postId: string,
  change: PostChange,
  api: MattermostApi,
  signal: AbortSignal,
): Promise<EditOutcome | "doubtful"> {
  try {
    await api.patchPost(postId, { ...change, message: defusePost(change.message) }, signal);
    return "edited";
  } catch (error) {
    const isRefused = error instanceof MattermostApiError && [400, 403, 404].includes(error.status);
    if (!isRefused || signal.aborted) throw error;
    if (!await exists(postId, api, signal)) return "gone";
    return error.status === 403 ? "doubtful" : "locked";
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
