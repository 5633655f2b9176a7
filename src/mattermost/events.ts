import {
  asNumber,
  asObject,
  asText,
  decodePost,
  decodeReaction,
  decodeUser,
  isChannelType,
  parseJson,
} from "./decode.ts";
import type { ChannelType, Post, Reaction, User } from "./types.ts";

/** Somebody posted; `via` tells whether the socket said so or the catch-up found it. */
export interface PostedEvent {
  readonly kind: "posted";
  readonly post: Post;
  readonly channelType: ChannelType;
  readonly channelName: string;
  /** As people read it; of a direct channel `@` and the other person's name. */
  readonly channelDisplayName: string;
  /** `""` in direct and group channels. */
  readonly teamId: string;
  /** Without the `@`. */
  readonly senderName: string;
  readonly via: "socket" | "catch_up";
}

/** What the socket tells us about the world, in our words. */
export type SocketEvent =
  | PostedEvent
  | { readonly kind: "post_edited"; readonly post: Post }
  | { readonly kind: "post_deleted"; readonly post: Post }
  | { readonly kind: "reaction_added"; readonly reaction: Reaction }
  | { readonly kind: "reaction_removed"; readonly reaction: Reaction }
  /** The bot, or somebody else, came to this channel or left it. */
  | { readonly kind: "membership_changed"; readonly channelId: string }
  /** The bot was removed from this channel, or it was archived: nothing can be posted there. */
  | { readonly kind: "channel_closed"; readonly channelId: string }
  /** The bot, or somebody else, may have another name now. */
  | { readonly kind: "user_updated"; readonly user: User };

/** One frame of the socket. */
export type ServerFrame =
  | {
    readonly kind: "hello";
    readonly seq: number;
    readonly connectionId: string;
    /** E.g. `11.6.0`. */
    readonly serverVersion: string;
  }
  | {
    readonly kind: "reply";
    /** The request it answers; 0 when the server could not tell. */
    readonly seqReply: number;
    /** HTTP-like: 200 when the server said OK. */
    readonly status: number;
    /** `undefined` unless the reply carries it: the answer to a ping does. */
    readonly serverTimeMs: number | undefined;
  }
  | {
    readonly kind: "event";
    readonly seq: number;
    /** The server's name of it. */
    readonly name: string;
    /** `undefined` for what does not concern us and for what is malformed; its `seq` counts all the same. */
    readonly event: SocketEvent | undefined;
    /** It should concern us, and lacks something or is not JSON inside. */
    readonly isMalformed: boolean;
  };

/** Decodes one socket frame. `undefined` when it is not a frame of the protocol at all. */
export function decodeFrame(text: string): ServerFrame | undefined {
  const frame = asObject(parseJson(text));
  if (frame === undefined) return undefined;
  if (typeof frame.event !== "string") return decodeReply(frame);
  const seq = asNumber(frame.seq);
  if (seq === undefined) return undefined;
  const data = asObject(frame.data) ?? {};
  if (frame.event === "hello") {
    const connectionId = asText(data.connection_id);
    const serverVersion = /^\d+\.\d+\.\d+/.exec(asText(data.server_version))?.[0] ?? "";
    return { kind: "hello", seq, connectionId, serverVersion };
  }
  const event = decodeEvent(frame.event, data, asObject(frame.broadcast) ?? {});
  const isMalformed = event === "malformed";
  return {
    kind: "event",
    seq,
    name: frame.event,
    event: isMalformed ? undefined : event,
    isMalformed,
  };
}

function decodeReply(frame: Record<string, unknown>): ServerFrame | undefined {
  if (typeof frame.status !== "string") return undefined;
  const seqReply = asNumber(frame.seq_reply) ?? 0;
  const failure = asNumber(asObject(frame.error)?.status_code) ?? 500;
  const serverTimeMs = asNumber(asObject(frame.data)?.server_time);
  return { kind: "reply", seqReply, status: frame.status === "OK" ? 200 : failure, serverTimeMs };
}

function decodeEvent(
  name: string,
  data: Record<string, unknown>,
  broadcast: Record<string, unknown>,
): SocketEvent | "malformed" | undefined {
  switch (name) {
    case "posted":
      return decodePosted(data) ?? "malformed";
    case "post_edited":
    case "post_deleted": {
      const post = decodePost(parseInner(data.post));
      return post === undefined ? "malformed" : { kind: name, post };
    }
    case "reaction_added":
    case "reaction_removed": {
      const reaction = decodeReaction(parseInner(data.reaction));
      return reaction === undefined ? "malformed" : { kind: name, reaction };
    }
    case "user_added":
    case "user_removed":
    case "direct_added":
    case "group_added": {
      const channelId = asText(broadcast.channel_id) || asText(data.channel_id);
      if (channelId === "") return "malformed";
      // Addressed to one user it is about that user: the bot.
      const isOwnEnd = name === "user_removed" && asText(broadcast.user_id) !== "";
      return { kind: isOwnEnd ? "channel_closed" : "membership_changed", channelId };
    }
    case "channel_deleted": {
      const channelId = asText(data.channel_id) || asText(broadcast.channel_id);
      return channelId === "" ? "malformed" : { kind: "channel_closed", channelId };
    }
    case "user_updated": {
      const user = decodeUser(data.user);
      return user === undefined ? "malformed" : { kind: name, user };
    }
    default:
      return undefined;
  }
}

function decodePosted(data: Record<string, unknown>): PostedEvent | undefined {
  const post = decodePost(parseInner(data.post));
  if (post === undefined || !isChannelType(data.channel_type)) return undefined;
  return {
    kind: "posted",
    post,
    channelType: data.channel_type,
    channelName: asText(data.channel_name),
    channelDisplayName: asText(data.channel_display_name),
    teamId: asText(data.team_id),
    senderName: asText(data.sender_name).replace(/^@/, ""),
    via: "socket",
  };
}

/** Nested values are sent as JSON inside JSON. */
function parseInner(value: unknown): unknown {
  return typeof value === "string" ? parseJson(value) : undefined;
}
