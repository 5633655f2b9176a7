import type { Clock } from "../runtime/clock.ts";
import type { Log } from "../runtime/log.ts";
import type { MattermostApi } from "./api.ts";
import { asObject, comparePosts } from "./decode.ts";
import { MattermostApiError } from "./errors.ts";
import type { PostedEvent } from "./events.ts";
import { type FoundPost, readPostedEvents } from "./posted_events.ts";
import type { ChannelMark, ReadMarks } from "./listener_state.ts";
import type { Channel, Post } from "./types.ts";

/** Looked at twice, for rows that come late: another node's clock, a lagging replica. */
const OVERLAP_MS = 60_000;
/** Pages of 200 posts read of one channel. */
const PAGES_MAX = 10;
/** Wait before a refusal is believed: a busy server refuses by mistake. */
const SECOND_TRY_DELAY_MS = 1_000;

export interface CatchUpDeps {
  readonly api: MattermostApi;
  readonly botUserId: string;
  /** Older posts are not worth an answer any more. */
  readonly postAgeMsMax: number;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * What others posted since the marks, oldest first, but for posts that one of the bot's own says it
 * answers. It may give a post that was handled before. Returns the channels as they were when it
 * began; throws, before the first post, when the server cannot tell.
 */
export async function* catchUp(
  marks: ReadMarks,
  deps: CatchUpDeps,
  signal: AbortSignal,
): AsyncGenerator<PostedEvent, readonly Channel[]> {
  const channels = await deps.api.getMyChannels(signal);
  const missed: FoundPost[] = [];
  for (const channel of channels) {
    const mark = marks.channels.get(channel.id);
    if (channel.delete_at !== 0 || isUnchanged(channel, mark, marks.lastAliveMs)) continue;
    const sinceMs = Math.max(
      (mark?.lastPostAtSeen ?? marks.lastAliveMs) - OVERLAP_MS,
      deps.clock.nowMs() - deps.postAgeMsMax,
      marks.beganAtMs,
    );
    const posts = await readPosts({ channel, mark, sinceMs }, deps, signal);
    const wanted = unanswered(posts.filter((post) => post.create_at >= sinceMs), deps.botUserId);
    missed.push(...wanted.map((post) => ({ channel, post })));
  }
  missed.sort((a, b) => comparePosts(a.post, b.post));
  yield* await readPostedEvents(missed, deps.api, signal);
  return channels;
}

/**
 * Nothing new since a post that was handled, and nothing at all in the time of the overlap: the time
 * of the last post says nothing about another one of the same millisecond, or a late one.
 */
function isUnchanged(
  channel: Channel,
  mark: ChannelMark | undefined,
  lastAliveMs: number,
): boolean {
  const isSeen = mark === undefined || channel.last_post_at <= mark.lastPostAtSeen;
  return isSeen && channel.last_post_at < lastAliveMs - OVERLAP_MS;
}

interface Reading {
  readonly channel: Channel;
  readonly mark: ChannelMark | undefined;
  readonly sinceMs: number;
}

/** A channel that the bot may not read, or not any more, has nothing for it. */
async function readPosts(
  reading: Reading,
  deps: CatchUpDeps,
  signal: AbortSignal,
): Promise<readonly Post[]> {
  for (let attempt = 1;; attempt++) {
    try {
      return await readAfterAnchor(reading, deps, signal) ??
        await readFromNewest(reading, deps, signal);
    } catch (error) {
      const isRefusal = error instanceof MattermostApiError && [403, 404].includes(error.status);
      if (!isRefusal) throw error;
      if (attempt > 1) {
        const { id } = error;
        deps.log("warn", "mattermost.channel_skipped", { channelId: reading.channel.id, id });
        return [];
      }
      await deps.clock.sleep(SECOND_TRY_DELAY_MS, signal);
    }
  }
}

/**
 * Reads on from a post that we know. `undefined` when we know none that is old enough, or when the
 * server finds nothing after it: it answers like this when the post was deleted for good.
 */
async function readAfterAnchor(
  { channel, mark }: Reading,
  deps: CatchUpDeps,
  signal: AbortSignal,
): Promise<readonly Post[] | undefined> {
  const anchor = mark?.recent.findLast(({ createAtMs }) =>
    createAtMs <= mark.lastPostAtSeen - OVERLAP_MS
  );
  if (anchor === undefined) return undefined;
  const posts: Post[] = [];
  for (let page = 0; page < PAGES_MAX; page++) {
    const query = { channelId: channel.id, afterPostId: anchor.postId, page };
    const found = await deps.api.getPostsPage(query, signal);
    posts.push(...found.posts);
    if (found.isLast) return posts.length === 0 ? undefined : posts;
  }
  deps.log("warn", "mattermost.catch_up_cut", { channelId: channel.id, posts: posts.length });
  return posts;
}

async function readFromNewest(
  { channel, sinceMs }: Reading,
  deps: CatchUpDeps,
  signal: AbortSignal,
): Promise<readonly Post[]> {
  const posts: Post[] = [];
  for (let page = 0; page < PAGES_MAX; page++) {
    const found = await deps.api.getPostsPage({ channelId: channel.id, page }, signal);
    posts.push(...found.posts);
    const oldestMs = found.posts[0]?.create_at ?? 0;
    if (found.isLast || oldestMs < sinceMs) return posts;
  }
  deps.log("warn", "mattermost.catch_up_cut", { channelId: channel.id, posts: posts.length });
  return posts;
}

/** Posts of others, or for others, each once, that are not deleted and that none of the bot's own answers. */
function unanswered(posts: readonly Post[], botUserId: string): readonly Post[] {
  const byOthers = new Map<string, Post>();
  const answered = new Set<unknown>();
  for (const post of posts) {
    const isOwn = post.user_id === botUserId && post.props.hermes_for === undefined;
    if (isOwn) answered.add(asObject(post.props.hermes)?.re);
    else if (post.delete_at === 0 && post.original_id === "") byOthers.set(post.id, post);
  }
  return [...byOthers.values()].filter((post) => !answered.has(post.id));
}
