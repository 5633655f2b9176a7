// deno-lint-ignore-file camelcase -- wire names, exactly as the API spells them.
import { withActionIds, withShownAttachments } from "./attachments.ts";
import { barePostBody, postBody } from "./bodies.ts";
import type { Changes } from "./changes.ts";
import type { Faults } from "./faults.ts";
import type { Hub } from "./hub.ts";
import { actionsOf } from "./post_actions.ts";
import { publishPosted } from "./posted_event.ts";
import type { Channel, Post } from "./records.ts";
import { permissionRefusal, Refusal } from "./refusal.ts";
import type { ServerSettings } from "./settings.ts";
import { follow } from "./threads.ts";
import type { World } from "./world.ts";

export interface PostingDeps {
  readonly world: World;
  readonly hub: Hub;
  readonly settings: ServerSettings;
  readonly faults: Faults;
  readonly changes: Changes;
}

/** A post to be made. What is left out is empty. */
export interface Draft {
  readonly channelId: string;
  readonly message: string;
  readonly rootId?: string;
  readonly type?: string;
  readonly props?: Readonly<Record<string, unknown>>;
  readonly fileIds?: readonly string[];
  readonly pendingPostId?: string;
  readonly priority?: Readonly<Record<string, unknown>>;
}

/** What an edit changes; absent fields stay as they are. */
export interface PostPatch {
  readonly message?: string;
  readonly props?: Readonly<Record<string, unknown>>;
  readonly fileIds?: readonly string[];
  readonly isPinned?: boolean;
}

const POST_FILES_MAX = 10;

/** The rules of writing: who may post, edit and delete, and who hears of it. */
export class Posting {
  readonly #deps: PostingDeps;

  constructor(deps: PostingDeps) {
    this.#deps = deps;
  }

  /** Checks a post as `POST /posts` does and stores it, without telling anybody. */
  store(draft: Draft, userId: string): Post {
    const { world, settings } = this.#deps;
    const channel = world.channels.get(draft.channelId);
    if (channel === undefined || !world.canPost(userId, channel.id)) throw permissionRefusal();
    if (channel.delete_at > 0) {
      throw new Refusal(400, "api.post.create_post.can_not_post_to_deleted.error");
    }
    checkRoot(world.posts.get(draft.rootId ?? ""), draft);
    checkMessage(draft.message, settings.messageRunesMax);
    if ((draft.fileIds ?? []).length > POST_FILES_MAX) {
      throw new Refusal(400, "model.post.is_valid.file_ids.app_error");
    }
    return this.#save(draft, userId, channel);
  }

