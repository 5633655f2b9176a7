import type { Clock } from "../runtime/clock.ts";
import { NewestEntries } from "../runtime/newest_entries.ts";
import type { InboundMessage } from "./inbound.ts";

/** Messages of one other bot in one channel that are answered within the window. */
export const BOT_ANSWERS_MAX = 10;
export const BOT_WINDOW_MS = 600_000;
/** Pairs of bot and channel that are counted. */
const PAIRS_MAX = 1_000;

interface Spent {
  readonly posts: readonly { readonly postId: string; readonly atMs: number }[];
  /** Whether it was said that the budget is spent. */
  readonly isSaid: boolean;
}

const NOTHING: Spent = { posts: [], isSaid: false };

/** Keeps two bots from answering each other without end. It counts anew after a restart. */
export class BotBudget {
  readonly #clock: Clock;
  readonly #spent = new NewestEntries<string, Spent>(PAIRS_MAX);

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Whether this message of a bot may be answered. One that comes again counts once. */
  allows(message: InboundMessage): boolean {
    const { posts } = this.#recent(message);
    if (posts.some(({ postId }) => postId === message.postId)) return true;
    if (posts.length >= BOT_ANSWERS_MAX) return false;
    const post = { postId: message.postId, atMs: this.#clock.nowMs() };
    this.#spent.put(pairOf(message), { posts: [...posts, post], isSaid: false });
    return true;
  }

  /** True once for each time the budget is spent: then it is to be said. */
  saysEnd(message: InboundMessage): boolean {
    const spent = this.#recent(message);
    if (spent.isSaid) return false;
    this.#spent.put(pairOf(message), { ...spent, isSaid: true });
    return true;
  }

  #recent(message: InboundMessage): Spent {
    const { posts, isSaid } = this.#spent.get(pairOf(message)) ?? NOTHING;
    const sinceMs = this.#clock.nowMs() - BOT_WINDOW_MS;
    return { posts: posts.filter(({ atMs }) => atMs > sinceMs), isSaid };
  }
}

function pairOf({ senderId, channelId }: InboundMessage): string {
  return `${senderId} ${channelId}`;
}
