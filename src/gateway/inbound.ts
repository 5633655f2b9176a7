import type { PostedEvent } from "../mattermost/events.ts";
import { findMentions, mentionsUser, stripMention } from "../mattermost/mentions.ts";
import type { Post } from "../mattermost/types.ts";
import { type Spoken, spokenFor } from "./callbacks/spoken_post.ts";

/** A post that someone wrote, in our words: the last place that knows Mattermost's field names. */
export interface InboundMessage {
  readonly postId: string;
  readonly channelId: string;
  readonly channelKind: ChannelKind;
  /** As people read it, e.g. `Town Square`; of a direct message the other person's name. */
  readonly channelName: string;
  /** Thread the post is in, or `""`. */
  readonly rootId: string;
  readonly senderId: string;
  readonly senderName: string;
  /** What was said, without the mention that addressed the bot. */
  readonly text: string;
  readonly mentionsBot: boolean;
  /** Whether it calls somebody else, or all, by the server's rules. */
  readonly mentionsOthers: boolean;
  readonly origin: PostOrigin;
  /** Whether it is the server's notice that the bot was added to the channel. */
  readonly addsBot: boolean;
  readonly files: readonly AttachedFile[];
  /** Server's clock, milliseconds since 1970-01-01 UTC. */
  readonly createdAtMs: number;
}

export type ChannelKind = "dm" | "group" | "private" | "public";

/** Who is behind a post. A webhook's post carries the user id of the person who made the webhook. */
export type PostOrigin =
  | "person"
  | "self"
  | "bot"
  | "webhook"
  | "plugin"
  | "oauth_app"
  | "system"
  /** There is no post: the conversation is told something that nobody wrote. */
  | "nobody";

export interface AttachedFile {
  readonly id: string;
  readonly name: string;
  readonly mimeType: string;
  readonly sizeBytes: number;
}

/** The bot as the server knows it. */
export interface BotIdentity {
  readonly userId: string;
  readonly username: string;
}

export const CHANNEL_KINDS = { D: "dm", G: "group", P: "private", O: "public" } as const;

/** Post types that a person can write: an ordinary post, and `/me`. Source: model.Post. */
const WRITTEN_TYPES: readonly string[] = ["", "me"];

/** Props that a server sets on posts that no person typed. Source: app/post.go, webhook.go, command.go. */
const ORIGIN_PROPS = [
  ["from_webhook", "webhook"],
  ["from_bot", "bot"],
  ["from_plugin", "plugin"],
  ["from_oauth_app", "oauth_app"],
] as const;

export function toInboundMessage(event: PostedEvent, bot: BotIdentity): InboundMessage {
  const { post } = event;
  const spoken = spokenFor(post, bot.userId);
  const mention = mentionsUser(post.message, bot.username);
  return {
    postId: post.id,
    channelId: post.channel_id,
    channelKind: CHANNEL_KINDS[event.channelType],
    channelName: event.channelDisplayName || event.channelName,
    rootId: post.root_id,
    senderId: post.user_id,
    senderName: event.senderName,
    text: mention === undefined
      ? withoutBlankEnds(post.message)
      : stripMention(post.message, mention).trim(),
    mentionsBot: mention !== undefined,
    mentionsOthers: mentionsOthers(post.message, bot.username),
    origin: originOf(post, bot.userId),
    addsBot: post.type === "system_add_to_channel" && post.props.addedUserId === bot.userId,
    files: post.files.map((file) => ({
      id: file.id,
      name: file.name,
      mimeType: file.mime_type,
      sizeBytes: file.size,
    })),
    createdAtMs: post.create_at,
    ...(spoken === undefined ? {} : asSaidBy(spoken)),
  };
}

/** What the bot has said for a person is as good as said by that person. */
function asSaidBy({ userId, userName, text }: Spoken): Partial<InboundMessage> {
  const said = { senderId: userId, senderName: userName, text, mentionsBot: true };
  return { ...said, mentionsOthers: false, origin: "person" };
}

function mentionsOthers(text: string, username: string): boolean {
  const { names, here, channel, all } = findMentions(text);
  return here || channel || all || [...names].some((name) => name !== username.toLowerCase());
}

/** Blanks before the first word stay: four of them make it code. */
function withoutBlankEnds(text: string): string {
  return text.replace(/^(?:[ \t]*\r?\n)+/, "").trimEnd();
}

/** Who is behind a post, as the server marks it. */
export function originOf(post: Post, botUserId: string): PostOrigin {
  if (post.user_id === botUserId) return "self";
  if (!WRITTEN_TYPES.includes(post.type)) return "system";
  return ORIGIN_PROPS.find(([prop]) => isSet(post.props[prop]))?.[1] ?? "person";
}

/** Servers write these props as `"true"`; other clients may write `true`. */
function isSet(value: unknown): boolean {
  return value === true || value === "true";
}
