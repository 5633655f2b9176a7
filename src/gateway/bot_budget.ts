import { NewestEntries } from "../runtime/newest_entries.ts";
import type { InboundMessage } from "./inbound.ts";

/** Messages of one other bot in one channel that are answered within the window. */
export const BOT_ANSWERS_MAX = 10;
export const BOT_WINDOW_MS = 600_000;
/** Pairs of bot and channel that are counted. */
const PAIRS_MAX = 1_000;
/** Answered messages of a pair that are remembered: those of a few windows. */
const POSTS_MAX = 5 * BOT_ANSWERS_MAX;

interface Spent {
  /** What was answered. */
  readonly posts: readonly Pick<InboundMessage, "postId" | "createdAtMs">[];
  /** Whether it was said that the budget is spent. */
  readonly isSaid: boolean;
}

const NOTHING: Spent = { posts: [], isSaid: false };

/**
 * Keeps two bots from answering each other without end. It goes by the times of the posts: what was
 * left alone comes again with the next sweep, and is left alone then too. After a restart it counts
 * anew.
 */
export class BotBudget {
  readonly #spent = new NewestEntries<string, Spent>(PAIRS_MAX);

  /** Whether this message of a bot may be answered. One that comes again counts once. */
  allows(message: InboundMessage): boolean {
    const { posts } = this.#of(message);
    const { postId, createdAtMs } = message;
    if (posts.some((post) => post.postId === postId)) return true;
    const near = posts.filter((post) => Math.abs(post.createdAtMs - createdAtMs) < BOT_WINDOW_MS);
    if (near.length >= BOT_ANSWERS_MAX) return false;
    const kept = [...posts, { postId, createdAtMs }].slice(-POSTS_MAX);
    this.#spent.put(pairOf(message), { posts: kept, isSaid: false });
    return true;
  }

  /** True once for each time the budget is spent: then it is to be said. */
  saysEnd(message: InboundMessage): boolean {
    const spent = this.#of(message);
    if (spent.isSaid) return false;
    this.#spent.put(pairOf(message), { ...spent, isSaid: true });
    return true;
  }

  #of(message: InboundMessage): Spent {
    return this.#spent.get(pairOf(message)) ?? NOTHING;
  }
}

function pairOf({ senderId, channelId }: InboundMessage): string {
  return `${senderId} ${channelId}`;
}
