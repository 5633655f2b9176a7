import type { MattermostApi } from "./api.ts";
import type { PostedEvent } from "./events.ts";
import type { Channel, Post } from "./types.ts";

/** A post that REST told us of, with its channel. */
export interface FoundPost {
  readonly channel: Channel;
  readonly post: Post;
}

/** Found posts as the socket would have told of them: REST gives ids where the socket gives names. */
export async function readPostedEvents(
  found: readonly FoundPost[],
  api: MattermostApi,
  signal: AbortSignal,
): Promise<readonly PostedEvent[]> {
  const userIds = [...new Set(found.map(({ post }) => post.user_id))];
  const users = await api.getUsersByIds(userIds, signal);
  const names = new Map(users.map((user) => [user.id, user.username]));
  return found.map(({ channel, post }) => {
    const senderName = names.get(post.user_id) ?? "";
    return {
      kind: "posted",
      post,
      channelType: channel.type,
      channelName: channel.name,
      channelDisplayName: channel.type === "D" ? `@${senderName}` : channel.display_name,
      teamId: channel.team_id,
      senderName,
      via: "catch_up",
    };
  });
}
