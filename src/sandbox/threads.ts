// deno-lint-ignore-file camelcase -- wire names, exactly as the API spells them.
import { barePostBody, userBody } from "./bodies.ts";
import type { PostingDeps } from "./posting.ts";
import type { Channel, Post } from "./records.ts";
import type { World } from "./world.ts";

/** The user follows the thread of this reply from now on. */
export function follow({ followers }: World, post: Post, userId: string): void {
  if (post.root_id === "") return;
  followers.set(post.root_id, (followers.get(post.root_id) ?? new Set()).add(userId));
}

/** Who follows the thread of a reply; nobody when threads are not collapsed. */
export function followersOf(
  post: Post,
  { world, settings }: PostingDeps,
): Set<string> {
  if (post.root_id === "" || settings.collapsedThreads === "disabled") return new Set();
  return new Set(world.followers.get(post.root_id));
}

/** Tells the followers of a thread that a reply came. */
export function publishThread(post: Post, channel: Channel, deps: PostingDeps): void {
  const { world, hub } = deps;
  const root = world.posts.get(post.root_id);
  if (root === undefined) return;
  const replies = world.repliesTo(root.id);
  const participants = new Set(replies.map((reply) => reply.user_id));
  for (const userId of followersOf(post, deps)) {
    const thread = {
      id: root.id,
      reply_count: replies.length,
      last_reply_at: post.create_at,
      last_viewed_at: userId === post.user_id ? post.create_at : 0,
      participants: [...participants].flatMap((id) => {
        const user = world.users.get(id);
        return user === undefined ? [] : [userBody(user, false)];
      }),
      post: barePostBody(root),
      unread_replies: userId === post.user_id ? 0 : 1,
      unread_mentions: 0,
      is_urgent: false,
      delete_at: 0,
    };
    hub.publish("thread_updated", {
      previous_unread_mentions: 0,
      previous_unread_replies: 0,
      thread: JSON.stringify(thread),
    }, { user_id: userId, team_id: channel.team_id });
  }
}
