import type { MattermostApi } from "../mattermost/api.ts";
import { MattermostApiError } from "../mattermost/errors.ts";
import type { Post } from "../mattermost/types.ts";
import type { ReplyTarget } from "./deliver_post.ts";

/** Pages of 200 posts that are looked through after the post that is answered. */
const PAGES_MAX = 20;
/** How far our clock and the server's may be apart. */
const CLOCKS_APART_MS_MAX = 3_600_000;

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

/**
 * The name under which a message is posted that answers nothing: with the time before which it was
 * not posted, by our clock.
 */
export function namedByTime(atMs: number, id: string): string {
  return `.${atMs}.${id}`;
}

/** In a thread the answer is among its replies; in a channel it is somewhere after the question. */
async function* candidates(
  answerTo: string,
  { channelId, rootId }: ReplyTarget,
  api: MattermostApi,
  signal: AbortSignal,
): AsyncGenerator<Post> {
  if (rootId !== "") yield* await threadUnlessGone(rootId, api, signal);
  if (answerTo.startsWith(".")) return yield* postsSince(timeOf(answerTo), channelId, api, signal);
  for (let page = 0; page < PAGES_MAX; page++) {
    const query = { channelId, afterPostId: postBefore(answerTo), page };
    const { posts, isLast } = await api.getPostsPage(query, signal);
    yield* posts;
    if (isLast) return;
  }
}

/** Back from the newest post to those of this time. */
async function* postsSince(
  atMs: number,
  channelId: string,
  api: MattermostApi,
  signal: AbortSignal,
): AsyncGenerator<Post> {
  const oldestMs = atMs - CLOCKS_APART_MS_MAX;
  for (let page = 0; page < PAGES_MAX; page++) {
    const { posts, isLast } = await api.getPostsPage({ channelId, page }, signal);
    yield* posts;
    if (isLast || (posts[0]?.create_at ?? 0) < oldestMs) return;
  }
}

/** 0 for a name that does not tell it. */
function timeOf(answerTo: string): number {
  return Number(answerTo.split(".")[1]) || 0;
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
