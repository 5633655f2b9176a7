// deno-lint-ignore-file camelcase -- wire names, exactly as the API spells them.
import { reactionBody } from "./bodies.ts";
import type { PostingDeps } from "./posting.ts";
import type { Reaction } from "./records.ts";
import { permissionRefusal, Refusal } from "./refusal.ts";

/** Reactions to posts, and who hears of them. */
export class Reactions {
  readonly #deps: Pick<PostingDeps, "world" | "hub" | "changes">;

  constructor(deps: Pick<PostingDeps, "world" | "hub" | "changes">) {
    this.#deps = deps;
  }

  /** Adds a reaction; the same one again changes nothing but its time. @throws Refusal */
  add(postId: string, emojiName: string, userId: string): Reaction {
    const { world, changes } = this.#deps;
    const post = world.posts.get(postId);
    if (post === undefined || post.delete_at > 0) throw new Refusal(404, "app.post.get.app_error");
    if (!world.canPost(userId, post.channel_id)) throw permissionRefusal();
    const now = world.stampMs();
    const known = world.reactions[this.#indexOf(postId, emojiName, userId)];
    const reaction = known ?? {
      user_id: userId,
      post_id: postId,
      emoji_name: emojiName,
      create_at: now,
      update_at: now,
      channel_id: post.channel_id,
    };
    reaction.update_at = now;
    if (known === undefined) world.reactions.push(reaction);
    post.update_at = now;
    this.#publish("reaction_added", reaction);
    changes.notify();
    return reaction;
  }

  /** Takes a reaction back; one that is not there is no error. */
  remove(postId: string, emojiName: string, userId: string): void {
    const { world, changes } = this.#deps;
    const index = this.#indexOf(postId, emojiName, userId);
    const [reaction] = index < 0 ? [] : world.reactions.splice(index, 1);
    if (reaction !== undefined) this.#publish("reaction_removed", reaction);
    changes.notify();
  }

  #indexOf(postId: string, emojiName: string, userId: string): number {
    return this.#deps.world.reactions.findIndex((reaction) =>
      reaction.post_id === postId && reaction.user_id === userId &&
      reaction.emoji_name === emojiName
    );
  }

  #publish(event: string, reaction: Reaction): void {
    this.#deps.hub.publish(event, { reaction: JSON.stringify(reactionBody(reaction)) }, {
      channel_id: reaction.channel_id,
    });
  }
}
