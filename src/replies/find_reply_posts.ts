import type { MattermostApi } from "../mattermost/api.ts";
import type { Post } from "../mattermost/types.ts";
import type { ReplyTarget } from "./deliver_post.ts";

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
  const { api, botUserId } = deps;
  const [inChannel, inThread] = await Promise.all([
    api.getPostsAfter(target.channelId, answerTo, signal),
    target.rootId === "" ? [] : api.getThread(target.rootId, signal).catch(() => []),
  ]);
  const found = new Map<number, Post>();
  for (const post of [...inChannel, ...inThread]) {
    const marker = replyMarker(post);
    if (post.user_id === botUserId && marker?.re === answerTo) found.set(marker.part, post);
  }
  return found;
}

/** What our posts carry to tell which post they answer; `undefined` on other posts. */
export function replyMarker(post: Post): { re: string; part: number } | undefined {
  const marker = post.props["hermes"];
  if (typeof marker !== "object" || marker === null) return undefined;
  const { re, part } = marker as { re?: unknown; part?: unknown };
  return typeof re === "string" && typeof part === "number" ? { re, part } : undefined;
}
