// deno-lint-ignore-file camelcase -- wire names, exactly as the API spells them.
import { postBody } from "../bodies.ts";
import type { Post } from "../records.ts";
import { permissionRefusal, Refusal } from "../refusal.ts";
import type { World } from "../world.ts";
import type { SandboxParts } from "../parts.ts";
import { type Answer, asker, type Call, json, numberOf, type Route } from "./route.ts";

/** Lists of posts: pages of a channel, what is new since, threads. */
export const POST_LIST_ROUTES: readonly Route[] = [
  { method: "GET", path: "/channels/{channel}/posts", handle: getChannelPosts },
  { method: "GET", path: "/posts/{post}/thread", handle: getThread },
];

const PAGE_POSTS_DEFAULT = 60;
const PAGE_POSTS_MAX = 200;

function getChannelPosts(call: Call, parts: SandboxParts): Answer {
  const { world, faults } = parts;
  const channel = world.channels.get(call.params.channel ?? "");
  if (channel === undefined || !world.canRead(asker(call).id, channel)) throw permissionRefusal();
  const since = call.query.get("since");
  if (since !== null && Number(since) > 0) {
    return json(changedSince(world, channel.id, Number(since), faults.sinceRowsMax));
  }
  const perPage = numberOf(call, "per_page", PAGE_POSTS_DEFAULT, PAGE_POSTS_MAX) ||
    PAGE_POSTS_DEFAULT;
  const posts = world.postsOf(channel.id);
  const page = slicePosts(posts, call, perPage, world);
  const newest = posts.slice(page.start, page.end).reverse();
  const withRoots = call.query.get("skipFetchThreads") === "true" ? [] : rootsOf(world, newest);
  return json({
    ...listBody(world, newest, withRoots),
    next_post_id: page.isEmpty ? "" : posts[page.end]?.id ?? "",
    prev_post_id: page.isEmpty ? "" : posts[page.start - 1]?.id ?? "",
  });
}

/** Which of the posts, oldest first, a page holds. `after` and `before` are strict in time. */
function slicePosts(posts: readonly Post[], call: Call, perPage: number, world: World) {
  const { query } = call;
  const page = numberOf(call, "page", 0, Number.MAX_SAFE_INTEGER);
  const after = query.get("after") ?? "";
  const before = query.get("before") ?? "";
  const anchor = world.posts.get(after || before); // Also a deleted one.
  if (after !== "") {
    if (anchor === undefined) return { start: 0, end: 0, isEmpty: true };
    const first = posts.findIndex((post) => post.create_at > anchor.create_at);
    const start = (first < 0 ? posts.length : first) + page * perPage;
    return { start, end: Math.min(start + perPage, posts.length), isEmpty: false };
  }
  if (before !== "" && anchor === undefined) return { start: 0, end: 0, isEmpty: true };
  const older = anchor === undefined
    ? posts.length
    : posts.filter((post) => post.create_at < anchor.create_at).length;
  const end = Math.max(older - page * perPage, 0);
  return { start: Math.max(end - perPage, 0), end, isEmpty: false };
}

/**
 * Everything in the channel that changed: also deleted posts, old posts that were edited, and the
 * copies that edits leave. Which rows come is arbitrary when there are too many: here, by id.
 */
function changedSince(world: World, channelId: string, sinceMs: number, rowsMax: number) {
  const rows = [...world.posts.values(), ...world.history.values()]
    .filter((post) => post.channel_id === channelId && post.update_at > sinceMs)
    .sort((a, b) => a.id < b.id ? -1 : 1)
    .slice(0, rowsMax)
    .sort((a, b) => b.create_at - a.create_at);
  const shown = rows.map((post) => post.delete_at > 0 ? { ...post, message: "" } : post);
  return listBody(world, shown, rootsOf(world, shown));
}

function getThread(call: Call, { world }: SandboxParts): Answer {
  const post = world.posts.get(call.params.post ?? "");
  const root = world.posts.get(post?.root_id || call.params.post || "");
  if (post === undefined || root === undefined || root.delete_at > 0) {
    throw new Refusal(404, "app.post.get.app_error");
  }
  const channel = world.channels.get(root.channel_id);
  if (channel === undefined || !world.canRead(asker(call).id, channel)) throw permissionRefusal();
  const thread = [root, ...world.repliesTo(root.id)];
  const perPage = numberOf(call, "perPage", 0, PAGE_POSTS_MAX);
  const page = perPage === 0
    ? { rows: unordered(thread, post), hasNext: false }
    : threadPage(thread, perPage, call.query);
  const order = [...new Set(perPage === 0 ? page.rows : [root, ...page.rows])];
  return json({ ...listBody(world, order, []), has_next: page.hasNext });
}

/** A thread asked for as a whole comes in no order, but for the post that was asked for. */
function unordered(thread: readonly Post[], asked: Post): Post[] {
  return [asked, ...[...thread].sort((a, b) => a.id < b.id ? -1 : 1)];
}

/** A page of a thread, oldest first or, with `direction=up`, newest first. */
function threadPage(thread: readonly Post[], perPage: number, query: URLSearchParams) {
  const ordered = query.get("direction") === "up" ? [...thread].reverse() : thread;
  const fromPost = query.get("fromPost") ?? "";
  const from = ordered.findIndex((post) => post.id === fromPost) + 1;
  return {
    rows: ordered.slice(from, from + perPage),
    hasNext: from + perPage < ordered.length,
  };
}

function rootsOf(world: World, posts: readonly Post[]): Post[] {
  return posts.flatMap((post) => world.posts.get(post.root_id) ?? []);
}

/** The page is in `order`; `posts` also holds the roots of its replies. */
function listBody(world: World, page: readonly Post[], context: readonly Post[]) {
  const entries = [...page, ...context].map((post) => [post.id, postBody(world, post)]);
  return {
    order: page.map((post) => post.id),
    posts: Object.fromEntries(entries),
    next_post_id: "",
    prev_post_id: "",
    first_inaccessible_post_time: 0,
  };
}
