import { readTextFile, writeFileAtomic } from "../runtime/atomic_file.ts";
import type { Clock } from "../runtime/clock.ts";
import type { Log } from "../runtime/log.ts";
import type { ResumePoint } from "./connection.ts";
import { asNumber, asObject, asText, parseJson } from "./decode.ts";
import type { Channel, Post } from "./types.ts";

/** Channels that are remembered; the one that was silent longest is forgotten first. */
const CHANNELS_MAX = 1_000;
/** Posts remembered of a channel. Together they reach back further than the catch-up overlaps. */
const ANCHORS_MAX = 8;
/** Shortest time between two remembered posts. */
const ANCHOR_SPACING_MS = 10_000;
/** Shortest time between two writes. */
const WRITE_INTERVAL_MS = 1_000;

/** A post that was handled, by which the catch-up can find those after it. */
export interface Anchor {
  readonly createAtMs: number;
  readonly postId: string;
}

/** How far a channel was read. */
export interface ChannelMark {
  readonly lastPostAtSeen: number;
  /** Oldest first, spaced. */
  readonly recent: readonly Anchor[];
}

/** How far the server was read: what the catch-up starts from. All times are of the server's clock. */
export interface ReadMarks {
  readonly lastAliveMs: number;
  /** When the bot first listened: what was posted before is not its business. */
  readonly beganAtMs: number;
  readonly channels: ReadonlyMap<string, ChannelMark>;
}

export interface ListenerStateDeps {
  readonly statePath: string;
  /** Marks of another account mean nothing. */
  readonly botUserId: string;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * What survives a restart: where the connection can go on, and how far each channel was read. It
 * moves on only after an event was handled, so that a crash repeats events and loses none.
 */
export class ListenerState {
  readonly #deps: ListenerStateDeps;
  readonly #channels: Map<string, ChannelMark>;
  #resume: ResumePoint | undefined;
  #lastAliveMs: number | undefined;
  #beganAtMs: number | undefined;
  #isDirty = false;
  /** The last write failed, and the log says so. */
  #isStuck = false;
  /** Aborts when the next write shall not wait. */
  #hurry = new AbortController();

  private constructor(deps: ListenerStateDeps, saved: SavedState) {
    this.#deps = deps;
    this.#resume = saved.resume;
    this.#lastAliveMs = saved.lastAliveMs;
    this.#beganAtMs = saved.beganAtMs;
    this.#channels = new Map(saved.channels);
  }

  /**
   * Reads the file. One with something else in it is reported, and nothing is known then.
   *
   * @throws FileError when the system does not let us read it: to start anew would lose posts.
   */
  static async load(deps: ListenerStateDeps): Promise<ListenerState> {
    const text = await readTextFile(deps.statePath);
    const saved = text === undefined ? NOTHING_SAVED : decodeState(text, deps.botUserId);
    if (saved === undefined) {
      deps.log("warn", "mattermost.state_unreadable", { path: deps.statePath });
    }
    return new ListenerState(deps, saved ?? NOTHING_SAVED);
  }

  get resume(): ResumePoint | undefined {
    return this.#resume;
  }

