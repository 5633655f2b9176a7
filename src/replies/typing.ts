import type { MattermostApi } from "../mattermost/api.ts";
import type { Clock } from "../runtime/clock.ts";
import type { ReplyTarget } from "./deliver_post.ts";

export interface TypingDeps {
  readonly api: MattermostApi;
  readonly clock: Clock;
  /** How often others must hear of it to keep seeing it; 0 when the server does not want it. */
  readonly intervalMs: number;
}

/**
 * Shows "is typing" in the channel or the thread until `done` aborts. A notice under way then is not
 * cut off: that would cost the connection. Never fails: it is a courtesy.
 */
export async function keepTyping(
  target: ReplyTarget,
  deps: TypingDeps,
  done: AbortSignal,
  signal: AbortSignal,
): Promise<void> {
  if (deps.intervalMs === 0) return;
  const over = AbortSignal.any([done, signal]);
  while (!over.aborted) {
    const typing = { channelId: target.channelId, parentId: target.rootId };
    await deps.api.showTyping(typing, signal).catch(() => {}); // The next one may get through.
    await deps.clock.sleep(deps.intervalMs, over);
  }
}

/** "is typing", which can be stopped and started again while one answer is made. */
export class TypingNotice {
  readonly #target: ReplyTarget;
  readonly #deps: TypingDeps;
  readonly #signal: AbortSignal;
  #running: { readonly done: AbortController; readonly typing: Promise<void> } | undefined;

  constructor(target: ReplyTarget, deps: TypingDeps, signal: AbortSignal) {
    this.#target = target;
    this.#deps = deps;
    this.#signal = signal;
  }

  start(): void {
    if (this.#running !== undefined) return;
    const done = new AbortController();
    const typing = keepTyping(this.#target, this.#deps, done.signal, this.#signal);
    this.#running = { done, typing };
  }

  /** Whether it is shown, or would be if the server wanted it. */
  get isOn(): boolean {
    return this.#running !== undefined;
  }

  async stop(): Promise<void> {
    const running = this.#running;
    this.#running = undefined;
    running?.done.abort();
    await running?.typing;
  }
}
