import type { TurnEvent } from "../../agent/turn.ts";
import { SteerBox } from "../../agent/steer.ts";
import type { TaskPost } from "./task.ts";

/** Why a turn ends before it is done. */
export type Interruption =
  /** A person said stop. `dropped`: so many messages that waited are not answered either. */
  | { readonly kind: "stopped"; readonly dropped: number; readonly tools: readonly string[] }
  /** The same person said something newer, which is answered next. */
  | { readonly kind: "overtaken" }
  /** What it answers is another text now: it is run again, into the same posts. */
  | { readonly kind: "restarted" };

/** The tool whose calls are agents of their own. */
const DELEGATING_TOOL = "delegate_task";

/** One turn as people may change it while it runs, and as it can be watched. */
export class TurnControl {
  /** What people say to the turn while it runs. */
  readonly steer = new SteerBox();
  readonly #stop = new AbortController();
  readonly #tools = new Map<string, string>();
  #steered: readonly TaskPost[] = [];
  #interruption: Interruption | undefined;
  #hasWorked = false;
  #isOver = false;
  #isShown = () => false;

  /** Aborts when the turn shall end. */
  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  /** Why it ends; `undefined` while it may go on. */
  get interruption(): Interruption | undefined {
    return this.#interruption;
  }

  /** The first reason counts. */
  interrupt(reason: Interruption): void {
    if (this.#interruption !== undefined) return;
    this.#interruption = reason;
    this.#stop.abort();
  }

  /** Says where to look whether people can see something of the answer. */
  watch(isShown: () => boolean): void {
    this.#isShown = isShown;
  }

  /** Takes note of what the turn does. */
  note(event: TurnEvent): void {
    switch (event.kind) {
      case "tool_started":
        this.#hasWorked = true;
        this.#tools.set(event.callId, event.name);
        return;
      case "tool_ended":
        this.#tools.delete(event.callId);
        return;
      case "ended":
        this.#isOver = true;
    }
  }

  get stage(): "fresh" | "under_way" | "ending" {
    if (this.#isOver) return "ending";
    return this.#hasWorked || this.#isShown() ? "under_way" : "fresh";
  }

  /** Names of the tools that run at the moment. */
  get tools(): readonly string[] {
    return [...this.#tools.values()];
  }

  get delegates(): boolean {
    return this.tools.includes(DELEGATING_TOOL);
  }

  /** Passes what a post says on to the turn; false when too much waits. */
  pass(post: TaskPost, text: string): boolean {
    if (!this.steer.push(text)) return false;
    this.#steered = [...this.#steered, post];
    return true;
  }

  /** The posts that were passed on. */
  get steered(): readonly TaskPost[] {
    return this.#steered;
  }

  /** Those of them that the turn has not read. */
  get unread(): readonly TaskPost[] {
    return this.#steered.slice(this.#steered.length - this.steer.size);
  }

  /** Those that the turn has not read; it will not read them any more. */
  takeUnread(): readonly TaskPost[] {
    const { unread } = this;
    this.steer.take();
    this.#steered = this.#steered.slice(0, this.#steered.length - unread.length);
    return unread;
  }

  /** The posts that were passed on; it does not have them any more. */
  takeSteered(): readonly TaskPost[] {
    const steered = this.#steered;
    this.steer.take();
    this.#steered = [];
    return steered;
  }
}
