import type { SessionKey } from "../sessions/session_store.ts";
import type { ChannelKind, InboundMessage } from "./inbound.ts";

export interface SessionOptions {
  /** People in one channel do not share a session. */
  readonly groupSessionsPerUser: boolean;
  /** Nor do people in one thread. Without effect when `groupSessionsPerUser` is off. */
  readonly threadSessionsPerUser: boolean;
  readonly replyModes: ReplyModes;
}

/** `thread`: a message in a channel opens a thread of its own, and so a session of its own. */
export type ReplyMode = "off" | "thread";

/** How messages are answered, by the kind of channel. */
export type ReplyModes = Readonly<Record<ChannelKind, ReplyMode>>;

/** The part of a key that names the kind of channel; spelled as the Python original spells it. */
const KEY_KINDS: Readonly<Record<ChannelKind, string>> = {
  dm: "dm",
  group: "group",
  private: "group",
  public: "channel",
};

/**
 * Which conversation a message belongs to: a direct message channel, a thread, or one person's talk
 * in a channel, e.g. `agent:main:mattermost:channel:<channel id>:<user id>`.
 */
export function sessionKey(message: InboundMessage, options: SessionOptions): SessionKey {
  const parts = ["agent", "main", "mattermost", KEY_KINDS[message.channelKind], message.channelId];
  const threadId = threadOf(message, options);
  if (threadId !== "") parts.push(threadId);
  if (message.channelKind !== "dm" && !isShared(message, options)) parts.push(message.senderId);
  return parts.join(":") as SessionKey;
}

/** Whether several people may talk in the message's session, so that each message names its speaker. */
export function isShared(message: InboundMessage, options: SessionOptions): boolean {
  if (message.channelKind === "dm") return false;
  if (!options.groupSessionsPerUser) return true;
  return threadOf(message, options) !== "" && !options.threadSessionsPerUser;
}

/** The thread in which a message is answered, or `""`. */
export function threadOf(message: InboundMessage, options: SessionOptions): string {
  if (message.rootId !== "") return message.rootId;
  return opensThread(message, options) ? message.postId : "";
}

/**
 * Whether the answer opens a thread with a session of its own. A direct message stays in the session
 * of its channel also where the answer goes into a thread: people go on below the answer or in the
 * channel, and expect the same memory.
 */
export function opensThread(message: InboundMessage, { replyModes }: SessionOptions): boolean {
  const { channelKind, rootId } = message;
  return replyModes[channelKind] === "thread" && rootId === "" && channelKind !== "dm";
}
