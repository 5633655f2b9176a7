import type { TurnEvent } from "../agent/turn.ts";
import { isInvisible } from "../mattermost/clean_text.ts";
import type { Post } from "../mattermost/types.ts";
import type { Redact } from "../safety/redact.ts";
import { defuseMentions, defusePost } from "./defuse_mentions.ts";
import { deliverPost, type DeliveryDeps, type ReplyTarget } from "./deliver_post.ts";
import { editPost } from "./edit_post.ts";
import { slowSummary, slowText } from "./progress_texts.ts";
import { joinSteps, SaidText } from "./said_text.ts";
import { type SplitPart, splitPost } from "./split_post.ts";
import type { ToolProgress } from "./tool_progress.ts";

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
  /** Take away what was said before tools worked, as soon as the answer after them is there. */
  readonly dropsInterim?: boolean;
  /** What people see of the tools while the answer is made; without it, nothing. */
  readonly progress?: ToolProgress;
  /**
   * After so long, what comes after work with tools stands in a post of its own, of which people are
   * notified, and not in the one that has shown the work. Without it, never.
   */
  readonly freshAfterMs?: number;
  /** Takes out what nobody may see. */
  readonly redact: Redact;
}

/** A post that cannot be edited for so long is not worth growing. */
const GROWTH_MS_MIN = 30_000;

/** One post of the answer as the server has it. */
interface ShownPart {
  /** Its number in the marker; numbers have a gap where somebody deleted a post. */
  readonly number: number;
  readonly postId: string;
  readonly text: string;
  /** The piece of the answer that it shows. */
  readonly source: string;
}

/** What has been said before a cut; what comes after it stands in posts of its own. */
interface Before {
  readonly text: string;
  /** The work until then, in one line. */
  readonly summary: string;
}

