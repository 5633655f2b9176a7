import type { TurnEvent } from "../agent/turn.ts";
import type { Post } from "../mattermost/types.ts";
import { defuseMentions } from "./defuse_mentions.ts";
import { deliverPost, type DeliveryDeps, type ReplyTarget } from "./deliver_post.ts";
import { editPost } from "./edit_post.ts";
import { splitPost } from "./split_post.ts";

/** Shortest time between two states of a growing answer; also how long a short one is waited for. */
const EDIT_INTERVAL_MS = 1_000;

export interface ReplyOptions {
  readonly target: ReplyTarget;
  /** The post that is being answered. */
  readonly answerTo: string;
  /** Posts of the same answer from before a restart, by index: they are edited, not repeated. */
  readonly existing: ReadonlyMap<number, Post>;
  /** Most code points one post may hold. */
  readonly runesMax: number;
  /** Show the answer while it grows, not only when it is complete. */
  readonly streaming: boolean;
}

/** One post of the answer as the server has it. */
interface ShownPart {
  readonly postId: string;
  readonly text: string;
  /** The piece of the answer that it shows. */
  readonly source: string;
}

/**
 * Shows one turn in the channel: posts that grow while the model talks, edited at most once a
 * second and never two at a time, and in the end the whole answer. `show` returns at once.
 */
export class ReplyWriter {
  readonly #options: ReplyOptions;
  readonly #deps: DeliveryDeps;
  /** Aborts when the answer is complete: the growing stops, the final state is written. */
  readonly #complete = new AbortController();
  #target: ReplyTarget;
  #shown: ShownPart[];
  /** Parts from the front that the server does not let us edit any more. */
  #lockedParts = 0;
  /** Text of the steps that are over, and of the step that is running. */
  #pastSteps = "";
  #step = "";
  #growing: Promise<void> | undefined;

  constructor(options: ReplyOptions, deps: DeliveryDeps) {
    this.#options = options;
    this.#deps = deps;
    this.#target = options.target;
    this.#shown = [...options.existing.entries()].sort(([a], [b]) => a - b)
      .map(([, post]) => ({ postId: post.id, text: post.message, source: "" }));
  }

  /** Takes note of what the turn said. */
  show(event: TurnEvent, signal: AbortSignal): void {
    if (event.kind === "restarted") this.#step = "";
    if (event.kind === "text_delta") {
      this.#step += event.text;
      if (this.#options.streaming) this.#growing ??= this.#grow(signal);
    }
    if (event.kind === "message" && event.message.role === "assistant") {
      this.#pastSteps = joinSteps(this.#pastSteps, event.message.text);
      this.#step = "";
    }
  }

  /** What has been said so far. */
  get text(): string {
    return joinSteps(this.#pastSteps, this.#step);
  }

  /**
   * Writes the final state: all that was said, with `note` below it.
   *
   * @returns the ids of the posts, in order. @throws when the server will not have them.
   */
  async finish(note: string, signal: AbortSignal): Promise<readonly string[]> {
    this.#complete.abort();
    await this.#growing;
    await this.#write(joinSteps(this.text, note), signal);
    return this.#shown.map((part) => part.postId);
  }

  /** Writes the state of the moment, once a second, until the answer is complete. */
  async #grow(signal: AbortSignal): Promise<void> {
    const stop = AbortSignal.any([signal, this.#complete.signal]);
    for (;;) {
      await this.#deps.clock.sleep(EDIT_INTERVAL_MS, stop);
      if (stop.aborted) return;
      try {
        await this.#write(this.text, signal);
      } catch (error) {
        // The final state is written whatever happened to this one, and reports its failure.
        this.#deps.log("debug", "reply.growing_failed", { error: String(error) });
        if (signal.aborted) return;
      }
    }
  }

  /** Brings the posts to show `text`: edits those that differ, adds what is missing. */
  async #write(text: string, signal: AbortSignal): Promise<void> {
    const locked = this.#shown.slice(0, this.#lockedParts);
    const lockedLength = locked.reduce((length, part) => length + part.source.length, 0);
    const parts = splitPost(defuseMentions(text), this.#options.runesMax, lockedLength);
    for (const [offset, part] of parts.entries()) {
      const index = locked.length + offset;
      const shown = this.#shown[index];
      if (shown?.text === part.text) continue;
      if (shown === undefined) await this.#create(index, part, {}, signal);
      else {
        const outcome = await editPost(shown.postId, part.text, this.#deps, signal);
        if (outcome === "edited") this.#shown[index] = { ...shown, ...part };
        else if (outcome === "gone") {
          await this.#create(index, part, { replaces: shown.postId }, signal);
        } else return await this.#continueAfter(index, text, signal);
      }
    }
    await this.#remove(locked.length + parts.length, signal);
  }

  async #create(
    index: number,
    part: { readonly text: string; readonly source: string },
    options: { readonly replaces?: string },
    signal: AbortSignal,
  ): Promise<void> {
    const { answerTo } = this.#options;
    const create = { ...options, target: this.#target, answerTo, index, text: part.text };
    const delivered = await deliverPost(create, this.#deps, signal);
    this.#target = delivered.target;
    this.#shown[index] = { postId: delivered.postId, ...part };
  }

  /** The server's time limit for edits is over: what is shown stays, the rest goes into new posts. */
  async #continueAfter(index: number, text: string, signal: AbortSignal): Promise<void> {
    this.#lockedParts = index + 1;
    await this.#write(text, signal);
  }

  /** Takes away posts that a shorter answer does not need: the model's call failed and began anew. */
  async #remove(from: number, signal: AbortSignal): Promise<void> {
    for (const part of this.#shown.splice(from)) {
      await this.#deps.api.deletePost(part.postId, signal);
    }
  }
}

function joinSteps(before: string, after: string): string {
  if (before.trim() === "") return after;
  return after.trim() === "" ? before : `${before.trimEnd()}\n\n${after}`;
}
