import { findMentions } from "../mattermost/mentions.ts";
import type { Channel, Post } from "./records.ts";
import type { World } from "./world.ts";

/** `@channel` and `@all` notify nobody in channels with more members than this. */
const CHANNEL_MENTION_MEMBERS_MAX = 1000;

/**
 * Ids of the users whom the server lists in `mentions` for this post: everybody else in a direct or
 * group channel; elsewhere those named by `@username`, and all of them for `@channel`, `@all` and,
 * if they are not away, `@here`. Source: APP/notification.go and the recorded ws-mentions frames.
 */
export function notifiedUserIds(world: World, post: Post, channel: Channel): Set<string> {
  const others = world.membersOf(channel.id).map((member) => member.user_id)
    .filter((id) => id !== post.user_id || post.props.from_webhook === "true");
  if (post.type.startsWith("system_")) return new Set(addedUser(post, others));
  if (channel.type === "D" || channel.type === "G") return new Set(others);
  const found = textsOf(post).map(findMentions);
  const toAll = found.some((mentions) => mentions.channel || mentions.all) &&
    others.length < CHANNEL_MENTION_MEMBERS_MAX;
  return new Set(others.filter((id) => {
    const name = world.users.get(id)?.username ?? "";
    const awake = world.statuses.get(id)?.status === "online";
    return toAll ||
      found.some((mentions) => mentions.names.has(name) || (mentions.here && awake));
  }));
}

function addedUser(post: Post, others: readonly string[]): string[] {
  if (post.type !== "system_add_to_channel") return [];
  return others.filter((id) => id === post.props.addedUserId);
}

/** Every text of a post in which the server looks for mentions. */
function textsOf(post: Post): string[] {
  const attachments = Array.isArray(post.props.attachments) ? post.props.attachments : [];
  const texts = attachments.flatMap((attachment) => [
    attachment.pretext,
    attachment.text,
    ...(attachment.fields ?? []).map((field: { value?: unknown }) => field.value),
  ]);
  return [post.message, ...texts.filter((text) => typeof text === "string")];
}
