import type { MattermostApi } from "../mattermost/api.ts";
import { MattermostApiError } from "../mattermost/errors.ts";
import type { Clock } from "../runtime/clock.ts";
import type { Log } from "../runtime/log.ts";

/**
 * How work on a message ended. `dropped`: there is nothing to say about it. `unfinished`: it is taken
 * up again later, and shown as being worked on until then.
 */
export type WorkEnd = "done" | "failed" | "dropped" | "unfinished";

export interface WorkMarkDeps {
  readonly api: MattermostApi;
  readonly botUserId: string;
  readonly clock: Clock;
  readonly log: Log;
}

/** 👀: being worked on. */
const WORKING_EMOJI = "eyes";
/** ✅ and ❌. */
const END_EMOJIS = { done: "white_check_mark", failed: "x", dropped: undefined } as const;
/** How long the outcome may take to be shown: the conversation waits for it. */
const SETTLE_MS_MAX = 2_000;

/**
 * The reactions on a message by which people see that it is being worked on, and how that ended: three
 * requests at most. A courtesy: what fails is not tried again, and is no failure of the work.
 */
export class WorkMark {
  readonly #postId: string | undefined;
  readonly #deps: WorkMarkDeps;
  /** Whether 👀 may be there. */
  #beginning: Promise<boolean> | undefined;
  #end: WorkEnd = "done";

  /** @param postId `undefined` for work that is not to be seen on any post. */
  constructor(postId: string | undefined, deps: WorkMarkDeps) {
    this.#postId = postId;
    this.#deps = deps;
  }

  /** Returns at once. */
  begin(signal: AbortSignal): void {
    if (this.#postId === undefined) return;
    this.#beginning ??= this.#add(this.#postId, WORKING_EMOJI, signal);
  }

  /** Says how the work has ended; without a word it is done. */
  becomes(end: WorkEnd): void {
    this.#end = end;
  }

  /** Shows how the work ended. */
  async settle(): Promise<void> {
    if (this.#postId === undefined || this.#end === "unfinished") return;
    const over = new AbortController();
    const limit = this.#deps.clock.sleep(SETTLE_MS_MAX, over.signal).then(() => over.abort());
    await this.#showEnd(this.#postId, END_EMOJIS[this.#end], over.signal);
    over.abort();
    await limit;
  }

  async #showEnd(postId: string, emoji: string | undefined, signal: AbortSignal): Promise<void> {
    const late = new Promise<boolean>((resolve) =>
      signal.addEventListener("abort", () => resolve(true), { once: true })
    );
    // Not before 👀 is there: it would come after it was taken away.
    const isMarked = await Promise.race([this.#beginning, late]);
    if (emoji !== undefined) await this.#add(postId, emoji, signal);
    if (isMarked) await removeReaction(postId, WORKING_EMOJI, this.#deps, signal);
  }

  /** Gives whether the reaction may be there. Left out while the server wants us to wait. */
  async #add(postId: string, emojiName: string, signal: AbortSignal): Promise<boolean> {
    const { api, botUserId: userId, log } = this.#deps;
    if (api.isPaused) return false;
    try {
      await api.addReaction({ userId, postId, emojiName }, signal);
      return true;
    } catch (error) {
      log("debug", "reply.not_marked", { postId, emojiName, error: String(error) });
      return !(error instanceof MattermostApiError);
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