  /** Stores a post of a person or of the system and publishes it. @throws Refusal */
  post(draft: Draft, userId: string): Post {
    const post = this.store(draft, userId);
    publishPosted(post, draft.pendingPostId ?? "", this.#deps);
    return post;
  }

  /** Posts on behalf of the system: nobody's permissions are asked. */
  announce(draft: Draft, userId: string): Post {
    const channel = this.#deps.world.channels.get(draft.channelId);
    if (channel === undefined) throw permissionRefusal();
    const post = this.#save(draft, userId, channel);
    publishPosted(post, "", this.#deps);
    return post;
  }

  /** Changes a post and keeps a copy of how it was. @throws Refusal */
  edit(postId: string, patch: PostPatch, userId: string): Post {
    const { world, hub, settings, changes } = this.#deps;
    const post = world.posts.get(postId);
    if (post === undefined || post.delete_at > 0) throw permissionRefusal();
    if (post.user_id !== userId || !world.canPost(userId, post.channel_id)) {
      throw permissionRefusal();
    }
    const limitMs = settings.postEditTimeLimitS * 1000;
    if (patch.message !== undefined && limitMs >= 0 && world.nowMs() > post.create_at + limitMs) {
      throw new Refusal(
        400,
        "api.post.update_post.permissions_time_limit.app_error",
        String(settings.postEditTimeLimitS),
      );
    }
    if (patch.message !== undefined) checkMessage(patch.message, settings.messageRunesMax);
    const now = world.stampMs();
    const copy = { ...post, id: world.newId(), original_id: post.id, delete_at: now };
    world.history.set(copy.id, { ...copy, update_at: now });
    if (isVisibleChange(post, patch)) post.edit_at = now;
    post.message = patch.message ?? post.message;
    if (patch.props !== undefined) {
      const given = withActionIds(patch.props, () => world.newId());
      post.props = withShownAttachments(given);
      post.actions = actionsOf(given.attachments);
    }
    post.file_ids = patch.fileIds === undefined ? post.file_ids : [...patch.fileIds];
    post.is_pinned = patch.isPinned ?? post.is_pinned;
    this.#bump(post, now);
    hub.publish("post_edited", { post: JSON.stringify(postBody(world, post)) }, {
      channel_id: post.channel_id,
    });
    changes.notify();
    return post;
  }

  /** Deletes a post, and its replies if it is a root. @throws Refusal */
  remove(postId: string, userId: string): void {
    const { world, hub, changes } = this.#deps;
    const post = world.posts.get(postId);
    if (post === undefined || post.delete_at > 0) throw new Refusal(404, "app.post.get.app_error");
    if (post.user_id !== userId && !world.isAdmin(userId)) throw permissionRefusal();
    const reactions = world.reactions.some((reaction) => reaction.post_id === post.id);
    const before = barePostBody(post, "", reactions);
    hub.publish("post_deleted", { post: JSON.stringify(before) }, {
      channel_id: post.channel_id,
      contains_sanitized_data: true,
    });
    const now = world.stampMs();
    for (const gone of [post, ...world.repliesTo(post.id)]) {
      gone.delete_at = now;
      gone.update_at = now;
      gone.message = "";
      gone.props = { deleteBy: userId };
    }
    changes.notify();
  }

  #save(draft: Draft, userId: string, channel: Channel): Post {
    const { world, faults, changes } = this.#deps;
    const now = faults.sameMillisecond ? world.nowMs() : world.stampMs();
    const given = withActionIds(draft.props ?? {}, () => world.newId());
    const props = withShownAttachments(given);
    if (world.users.get(userId)?.is_bot === true) props.from_bot = "true";
    const id = world.newId();
    const post: Post = {
      id,
      create_at: now,
      update_at: now,
      edit_at: 0,
      delete_at: 0,
      is_pinned: false,
      user_id: userId,
      channel_id: channel.id,
      root_id: draft.rootId ?? "",
      original_id: "",
      message: draft.message.toWellFormed(),
      type: draft.type ?? "",
      props,
      file_ids: this.#attach(id, draft.fileIds ?? [], userId),
      priority: draft.priority,
      actions: actionsOf(given.attachments),
    };
    world.posts.set(post.id, post);
    this.#bump(post, now);
    channel.total_msg_count += 1;
    if (post.root_id === "") {
      channel.total_msg_count_root += 1;
      channel.last_root_post_at = now;
    } else {
      follow(world, post, userId);
      follow(world, post, world.posts.get(post.root_id)?.user_id ?? userId);
    }
    changes.notify();
    return post;
  }

  /** Takes files into a post: sorted, each once; what cannot be attached is dropped silently. */
  #attach(postId: string, fileIds: readonly string[], userId: string): string[] | null {
    const { world, faults } = this.#deps;
    const free = [...new Set(fileIds)].sort().filter((id) => {
      const file = world.files.get(id);
      return file !== undefined && file.user_id === userId && file.post_id === "";
    });
    const taken = free.slice(faults.fileIdsDropped);
    for (const id of taken) {
      const file = world.files.get(id);
      if (file !== undefined) file.post_id = postId;
    }
    return taken.length === 0 && fileIds.length > 0 ? null : taken;
  }

  #bump(post: Post, now: number): void {
    const { world } = this.#deps;
    post.update_at = now;
    const channel = world.channels.get(post.channel_id);
    if (channel !== undefined) channel.last_post_at = now;
    const root = world.posts.get(post.root_id);
    if (root !== undefined) root.update_at = now;
  }
}

function checkRoot(root: Post | undefined, draft: Draft): void {
  if ((draft.rootId ?? "") === "") return;
  if (root === undefined || root.delete_at > 0 || root.root_id !== "") {
    throw new Refusal(400, "api.post.create_post.root_id.app_error");
  }
  if (root.channel_id !== draft.channelId) {
    throw new Refusal(400, "api.post.create_post.channel_root_id.app_error");
  }
}

function checkMessage(message: string, runesMax: number): void {
  if ([...message].length > runesMax) {
    throw new Refusal(400, "model.post.is_valid.message_length.app_error");
  }
  if (message.includes("\0")) throw new Refusal(500, "app.post.save.app_error");
}

function isVisibleChange(post: Post, patch: PostPatch): boolean {
  return (patch.message !== undefined && patch.message !== post.message) ||
    (patch.fileIds !== undefined && patch.fileIds.join() !== (post.file_ids ?? []).join());
}
