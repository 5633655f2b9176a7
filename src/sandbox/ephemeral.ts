// deno-lint-ignore-file camelcase -- wire names, exactly as the API spells them.
import type { SandboxParts } from "./parts.ts";

/** A post that one person sees, and nobody keeps. */
export interface EphemeralPost {
  readonly userId: string;
  readonly channelId: string;
  readonly rootId: string;
  readonly message: string;
  readonly props: Readonly<Record<string, unknown>>;
}

/** Shows it to everybody who looks as that person, and notes it for `Person.whispers`. */
export function whisper(post: EphemeralPost, { world, hub, changes }: SandboxParts): void {
  const body = {
    id: world.newId(),
    create_at: world.stampMs(),
    update_at: 0,
    edit_at: 0,
    delete_at: 0,
    is_pinned: false,
    user_id: post.userId,
    channel_id: post.channelId,
    root_id: post.rootId,
    original_id: "",
    message: post.message,
    type: "system_ephemeral",
    props: post.props,
    hashtags: "",
    file_ids: null,
    pending_post_id: "",
    reply_count: 0,
    last_reply_at: 0,
    participants: null,
    metadata: {},
  };
  world.whispers.push(post);
  hub.publish("ephemeral_message", { post: JSON.stringify(body) }, {
    user_id: post.userId,
    channel_id: post.channelId,
  });
  changes.notify();
}
