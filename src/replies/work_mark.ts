import type { MattermostApi } from "../mattermost/api.ts";
import type { Clock } from "../runtime/clock.ts";
import type { Log } from "../runtime/log.ts";

/** How work on a message ended. `dropped`: there is nothing to say about it. */
export type WorkEnd = "done" | "failed" | "dropped";

export interface WorkMarkDeps {
  readonly api: MattermostApi;
  readonly botUserId: string;
  readonly clock: Clock;
  readonly log: Log;
}

/** 👀: being worked on. */
const WORKING_EMOJI = "eyes";
/** ✅ and ❌. */
const END_EMOJIS: Readonly<Record<WorkEnd, string | undefined>> = {
  done: "white_check_mark",
  failed: "x",
  dropped: undefined,
};
/** How long the outcome may take to be shown: the conversation waits for it. */
const SETTLE_MS_MAX = 3_000;

/**
 * The reactions on a message by which people see that it is being worked on, and how that ended: three
 * requests at most. A courtesy: what fails is not tried again, and is no failure of the work.
 */
export class WorkMark {
  readonly #postId: string | undefined;
  readonly #deps: WorkMarkDeps;
  #beginning: Promise<void> | undefined;
  #end: WorkEnd = "done";

  /** @param postId `undefined` for work that is not to be seen on any post. */
  constructor(postId: string | undefined, deps: WorkMarkDeps) {
    this.#postId = postId;
    this.#deps = deps;
  }

  /** Returns at once. */
  begin(signal: AbortSignal): void {
    if (this.#postId !== undefined) this.#beginning ??= this.#add(WORKING_EMOJI, signal);
  }

  /** Says how the work has ended; without a word it is done. */
  becomes(end: WorkEnd): void {
    this.#end = end;
  }

  /** Shows how the work ended. Not called when it is taken up again later. */
  async settle(signal: AbortSignal): Promise<void> {
    if (this.#postId === undefined || this.#beginning === undefined) return;
    const over = new AbortController();
    const limit = this.#deps.clock.sleep(SETTLE_MS_MAX, over.signal).then(() => over.abort());
    await this.#showEnd(this.#postId, AbortSignal.any([signal, over.signal]));
    over.abort();
    await limit;
  }

  async #showEnd(postId: string, signal: AbortSignal): Promise<void> {
    const aborted = new Promise<void>((resolve) =>
      signal.addEventListener("abort", () => resolve(), { once: true })
    );
    await Promise.race([this.#beginning, aborted]); // Or it would come after it is taken away.
    const emoji = END_EMOJIS[this.#end];
    if (emoji !== undefined) await this.#add(emoji, signal);
    await removeReaction(postId, WORKING_EMOJI, this.#deps, signal);
  }

  async #add(emojiName: string, signal: AbortSignal): Promise<void> {
    const { api, botUserId: userId, log } = this.#deps;
    const postId = this.#postId ?? "";
    try {
      await api.addReaction({ userId, postId, emojiName }, signal);
    } catch (error) {
      log("debug", "reply.not_marked", { postId, emojiName, error: String(error) });
    }
  }
}

/** Takes 👀 from a message on which nobody will work any more. Never fails. */
export async function removeWorkingMark(
  postId: string,
  deps: Pick<WorkMarkDeps, "api" | "log">,
  signal: AbortSignal,
): Promise<void> {
  await removeReaction(postId, WORKING_EMOJI, deps, signal);
}

async function removeReaction(
  postId: string,
  emojiName: string,
  { api, log }: Pick<WorkMarkDeps, "api" | "log">,
  signal: AbortSignal,
): Promise<void> {
  try {
    await api.removeReaction(postId, emojiName, signal);
  } catch (error) {
    log("debug", "reply.not_unmarked", { postId, emojiName, error: String(error) });
  }
}
