// deno-lint-ignore-file camelcase -- wire names, exactly as the API spells them.
import { barePostBody, postBody } from "../bodies.ts";
import type { CreateFault } from "../faults.ts";
import { publishPosted } from "../posted_event.ts";
import type { Draft } from "../posting.ts";
import type { Post } from "../records.ts";
import { invalidBodyRefusal, permissionRefusal, Refusal } from "../refusal.ts";
import type { SandboxParts } from "../parts.ts";
import {
  type Answer,
  asker,
  type Call,
  json,
  objectBody,
  type Route,
  STATUS_OK,
  stringsBody,
  textField,
} from "./route.ts";

/** Creating, reading, changing and deleting posts. */
export const POST_ROUTES: readonly Route[] = [
  { method: "POST", path: "/posts", handle: createPost },
  { method: "POST", path: "/posts/ids", handle: getPostsByIds },
  { method: "GET", path: "/posts/{post}", handle: getPost },
  { method: "PUT", path: "/posts/{post}", handle: updatePost },
  { method: "PUT", path: "/posts/{post}/patch", handle: patchPost },
  { method: "DELETE", path: "/posts/{post}", handle: deletePost },
  { method: "GET", path: "/posts/{post}/edit_history", handle: getEditHistory },
];

async function createPost(call: Call, parts: SandboxParts): Promise<Answer> {
  const { pendingPosts, faults, world } = parts;
  const draft = toDraft(objectBody(call, "post"));
  const userId = asker(call).id;
  if (!world.canPost(userId, draft.channelId)) throw permissionRefusal();
  if (draft.type?.startsWith("system_") === true) {
    throw new Refusal(400, "api.context.invalid_param.app_error", "post.type");
  }
  const pendingId = draft.pendingPostId ?? "";
  const pending = pendingPosts.state(pendingId);
  if (pending.kind === "in_flight") {
    throw new Refusal(500, "api.post.deduplicate_create_post.pending");
  }
  const earlier = pending.kind === "finished" ? world.posts.get(pending.postId) : undefined;
  if (earlier !== undefined && earlier.delete_at !== 0) {
    throw new Refusal(500, "api.post.deduplicate_create_post.failed_to_get");
  }
  if (earlier !== undefined) return json(barePostBody(earlier), 201);
  pendingPosts.begin(pendingId);
  try {
    return await createWith(faults.creates.shift() ?? { kind: "none" }, draft, userId, parts);
  } catch (error) {
    pendingPosts.forget(pendingId);
    throw error;
  }
}

/** Stores and answers, with what goes wrong on the way. */
async function createWith(
  fault: CreateFault,
  draft: Draft,
  userId: string,
  parts: SandboxParts,
): Promise<Answer> {
  const { posting, pendingPosts, world, hub, faults, clock, signal } = parts;
  const pendingId = draft.pendingPostId ?? "";
  if (fault.kind === "fail") throw new Refusal(500, "app.post.save.app_error");
  if (fault.kind === "foreign") {
    const foreign = world.posts.get(fault.postId);
    if (foreign !== undefined) return json(barePostBody(foreign), 201);
  }
  if (fault.kind === "hang_then_save") await clock.sleep(fault.durationMs, signal);
  const post = posting.store(draft, userId);
  hub.touch(userId);
  const isEchoFirst = faults.echo === "before_answer";
  if (isEchoFirst) publishPosted(post, pendingId, parts);
  else setImmediate(() => publishPosted(post, pendingId, parts));
  if (fault.kind === "save_then_fail") throw new Refusal(500, "app.post.save.app_error");
  if (fault.kind === "save_then_hang") await clock.sleep(fault.durationMs, signal);
  pendingPosts.finish(pendingId, post.id);
  if (fault.kind === "save_then_reset") return { kind: "reset" };
  return json(postBody(world, post, pendingId), 201);
}

function toDraft(body: Readonly<Record<string, unknown>>): Draft {
  const props = body.props;
  const fileIds = body.file_ids;
  const metadata = body.metadata as { priority?: Record<string, unknown> } | undefined;
  return {
    channelId: textField(body, "channel_id"),
    message: textField(body, "message"),
    rootId: textField(body, "root_id"),
    type: textField(body, "type"),
    pendingPostId: textField(body, "pending_post_id"),
    props: typeof props === "object" && props !== null ? { ...props } : {},
    fileIds: Array.isArray(fileIds) ? fileIds.map(String) : [],
    ...(metadata?.priority === undefined ? {} : { priority: metadata.priority }),
  };
}

function getPost(call: Call, { world }: SandboxParts): Answer {
  return json(postBody(world, readablePost(call, world)));
}

function getPostsByIds(call: Call, { world }: SandboxParts): Answer {
  const userId = asker(call).id;
  const posts = stringsBody(call, "post_ids").flatMap((id) => {
    const post = world.posts.get(id);
    const channel = world.channels.get(post?.channel_id ?? "");
    if (post === undefined || channel === undefined || !world.canRead(userId, channel)) return [];
    return post.delete_at === 0 ? [postBody(world, post)] : [];
  });
  return json(posts);
}

function patchPost(call: Call, { posting, world, faults }: SandboxParts): Answer {
  if (faults.patch !== undefined) throw new Refusal(faults.patch.status, faults.patch.id);
  const body = objectBody(call, "post");
  const { message, props, file_ids, is_pinned } = body;
  const post = posting.edit(call.params.post ?? "", {
    ...(typeof message === "string" ? { message } : {}),
    ...(typeof props === "object" && props !== null ? { props: { ...props } } : {}),
    ...(Array.isArray(file_ids) ? { fileIds: file_ids.map(String) } : {}),
    ...(typeof is_pinned === "boolean" ? { isPinned: is_pinned } : {}),
  }, asker(call).id);
  return json(postBody(world, post));
}

/** A full update: what the body leaves out is emptied. */
function updatePost(call: Call, { posting, world }: SandboxParts): Answer {
  const body = objectBody(call, "post");
  if (textField(body, "id") !== call.params.post) throw invalidBodyRefusal("post_id");
  const { props } = body;
  const post = posting.edit(call.params.post ?? "", {
    message: textField(body, "message"),
    props: typeof props === "object" && props !== null ? { ...props } : {},
    isPinned: body.is_pinned === true,
  }, asker(call).id);
  return json(postBody(world, post));
}

function deletePost(call: Call, { posting }: SandboxParts): Answer {
  posting.remove(call.params.post ?? "", asker(call).id);
  return STATUS_OK;
}

function getEditHistory(call: Call, { world }: SandboxParts): Answer {
  const post = readablePost(call, world);
  if (post.user_id !== asker(call).id) throw permissionRefusal();
  const copies = [...world.history.values()].filter((copy) => copy.original_id === post.id);
  return json(copies.reverse().map((copy) => postBody(world, copy)));
}

export function readablePost(call: Call, world: SandboxParts["world"]): Post {
  const post = world.posts.get(call.params.post ?? "");
  if (post === undefined || post.delete_at > 0) throw new Refusal(404, "app.post.get.app_error");
  const channel = world.channels.get(post.channel_id);
  if (channel === undefined || !world.canRead(asker(call).id, channel)) throw permissionRefusal();
  return post;
}
