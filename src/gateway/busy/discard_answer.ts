import { untilAnswered } from "../../mattermost/until_answered.ts";
import { DELIVERY_MS_MAX } from "../../replies/deliver_post.ts";
import { findReplyPosts } from "../../replies/find_reply_posts.ts";
import type { SessionKey } from "../../sessions/session_store.ts";
import type { ExchangeDeps } from "../exchange_deps.ts";
import type { InboundMessage } from "../inbound.ts";
import { replyTarget } from "../post_note.ts";

/** Takes away all that was kept and posted in answer to a message that its author has deleted. */
export async function discardAnswer(
  message: InboundMessage,
  key: SessionKey,
  { delivery, sessions, sessionOptions }: ExchangeDeps,
  signal: AbortSignal,
): Promise<void> {
  await sessions.rewind(key, message.postId);
  const target = replyTarget(message, sessionOptions);
  const find = () => findReplyPosts(message.postId, target, delivery, signal);
  const posts = await untilAnswered(find, { msMax: DELIVERY_MS_MAX }, delivery, signal);
  for (const { id: postId } of posts.values()) {
    await delivery.api.deletePost(postId, signal).catch((error) => {
      delivery.log("warn", "reply.not_removed", { postId, error: String(error) });
    });
  }
}
