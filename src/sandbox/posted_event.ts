// deno-lint-ignore-file camelcase -- wire names, exactly as the API spells them.
import { postBody } from "./bodies.ts";
import { isImage } from "./file_bodies.ts";
import type { Faults } from "./faults.ts";
import { notifiedUserIds } from "./notified.ts";
import type { PostingDeps } from "./posting.ts";
import type { Post } from "./records.ts";
import { follow, followersOf, publishThread } from "./threads.ts";

/** Tells everybody in the channel of a new post; the event carries the author's pending id. */
export function publishPosted(post: Post, pendingPostId: string, deps: PostingDeps): void {
  const { world, hub, faults } = deps;
  const channel = world.channels.get(post.channel_id);
  if (channel === undefined) return;
  if (faults.suppressPosted > 0) {
    faults.suppressPosted -= 1;
    return;
  }
  const notified = notifiedUserIds(world, post, channel);
  for (const id of notified) follow(world, post, id);
  const author = world.users.get(post.user_id);
  const name = post.type.startsWith("system_") ? "System" : `@${author?.username ?? ""}`;
  const files = post.file_ids ?? [];
  const data = {
    channel_display_name: channel.type === "D" ? name : channel.display_name,
    channel_name: channel.name,
    channel_type: channel.type,
    ...(files.length === 0 ? {} : { otherFile: "true" }),
    ...(files.some((id) => isImage(world.files.get(id)?.name ?? "")) ? { image: "true" } : {}),
    post: JSON.stringify(postBody(world, post, pendingPostId)),
    sender_name: name,
    set_online: true,
    team_id: channel.team_id,
  };
  hub.publish("posted", data, { channel_id: channel.id }, (userId) => {
    const followers = followersOf(post, deps);
    followers.delete(post.user_id);
    return {
      ...listFor("mentions", userId, notified, faults),
      ...listFor("followers", userId, followers, faults),
    };
  });
  publishThread(post, channel, deps);
}

/** The list as this recipient gets it: itself, everybody on old servers, or nothing. */
function listFor(
  key: string,
  userId: string,
  listed: ReadonlySet<string>,
  faults: Faults,
): Record<string, string> {
  if (faults.mentions === "all_ids") {
    return listed.size === 0 ? {} : { [key]: JSON.stringify([...listed]) };
  }
  return listed.has(userId) ? { [key]: JSON.stringify([userId]) } : {};
}
