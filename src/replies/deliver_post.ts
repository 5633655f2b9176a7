import { createHmac } from "node:crypto";
import type { MattermostApi } from "../mattermost/api.ts";
import { confirmDeadToken } from "../mattermost/confirm_dead_token.ts";
import type { Post } from "../mattermost/types.ts";
import { untilAnswered } from "../mattermost/until_answered.ts";
import { backoffDelayMs } from "../runtime/backoff.ts";
import type { Clock } from "../runtime/clock.ts";
import type { Log } from "../runtime/log.ts";
import type { Random } from "../runtime/random.ts";
import type { Secret } from "../runtime/secret.ts";
import { remedyForCreate } from "./create_remedy.ts";
import { defusePost } from "./defuse_mentions.ts";
import { findReplyPosts } from "./find_reply_posts.ts";
import type { OwnEchoes, StoredPost } from "./own_echoes.ts";

/** Where an answer goes. */
export interface ReplyTarget {
  readonly channelId: string;
  /** Root of the thread, or `""` to post flat in the channel. */
  readonly rootId: string;
}

/** One post of an answer. */
export interface ReplyPart {
  readonly target: ReplyTarget;
  /** The post that is being answered. With `index` it names the part across retries and restarts. */
  readonly answerTo: string;
  /** 0 for the first post of the answer. */
  readonly index: number;
  readonly text: string;
  /** Files to attach, which were uploaded to the channel before. */
  readonly fileIds?: readonly string[];
  /** A person wants the whole channel to be notified; nobody else can. */
  readonly notifies?: boolean | undefined;
  /** Beside our marker. */
  readonly props?: Readonly<Record<string, unknown>>;
}

export interface DeliveryDeps {
  readonly api: MattermostApi;
  readonly botUserId: string;
  /** Makes pending ids unguessable: the server does not keep them apart by user. */
  readonly pendingSecret: Secret;
  readonly echoes: OwnEchoes;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

/** `root_gone`: the thread has no first post any more, so nothing can be posted in it. */
export type DeliveryOutcome =
  | {
    readonly kind: "delivered";
    readonly postId: string;
    /** What the post says: of an earlier try that was cut short, it may be something else. */
    readonly text: string;
    /** By the server's clock, as the times of other people's posts. */
    readonly createdAtMs: number;
  }
  | { readonly kind: "root_gone" };

/** The server remembers a pending id for 30 s; we stop to rely on it earlier. Source: app/post.go. */
const PENDING_ID_TRUSTED_MS = 20_000;
/** Wait between two looks for a post that may be stored: longer than a replica lags. */
const RECONCILE_DELAY_MS = 3_000;
/** Longest time one post is tried for. */
export const DELIVERY_MS_MAX = 3_600_000;
/** How often a post is sent again after looking for it in vain. */
const RESENDS_MAX = 3;
/** A busy server refuses by mistake; so many refusals are believed. */
const DOUBTS_MAX = 3;
const RETRY_DELAYS = { delayMsMin: 1_000, delayMsMax: 60_000 };

/**
 * Posts one part of an answer such that exactly one stored post comes of it, whatever gets lost on
 * the way: looked for by its marker before it is sent again, and repeated with the same pending id
 * while the server remembers it, for the case that it comes while we look.
 *
 * @throws UnauthorizedError when the token is dead, and the last error when the server will not have
 * it, or not within an hour.
 */
export async function deliverPost(
  part: ReplyPart,
  deps: DeliveryDeps,
  signal: AbortSignal,
): Promise<DeliveryOutcome> {
  const delivery = new Delivery(part, deps);
  try {
    for (;;) {
      const outcome = await delivery.attempt(signal);
      if (outcome !== undefined) return outcome;
    }
  } finally {
    delivery.end();
  }
}

class Delivery {
  readonly #deps: DeliveryDeps;
  readonly #part: ReplyPart;
  readonly #startedAtMs: number;
  #pendingPostId: string;
  /** When the server may first have seen the pending id. */
  #sentAtMs: number;
  /**
   * Whether a try has ended without telling. A look then comes before every other try: a server that
   * restarted has forgotten the pending id.
   */
  #mayBeStored = false;
  #failures = 0;
  #resends = 0;
  #doubts = 0;

  constructor(part: ReplyPart, deps: DeliveryDeps) {
    this.#part = part;
    this.#deps = deps;
    this.#startedAtMs = deps.clock.nowMs();
    this.#sentAtMs = this.#startedAtMs;
    this.#pendingPostId = pendingPostId(part, deps);
    deps.echoes.expect(this.#pendingPostId);
  }

  end(): void {
    this.#deps.echoes.forget(this.#pendingPostId);
  }

  /** Sends once. `undefined` means: try again, what had to be waited for has been. */
  async attempt(signal: AbortSignal): Promise<DeliveryOutcome | undefined> {
    try {
      const stored = this.#mayBeStored ? await this.#find(signal) : undefined;
      if (stored !== undefined) return delivered(stored);
      const post = await this.#send(signal);
      if (this.#isOurs(post)) return delivered(post);
      const { channelId } = this.#part.target;
      this.#deps.log("warn", "reply.pending_id_taken", { channelId });
      this.#renewPendingId();
      return undefined;
    } catch (error) {
      signal.throwIfAborted();
      return await this.#recover(error, signal);
    }
  }

  #send(signal: AbortSignal): Promise<Post> {
    const { target, answerTo, index, text, fileIds = [], notifies = false, props } = this.#part;
    return this.#deps.api.createPost({
      ...target,
      message: notifies ? text : defusePost(text),
      fileIds,
      pendingPostId: this.#pendingPostId,
      props: { ...props, hermes: { re: answerTo, part: index } },
    }, signal);
  }