/**
 * Shows one turn in the channel: posts that grow while the model talks and its tools work, edited at
 * most once a second and never two at a time, and in the end the whole answer, with the work in one
 * line below it. `show` returns at once.
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
  /** Posts that are left as they are: the answer goes on below them. */
  readonly #left: ShownPart[] = [];
  /** What those posts shall say that stand now, before they are left. */
  #before: Before | undefined;
  /** When the newest post was made. */
  #madeAtMs = 0;
  /** Whether tools have worked since the model last spoke. */
  #hasWorked = false;
  /** Whether people have seen what the tools do. */
  #hasShownWork = false;
  /** Whether edits are refused so soon that nothing can grow. */
  #cannotGrow = false;
  #slowSinceMs: number | undefined;
  readonly #said: SaidText;
  #growing: Promise<void> | undefined;

  constructor(options: ReplyOptions, deps: DeliveryDeps) {
    this.#options = options;
    this.#deps = deps;
    this.#target = options.target;
    this.#said = new SaidText({ ...options, keepsInterim: options.dropsInterim !== true });
    this.#shown = [...options.existing.entries()].sort(([a], [b]) => a - b)
      .map(([number, post]) => ({ number, postId: post.id, text: post.message, source: "" }));
  }

  /** Takes note of what the turn said and did. */
  show(event: TurnEvent, signal: AbortSignal): void {
    if (event.kind === "tool_started") this.#hasWorked = true;
    if (event.kind === "text_delta" && this.#hasWorked) {
      this.#hasWorked = false;
      const ageMs = this.#deps.clock.nowMs() - this.#madeAtMs;
      if (this.#shown.length > 0 && ageMs >= (this.#options.freshAfterMs ?? Infinity)) this.cut();
    }
    const hasWork = this.#options.progress?.take(event) ?? false;
    const hasMore = this.#said.take(event) && this.#options.streaming;
    if (hasMore || hasWork) this.#growing ??= this.#grow(signal);
  }

  /** Says below the answer that it takes its time. */
  showSlow(sinceMs: number, signal: AbortSignal): void {
    this.#slowSinceMs = sinceMs;
    if (!this.#said.isSpeaking) this.#hasWorked = true;
    this.#growing ??= this.#grow(signal);
  }

  /** From here on the answer stands in posts of its own, since others may stand below these. */
  cut(): void {
    const summary = this.#summary;
    this.#options.progress?.clear();
    const text = this.#said.cut();
    this.#before = this.#before === undefined
      ? { text, summary }
      : { text: joinSteps(this.#before.text, text), summary: this.#before.summary };
  }

  /** Leaves the posts as they are. Resolves with their ids when nothing changes any more. */
  async leave(): Promise<readonly string[]> {
    this.#complete.abort();
    await this.#growing;
    return this.#postIds;
  }

  /** What has been said so far. */
  get text(): string {
    return this.#said.text;
  }

  /** Whether people can see something of the answer. */
  get isShown(): boolean {
    return this.#left.length + this.#shown.length > 0;
  }

  /**
   * Writes the final state: all that was said, with `note` below it.
   *
   * @returns the ids of the posts, in order. @throws when the server will not have them.
   */
  async finish(note: string, signal: AbortSignal): Promise<readonly string[]> {
    this.#complete.abort();
    await this.#growing;
    await this.#leave(signal);
    const text = joinSteps(this.#said.shown, this.#options.redact(note));
    await this.#write(text, isInvisible(text) ? "" : this.#summary, signal);
    return this.#postIds;
  }

  get #postIds(): readonly string[] {
    return [...this.#left, ...this.#shown].map((part) => part.postId);
  }

  /** Writes the state of the moment, once a second, until the answer is complete. */
  async #grow(signal: AbortSignal): Promise<void> {
    const stop = AbortSignal.any([signal, this.#complete.signal]);
    for (;;) {
      await this.#deps.clock.sleep(EDIT_INTERVAL_MS, stop);
      if (stop.aborted) return;
      try {
        await this.#leave(signal);
        await this.#writeGrowing(signal);
      } catch (error) {
        // The final state is written whatever happened to this one, and reports its failure.
        this.#deps.log("debug", "reply.growing_failed", { error: String(error) });
        if (signal.aborted) return;
      }
    }
  }

  async #writeGrowing(signal: AbortSignal): Promise<void> {
    if (this.#cannotGrow) return;
    const text = this.#options.streaming ? this.#said.growing : "";
    const work = this.#lockedParts > 0 ? "" : this.#work;
    // Nothing to see: also when a call failed and begins anew. The posts stay.
    if (isInvisible(text) && work === "") return;
    this.#hasShownWork ||= work !== "";
    await this.#write(text, work, signal);
  }

  /** What goes on at the moment. */
  get #work(): string {
    const slow = this.#slowSinceMs === undefined ? "" : slowText(this.#slowSinceMs);
    const { text = "", summary = "" } = this.#options.progress ?? {};
    // Once the model speaks again, how it came to that is of less interest.
    return joinSteps(this.#said.isSpeaking ? summary : text, slow);
  }

  /** What has gone on, for those who have seen it going on. */
  get #summary(): string {
    if (!this.#hasShownWork || this.#lockedParts > 0) return "";
    const { summary = "" } = this.#options.progress ?? {};
    if (summary !== "" || this.#slowSinceMs === undefined) return summary;
    return slowSummary(this.#slowSinceMs);
  }

  /** Writes the last state of the posts that are to be left, and leaves them. */
  async #leave(signal: AbortSignal): Promise<void> {
    if (this.#before === undefined) return;
    const { text, summary } = this.#before;
    const says = joinSteps(text, summary);
    if (this.#shown.length === 0 || isInvisible(says)) this.#said.rejoin(text); // Nothing to leave.
    else {
      await this.#write(text, summary, signal);
      this.#left.push(...this.#shown.splice(0));
      this.#lockedParts = 0;
      this.#intro = "";
      this.#hasShownWork = false;
      this.#slowSinceMs = undefined;
    }
    this.#before = undefined;
  }

  /** Brings the posts to show `text`, and `below` it: edits those that differ, adds what is missing. */
  async #write(text: string, below: string, signal: AbortSignal): Promise<void> {
    const said = defuseMentions(this.#intro + text);
    const whole = defuseMentions(this.#intro + joinSteps(text, below));
    const locked = this.#shown.slice(0, this.#lockedParts);
    let end = commonStart(locked.map((part) => part.source).join(""), whole);
    while (end > 0 && whole[end] === "\n") end++;
    const parts = splitPost(whole, this.#options.runesMax, end);
    for (const [offset, { text: shown, source }] of parts.entries()) {
      // Of a post that is locked later, what stood below the text is no part of the answer.
      const saidSource = source.slice(0, Math.max(0, said.length - end));
      end += source.length;
      const part = { text: defusePost(shown), source: saidSource };
      const outcome = await this.#writePart(locked.length + offset, part, signal);
      if (outcome === "shown") continue;
      if (outcome === "locked") this.#lock(locked.length + offset);
      else this.#leaveThread();
      return await this.#write(text, outcome === "locked" ? "" : below, signal);
    }
    await this.#remove(locked.length + parts.length, signal);
  }

  #lock(index: number): void {
    this.#lockedParts = index + 1;
    this.#cannotGrow ||= this.#deps.clock.nowMs() - this.#madeAtMs < GROWTH_MS_MIN;
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
      const number = shown?.number ??
        ((this.#shown[index - 1] ?? this.#left.at(-1))?.number ?? -1) + 1;
      const create = { target: this.#target, answerTo, index: number, text: part.text };
      const outcome = await deliverPost(create, this.#deps, signal);
      if (outcome.kind === "root_gone") return "root_gone";
      // An earlier try that was cut short may have stored another text: then it is edited.
      const { postId, text } = outcome;
      this.#madeAtMs = this.#deps.clock.nowMs();
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

/** How many characters both texts have in common from their beginning. */
function commonStart(a: string, b: string): number {
  const most = Math.min(a.length, b.length);
  let length = 0;
  while (length < most && a[length] === b[length]) length++;
  const isInPair = /[\ud800-\udbff]/.test(a[length - 1] ?? "");
  return isInPair ? length - 1 : length;
}
