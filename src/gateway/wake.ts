import type { SessionKey } from "../sessions/session_store.ts";
import type { InboundMessage } from "./inbound.ts";
import type { SessionOptions } from "./session_key.ts";

/** Something that a conversation is told of without anyone having written. */
export interface Wake {
  readonly sessionKey: SessionKey;
  readonly text: string;
}

/** Wakes that wait to be taken; of more, the newest are lost. */
export const WAKES_WAITING_MAX = 100;

/** Conversations whose newest message is kept; others cannot be woken. */
export const CONVERSATIONS_MAX = 1_000;

/**
 * What a conversation is told, in the form of a message. The answer goes where that to `last` went.
 *
 * @param last The newest message of the conversation.
 * @param id Different for each wake.
 */
export function toWakeMessage(
  { text }: Wake,
  last: InboundMessage,
  { replyModes }: SessionOptions,
  id: string,
): InboundMessage {
  const ownThread = replyModes[last.channelKind] === "thread" ? last.postId : "";
  return {
    ...last,
    postId: `${last.postId}.${id}`, // `findReplyPosts` looks behind the post before the dot.
    rootId: last.rootId || ownThread,
    text,
    mentionsBot: false,
    origin: "nobody",
    files: [],
  };
}
