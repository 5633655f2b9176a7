import type { SessionKey } from "../sessions/session_store.ts";
import type { InboundMessage } from "./inbound.ts";
import type { ReplyMode } from "./session_key.ts";

/** Something that a conversation is told of without anyone having written. */
export interface Wake {
  readonly sessionKey: SessionKey;
  readonly text: string;
}

/** Wakes that wait to be taken; of more, the newest are lost. */
export const WAKES_WAITING_MAX = 100;

/**
 * What a conversation is told, in the form of a message. The answer goes where that to `last` went.
 *
 * @param last The newest message of the conversation.
 * @param id Different for each wake.
 */
export function toWakeMessage(
  { text }: Wake,
  last: InboundMessage,
  replyMode: ReplyMode,
  id: string,
): InboundMessage {
  const ownThread = replyMode === "thread" ? last.postId : "";
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

/** Conversations whose newest message is kept; others are not woken. */
const CONVERSATIONS_MAX = 1_000;

/** The newest message of each conversation, which tells where it takes place. */
export class NewestMessages {
  readonly #messages = new Map<SessionKey, InboundMessage>();

  note(sessionKey: SessionKey, message: InboundMessage): void {
    this.#messages.delete(sessionKey);
    this.#messages.set(sessionKey, { ...message, text: "", files: [] });
    const [oldest] = this.#messages.keys();
    if (this.#messages.size > CONVERSATIONS_MAX && oldest !== undefined) {
      this.#messages.delete(oldest);
    }
  }

  of(sessionKey: SessionKey): InboundMessage | undefined {
    return this.#messages.get(sessionKey);
  }
}
