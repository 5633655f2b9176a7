import type { TurnEvent } from "../agent/turn.ts";
import { isInvisible } from "../mattermost/clean_text.ts";
import type { Post } from "../mattermost/types.ts";
import type { Redact } from "../safety/redact.ts";
import { defuseMentions, defusePost } from "./defuse_mentions.ts";
import { deliverPost, type DeliveryDeps, type ReplyTarget } from "./deliver_post.ts";
import { editPost } from "./edit_post.ts";
import { joinSteps, SaidText } from "./said_text.ts";
import { type SplitPart, splitPost } from "./split_post.ts";

/** Shortest time between two states of a growing answer; also how long a short one is waited for. */
const EDIT_INTERVAL_MS = 1_000;

const ROOT_GONE_NOTE = "_(The message that this answers is gone.)_\n\n";

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
  /** Quote what the model thought, shortened, before what it says. */
  readonly showsReasoning: boolean;
  /** Takes out what nobody may see. */
  readonly redact: Redact;
}

/** One post of the answer as the server has it. */
interface ShownPart {
  /** Its number in the marker; numbers have a gap where somebody deleted a post. */
  readonly number: number;
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
  /** Stands before all that is said. */
  #intro = "";
  #shown: ShownPart[];
  /** Parts from the front that the server does not let us edit any more. */
  #lockedParts = 0;
  readonly #said: SaidText;
  #growing: Promise<void> | undefined;

  constructor(options: ReplyOptions, deps: DeliveryDeps) {
    this.#options = options;
    this.#deps = deps;
    this.#target = options.target;
    this.#said = new SaidText(options);
    this.#shown = [...options.existing.entries()].sort(([a], [b]) => a - b)
      .map(([number, post]) => ({ number, postId: post.id, text: post.message, source: "" }));
  }

  /** Takes note of what the turn said. */
  show(event: TurnEvent, signal: AbortSignal): void {
    const hasMore = this.#said.take(event);
    if (hasMore && this.#options.streaming) this.#growing ??= this.#grow(signal);
  }

  /** What has been said so far. */
  get text(): string {
    return this.#said.text;
  }

  /**
   * Writes the final state: all that was said, with `note` below it.
   *
   * @returns the ids of the posts, in order. @throws when the server will not have them.
   */
  async finish(note: string, signal: AbortSignal): Promise<readonly string[]> {
    this.#complete.abort();
    await this.#growing;
    await this.#write(joinSteps(this.#said.shown, this.#options.redact(note)), signal);
    return this.#shown.map((part) => part.postId);
  }

  /** Writes the state of the moment, once a second, until the answer is complete. */
  async #grow(signal: AbortSignal): Promise<void> {
    const stop = AbortSignal.any([signal, this.#complete.signal]);
    for (;;) {
      await this.#deps.clock.sleep(EDIT_INTERVAL_MS, stop);
      if (stop.aborted) return;
      const text = this.#said.growing;
      if (isInvisible(text)) continue; // Also when a call failed and begins anew: the posts stay.
      try {
        await this.#write(text, signal);
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
    const whole = defuseMentions(this.#intro + text);
    const parts = splitPost(whole, this.#options.runesMax, lockedLength);
    for (const [offset, { text: shown, source }] of parts.entries()) {
      const part = { text: defusePost(shown), source };
      const outcome = await this.#writePart(locked.length + offset, part, signal);
      if (outcome === "shown") continue;
      if (outcome === "locked") this.#lockedParts = locked.length + offset + 1;
      else this.#leaveThread();
      return await this.#write(text, signal);
    }
    await this.#remove(locked.length + parts.length, signal);
  }

  /** `locked`: this part stays as it is shown. `root_gone`: it cannot be posted in its thread. */
  async #writePart(
    index: number,
    part: SplitPart,
    signal: AbortSignal,
  ): Promise<"shown" | "locked" | "root_gone"> {
    for (;;) {
      const shown = this.#shown[index];
      if (shown?.text === part.text) return "shown";
      const edited = shown === undefined
        ? "gone"
        : await editPost(shown.postId, part.text, this.#deps, signal);
      if (edited === "locked") return "locked";
      if (shown !== undefined && edited === "edited") {
        this.#shown[index] = { ...shown, ...part };
        return "shown";
      }
      const { answerTo } = this.#options;
      const number = shown?.number ?? (this.#shown[index - 1]?.number ?? -1) + 1;
      const create = { target: this.#target, answerTo, index: number, text: part.text };
      const outcome = await deliverPost(create, this.#deps, signal);
      if (outcome.kind === "root_gone") return "root_gone";
      // An earlier try that was cut short may have stored another text: then it is edited.
      const { postId, text } = outcome;
      this.#shown[index] = { number, postId, text, source: part.source };
    }
  }

  #leaveThread(): void {
    this.#target = { ...this.#target, rootId: "" };
    this.#intro = ROOT_GONE_NOTE;
  }

  /** Takes away posts that a shorter answer does not need: the model's call failed and began anew. */
  async #remove(from: number, signal: AbortSignal): Promise<void> {
    for (const { postId } of this.#shown.splice(from)) {
      await this.#deps.api.deletePost(postId, signal).catch((error) => {
        this.#deps.log("warn", "reply.not_removed", { postId, error: String(error) });
      });
    }
  }
}