  async #recover(error: unknown, signal: AbortSignal): Promise<DeliveryOutcome | undefined> {
    const { clock, echoes, log } = this.#deps;
    const echoed = echoes.find(this.#pendingPostId);
    if (echoed !== undefined) return delivered(echoed);
    const { channelId, rootId } = this.#part.target;
    const remedy = remedyForCreate(error);
    log("warn", "reply.create_failed", {
      channelId,
      remedy: remedy.kind,
      error: String(error),
    });
    if (clock.nowMs() - this.#startedAtMs > DELIVERY_MS_MAX) throw error;
    switch (remedy.kind) {
      case "pause":
        await clock.sleep(remedy.delayMs, signal);
        return undefined;
      case "unsent":
        if (this.#mayBeStored) return await this.#repeat(error, signal);
        await this.#backOff(signal);
        this.#sentAtMs = clock.nowMs();
        return undefined;
      case "flat":
        if (rootId === "") throw error;
        return { kind: "root_gone" };
      case "renew":
        this.#renewPendingId();
        return undefined;
      case "doubt":
        if (++this.#doubts >= DOUBTS_MAX) throw error;
        await this.#backOff(signal);
        return undefined;
      case "recheck":
        await confirmDeadToken(this.#deps, signal);
        await this.#backOff(signal);
        return undefined;
      case "repeat":
        return await this.#repeat(error, signal);
      case "reconcile":
        return await this.#reconcile(error, signal);
      case "final":
        throw error;
    }
  }

  async #repeat(error: unknown, signal: AbortSignal): Promise<DeliveryOutcome | undefined> {
    this.#mayBeStored = true;
    await this.#backOff(signal);
    const sinceMs = this.#deps.clock.nowMs() - this.#sentAtMs;
    return sinceMs < PENDING_ID_TRUSTED_MS ? undefined : await this.#reconcile(error, signal);
  }

  async #reconcile(error: unknown, signal: AbortSignal): Promise<DeliveryOutcome | undefined> {
    const { clock } = this.#deps;
    this.#mayBeStored = true;
    for (let look = 0; look < 2; look++) {
      if (look > 0) await clock.sleep(RECONCILE_DELAY_MS, signal);
      const post = await this.#find(signal);
      if (post !== undefined) return delivered(post);
    }
    if (++this.#resends > RESENDS_MAX) throw error;
    this.#sentAtMs = clock.nowMs();
    return undefined;
  }

  /** Looks for the part among our own posts, for as long as it takes until the server answers. */
  async #find(signal: AbortSignal): Promise<StoredPost | undefined> {
    const { answerTo, index, target } = this.#part;
    const look = async () =>
      this.#deps.echoes.find(this.#pendingPostId) ??
        (await findReplyPosts(answerTo, target, this.#deps, signal)).get(index);
    return await untilAnswered(look, { msMax: DELIVERY_MS_MAX }, this.#deps, signal);
  }

  async #backOff(signal: AbortSignal): Promise<void> {
    const delayMs = backoffDelayMs(++this.#failures, RETRY_DELAYS, this.#deps.random);
    await this.#deps.clock.sleep(delayMs, signal);
    signal.throwIfAborted();
  }

  #renewPendingId(): void {
    this.#deps.echoes.forget(this.#pendingPostId);
    this.#pendingPostId = `${this.#deps.botUserId}:${this.#deps.random.id()}`;
    this.#deps.echoes.expect(this.#pendingPostId);
  }

  /** The server finds a create by its pending id alone: it may hand us somebody else's post. */
  #isOurs(post: Post): boolean {
    const { channelId } = this.#part.target;
    return post.user_id === this.#deps.botUserId && post.channel_id === channelId;
  }
}

function delivered(post: StoredPost): DeliveryOutcome {
  const { id: postId, message: text, create_at: createdAtMs } = post;
  return { kind: "delivered", postId, text, createdAtMs };
}

/** Stable over retries and restarts, so that a repeated create gives the first post back. */
function pendingPostId(part: ReplyPart, deps: DeliveryDeps): string {
  const name = [deps.botUserId, part.answerTo, part.index].join("|");
  const digest = createHmac("sha256", deps.pendingSecret.reveal()).update(name).digest("hex");
  return `${deps.botUserId}:${digest}`;
}
