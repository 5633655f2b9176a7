import type { InboundMessage, PostOrigin } from "./inbound.ts";

/** Who is answered, and where. Frozen at start. */
export interface GatePolicy {
  /** User ids that may talk to the bot. Empty means nobody. */
  readonly allowedUsers: Pick<ReadonlySet<string>, "has">;
  /** Answer everyone on the server; `allowedUsers` then says nothing. */
  readonly allowAllUsers: boolean;
  /** Answer in channels and group messages only when mentioned. */
  readonly requireMention: boolean;
  /** Channel ids in which no mention is needed. */
  readonly freeResponseChannels: ReadonlySet<string>;
  /** Channel ids outside which the bot is silent, direct messages apart. Empty means all channels. */
  readonly allowedChannels: ReadonlySet<string>;
  /** As what group messages count. */
  readonly groupMessages: "channel" | "dm";
  /** Which of the other bots and webhooks are heard, of those that people could be. */
  readonly bots: BotPolicy;
  /** Whether the bot says hello in a channel that it is added to. */
  readonly greets: boolean;
}

export interface BotPolicy {
  /** `mentions`: bots that call this one by name. `all`: webhooks and apps as well, as if they were people. */
  readonly mode: "none" | "mentions" | "all";
  /** User ids that are heard in any mode, and are let in. */
  readonly userIds: ReadonlySet<string>;
}

export type GateDecision =
  | { readonly kind: "answer" }
  | { readonly kind: "ignore"; readonly reason: IgnoreReason };

export type IgnoreReason =
  | `from_${Exclude<PostOrigin, "person">}`
  | "channel_not_allowed"
  | "not_mentioned"
  | "for_others"
  | "bot_budget"
  | "user_not_allowed";

/**
 * Decides whether Hermes answers a message. The order of the tests is the order of the reasons.
 *
 * @param isFollowed Whether it stands in a thread in which no mention is needed: what is said there to
 * somebody else by name is not for the bot, nor is anything of people who are not let in.
 */
export function gate(
  message: InboundMessage,
  policy: GatePolicy,
  isFollowed = false,
): GateDecision {
  if (message.origin !== "person" && !isHeardBot(message, policy)) {
    return ignore(`from_${message.origin}`);
  }
  if (!isDirect(message, policy)) {
    const { allowedChannels, freeResponseChannels } = policy;
    if (allowedChannels.size > 0 && !allowedChannels.has(message.channelId)) {
      return ignore("channel_not_allowed");
    }
    const needsMention = policy.requireMention && !freeResponseChannels.has(message.channelId);
    if (needsMention && !message.mentionsBot) {
      const isFollowUp = isFollowed && message.origin === "person";
      if (!isFollowUp || !isLetIn(message.senderId, policy)) return ignore("not_mentioned");
      if (message.mentionsOthers) return ignore("for_others");
    }
  }
  if (!isLetIn(message.senderId, policy)) return ignore("user_not_allowed");
  return { kind: "answer" };
}

/** Whether what this user says may have any effect: the only place where that is decided. */
export function isLetIn(
  userId: string,
  { allowAllUsers, allowedUsers, bots }: Pick<
    GatePolicy,
    "allowAllUsers" | "allowedUsers" | "bots"
  >,
): boolean {
  return allowAllUsers || allowedUsers.has(userId) || bots.userIds.has(userId);
}

/** Webhooks and apps post under the id of a person, and say what anybody may have made them say. */
function isHeardBot(message: InboundMessage, policy: GatePolicy): boolean {
  const { origin, senderId, mentionsBot } = message;
  if (!AUTOMATIC.includes(origin)) return false;
  const { mode, userIds } = policy.bots;
  if (userIds.has(senderId) || mode === "all") return true;
  return mode === "mentions" && origin === "bot" && mentionsBot;
}

const AUTOMATIC: readonly PostOrigin[] = ["bot", "webhook", "plugin", "oauth_app"];

/** Whether the bot says hello where it was added. */
export function greetsIn({ channelId }: InboundMessage, policy: GatePolicy): boolean {
  const { greets, allowedChannels } = policy;
  return greets && (allowedChannels.size === 0 || allowedChannels.has(channelId));
}

function isDirect({ channelKind }: InboundMessage, { groupMessages }: GatePolicy): boolean {
  return channelKind === "dm" || (channelKind === "group" && groupMessages === "dm");
}

function ignore(reason: IgnoreReason): GateDecision {
  return { kind: "ignore", reason };
}
