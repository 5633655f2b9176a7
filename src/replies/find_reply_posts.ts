import type { MattermostApi } from "../mattermost/api.ts";
import { MattermostApiError } from "../mattermost/errors.ts";
import type { Post } from "../mattermost/types.ts";
import type { ReplyTarget } from "./deliver_post.ts";

/** Pages of 200 posts that are looked through after the post that is answered. */
const PAGES_MAX = 20;

/**
 * The posts of our answer to `answerTo` that the server has, by the index of the part. They carry
 * a marker in their props, `hermes: { re, part }`, which the server keeps.
 */
export async function findReplyPosts(
  answerTo: string,
  target: ReplyTarget,
  deps: { readonly api: MattermostApi; readonly botUserId: string },
  signal: AbortSignal,
): Promise<ReadonlyMap<number, Post>> {
  const found = new Map<number, Post>();
  for await (const { post, re, part } of findMarkedPosts(answerTo, target, deps, signal)) {
    if (re === answerTo) found.set(part, post);
  }
  return found;
}

/** Our posts after `answerTo`, each with what its marker says that it answers. */
export async function* findMarkedPosts(
  answerTo: string,
  target: ReplyTarget,
  deps: { readonly api: MattermostApi; readonly botUserId: string },
  signal: AbortSignal,
): AsyncGenerator<{ readonly post: Post; readonly re: string; readonly part: number }> {
  for await (const post of candidates(answerTo, target, deps.api, signal)) {
    const marker = replyMarker(post);
    const isOurs = post.user_id === deps.botUserId && post.delete_at === 0;
    if (isOurs && marker !== undefined) yield { post, ...marker };
  }
}

/** In a thread the answer is among its replies; in a channel it is somewhere after the question. */
async function* candidates(
  answerTo: string,
  { channelId, rootId }: ReplyTarget,
  api: MattermostApi,
  signal: AbortSignal,
): AsyncGenerator<Post> {
  if (rootId !== "") yield* await threadUnlessGone(rootId, api, signal);
  for (let page = 0; page < PAGES_MAX; page++) {
    const query = { channelId, afterPostId: postBefore(answerTo), page };
    const { posts, isLast } = await api.getPostsPage(query, signal);
    yield* posts;
    if (isLast) return;
  }
}

/** An answer to no post is named for the one that it comes after, with a dot and more behind. */
function postBefore(answerTo: string): string {
  return answerTo.split(".")[0] ?? "";
}

async function threadUnlessGone(
  rootId: string,
  api: MattermostApi,
  signal: AbortSignal,
): Promise<readonly Post[]> {
  try {
    return await api.getThread(rootId, signal);
  } catch (error) {
    if (error instanceof MattermostApiError && error.status === 404) return [];
    throw error;
  }
}

/** What our posts carry to tell which post they answer; `undefined` on other posts. */
export function replyMarker(
  post: Pick<Post, "props">,
): { readonly re: string; readonly part: number } | undefined {
  const marker = post.props["hermes"];
  if (typeof marker !== "object" || marker === null) return undefined;
  const { re, part } = marker as { re?: unknown; part?: unknown };
  return typeof re === "string" && typeof part === "number" ? { re, part } : undefined;
}
