import type { InboundMessage, PostOrigin } from "./inbound.ts";

/** Who is answered, and where. Frozen at start. */
export interface GatePolicy {
  /** User ids that may talk to the bot. Empty means nobody. */
  readonly allowedUsers: ReadonlySet<string>;
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
}

export type GateDecision =
  | { readonly kind: "answer" }
  | { readonly kind: "ignore"; readonly reason: IgnoreReason };

export type IgnoreReason =
  | `from_${Exclude<PostOrigin, "person">}`
  | "channel_not_allowed"
  | "not_mentioned"
  | "user_not_allowed";

/** Decides whether Hermes answers a message. The order of the tests is the order of the reasons. */
export function gate(message: InboundMessage, policy: GatePolicy): GateDecision {
  if (message.origin !== "person") return ignore(`from_${message.origin}`);
  if (!isDirect(message, policy)) {
    const { allowedChannels, freeResponseChannels } = policy;
    if (allowedChannels.size > 0 && !allowedChannels.has(message.channelId)) {
      return ignore("channel_not_allowed");
    }
    const needsMention = policy.requireMention && !freeResponseChannels.has(message.channelId);
    if (needsMention && !message.mentionsBot) return ignore("not_mentioned");
  }
  if (!policy.allowAllUsers && !policy.allowedUsers.has(message.senderId)) {
    return ignore("user_not_allowed");
  }
  return { kind: "answer" };
}

function isDirect({ channelKind }: InboundMessage, { groupMessages }: GatePolicy): boolean {
  return channelKind === "dm" || (channelKind === "group" && groupMessages === "dm");
}

function ignore(reason: IgnoreReason): GateDecision {
  return { kind: "ignore", reason };
}
