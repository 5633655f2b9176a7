import { asObject, asText } from "../mattermost/decode.ts";
import type { Post } from "./records.ts";
import type { World } from "./world.ts";

/** Where something is said: a channel, and a thread of it or `""`. */
export interface ChatPlace {
  readonly channelId: string;
  readonly rootId: string;
}

/** A post as people see it. */
export interface ChatPost extends ChatPlace {
  readonly id: string;
  readonly author: string;
  readonly message: string;
  /** The post that it answers, in the bot's own words; `""` for all other posts. */
  readonly answerTo: string;
  /** Raised by each edit; no two changes of a world have the same time. */
  readonly updatedAtMs: number;
  readonly isDeleted: boolean;
}

export function toChatPost(post: Post, world: World): ChatPost {
  return {
    id: post.id,
    author: world.users.get(post.user_id)?.username ?? "somebody",
    channelId: post.channel_id,
    rootId: post.root_id,
    message: post.message,
    answerTo: asText(asObject(post.props.hermes)?.re),
    updatedAtMs: post.update_at,
    isDeleted: post.delete_at > 0,
  };
}

/** What `username` calls a place: `#general`, `@hermes`, `#general (thread)`. */
export function placeLabel(place: ChatPlace, username: string, world: World): string {
  const thread = place.rootId === "" ? "" : " (thread)";
  const channel = world.channels.get(place.channelId);
  if (channel?.type === "O" || channel?.type === "P") return `#${channel.name}${thread}`;
  const others = world.membersOf(place.channelId)
    .map((member) => world.users.get(member.user_id)?.username ?? "somebody")
    .filter((name) => name !== username);
  return `@${others.join(", @")}${thread}`;
}
