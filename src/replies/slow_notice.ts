import type { Clock } from "../runtime/clock.ts";
import type { ReplyWriter } from "./reply_writer.ts";
import type { TypingNotice } from "./typing.ts";

export interface SlowNoticeDeps {
  readonly delivery: { readonly clock: Clock };
  /** How often people are told; 0 for never. */
  readonly notifyIntervalMs: number;
}

/** Tells people now and then that an answer takes its time, but not while it is they who are waited for. */
export class SlowNotice {
  readonly #reply: ReplyWriter;
  readonly #typing: TypingNotice;
  readonly #deps: SlowNoticeDeps;
  readonly #over = new AbortController();
  #telling: Promise<void> | undefined;

  constructor(reply: ReplyWriter, typing: TypingNotice, deps: SlowNoticeDeps) {
    this.#reply = reply;
    this.#typing = typing;
    this.#deps = deps;
  }

  start(signal: AbortSignal): void {
    this.#telling ??= this.#tell(signal);
  }

  async stop(): Promise<void> {
    this.#over.abort();
    await this.#telling;
  }

  async #tell(signal: AbortSignal): Promise<void> {
    const { delivery: { clock }, notifyIntervalMs } = this.#deps;
    if (notifyIntervalMs === 0) return;
    const startedAtMs = clock.nowMs();
    const over = AbortSignal.any([signal, this.#over.signal]);
    for (;;) {
      await clock.sleep(notifyIntervalMs, over);
      if (over.aborted) return;
      if (this.#typing.isOn) this.#reply.showSlow(clock.nowMs() - startedAtMs, signal);
    }
  }
}