  /** `undefined` on the first start ever: there is nothing to catch up on then. */
  get marks(): ReadMarks | undefined {
    if (this.#lastAliveMs === undefined) return undefined;
    const beganAtMs = this.#beganAtMs ?? 0;
    return { lastAliveMs: this.#lastAliveMs, beganAtMs, channels: this.#channels };
  }

  /** From here on this connection can be taken up again, also if the process dies in a moment. */
  connected(resume: ResumePoint): void {
    this.#resume = resume.connectionId === "" ? undefined : resume;
    this.#isDirty = true;
    this.#hurry.abort();
  }

  /** The next connection starts anew. */
  forgetConnection(): void {
    this.#resume = undefined;
    this.#isDirty = true;
  }

  /** The event with this number was handled. */
  handled(seq: number): void {
    if (this.#resume === undefined) return;
    this.#resume = { ...this.#resume, nextSeq: seq + 1 };
    this.#isDirty = true;
  }

  /** This post was handled. */
  handledPost(post: Post): void {
    const mark = this.#channels.get(post.channel_id) ?? { lastPostAtSeen: 0, recent: [] };
    const newest = mark.recent.at(-1)?.createAtMs ?? -Infinity;
    const anchor = { createAtMs: post.create_at, postId: post.id };
    const isSpaced = post.create_at >= newest + ANCHOR_SPACING_MS;
    this.#mark(post.channel_id, {
      lastPostAtSeen: Math.max(mark.lastPostAtSeen, post.create_at),
      recent: isSpaced ? [...mark.recent, anchor].slice(-ANCHORS_MAX) : mark.recent,
    });
    this.alive(post.create_at);
  }

  /** These channels were read to where they were when they were listed. */
  caughtUp(channels: readonly Channel[]): void {
    for (const channel of channels) {
      const mark = this.#channels.get(channel.id);
      if (mark === undefined || mark.lastPostAtSeen >= channel.last_post_at) continue;
      this.#mark(channel.id, { ...mark, lastPostAtSeen: channel.last_post_at });
    }
  }

  /** All that happened on the server before this moment was handled. */
  alive(serverTimeMs: number): void {
    if (this.#lastAliveMs === undefined) {
      this.#beganAtMs = serverTimeMs;
      this.#hurry.abort();
    }
    this.#lastAliveMs = Math.max(this.#lastAliveMs ?? 0, serverTimeMs);
    this.#isDirty = true;
  }

  /**
   * Writes what changed until `signal` aborts, and then one last time: a new connection at once,
   * everything else at most once a second.
   */
  async keepWritten(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const early = AbortSignal.any([signal, this.#hurry.signal]);
      await this.#deps.clock.sleep(WRITE_INTERVAL_MS, early);
      this.#hurry = new AbortController();
      if (this.#isDirty) await this.#write();
    }
    if (this.#isDirty) await this.#write();
  }

  #mark(channelId: string, mark: ChannelMark): void {
    this.#channels.delete(channelId); // To the end: the order is that of use.
    this.#channels.set(channelId, mark);
    this.#isDirty = true;
    const [oldest] = this.#channels.keys();
    if (this.#channels.size > CHANNELS_MAX && oldest !== undefined) this.#channels.delete(oldest);
  }

  async #write(): Promise<void> {
    this.#isDirty = false;
    const { botUserId, log, statePath } = this.#deps;
    const channels = [...this.#channels].map(([id, { lastPostAtSeen, recent }]) => ({
      id,
      lastPostAtSeen,
      recent: recent.map(({ createAtMs, postId }) => [createAtMs, postId]),
    }));
    const { connectionId, nextSeq } = this.#resume ?? {};
    const times = { lastAliveMs: this.#lastAliveMs, beganAtMs: this.#beganAtMs };
    const state = { version: 1, botUserId, connectionId, nextSeq, ...times };
    try {
      await writeFileAtomic(statePath, JSON.stringify({ ...state, channels }), { mode: 0o600 });
      this.#isStuck = false;
    } catch (error) {
      this.#isDirty = true; // A full disk delays the state; listening goes on.
      if (!this.#isStuck) log("error", "mattermost.state_not_written", { error: String(error) });
      this.#isStuck = true;
    }
  }
}

interface SavedState {
  readonly resume: ResumePoint | undefined;
  readonly lastAliveMs: number | undefined;
  readonly beganAtMs: number | undefined;
  readonly channels: readonly (readonly [id: string, mark: ChannelMark])[];
}

const NOTHING_SAVED: SavedState = {
  resume: undefined,
  lastAliveMs: undefined,
  beganAtMs: undefined,
  channels: [],
};

/** `undefined` when the text is not what `ListenerState` writes. */
function decodeState(text: string, botUserId: string): SavedState | undefined {
  const state = asObject(parseJson(text));
  if (state?.version !== 1 || !Array.isArray(state.channels)) return undefined;
  if (state.botUserId !== botUserId) return NOTHING_SAVED;
  const connectionId = asText(state.connectionId);
  const nextSeq = asNumber(state.nextSeq) ?? 0;
  return {
    resume: connectionId !== "" && nextSeq > 0 ? { connectionId, nextSeq } : undefined,
    lastAliveMs: asNumber(state.lastAliveMs),
    beganAtMs: asNumber(state.beganAtMs),
    channels: state.channels.flatMap(decodeChannelMark),
  };
}

function decodeChannelMark(value: unknown): (readonly [id: string, mark: ChannelMark])[] {
  const channel = asObject(value);
  const lastPostAtSeen = asNumber(channel?.lastPostAtSeen);
  if (typeof channel?.id !== "string" || lastPostAtSeen === undefined) return [];
  const recent = Array.isArray(channel.recent) ? channel.recent.flatMap(decodeAnchor) : [];
  return [[channel.id, { lastPostAtSeen, recent }]];
}

function decodeAnchor(value: unknown): Anchor[] {
  if (!Array.isArray(value)) return [];
  const [createAtMs, postId] = value;
  if (typeof createAtMs !== "number" || typeof postId !== "string") return [];
  return [{ createAtMs, postId }];
}
