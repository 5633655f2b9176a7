import type { Clock } from "../../runtime/clock.ts";
import type { SessionKey } from "../../sessions/session_store.ts";
import type { InboundMessage } from "../inbound.ts";
import type { Task } from "./task.ts";
import type { TurnControl } from "./turn_control.ts";

/** How one exchange is run. */
export interface ExchangeRun {
  /** Something of the answer may be posted, or in the session, already. */
  readonly takenUpAgain: boolean;
  readonly control: TurnControl;
}

/** What is done for a task, and recorded of it. */
export interface TaskHost {
  /** Answers a message. @returns the ids of the answer's posts; what is to begin anew stays as it is. */
  exchange(message: InboundMessage, key: SessionKey, run: ExchangeRun): Promise<readonly string[]>;
  /** Takes away all that was posted and kept in answer to a message. */
  discard(message: InboundMessage, key: SessionKey): Promise<void>;
  /** Does `work`, which answers posts, and records the outcome for each of them. It does not reject. */
  settle(postIds: () => readonly string[], work: () => Promise<readonly string[]>): Promise<void>;
  /** Records that posts are not going to be answered. */
  drop(postIds: readonly string[], why: Dropped): void;
}

/** Why a post is not answered: its author said stop, or it was deleted. */
export type Dropped = "stopped" | "deleted" | "channel_closed";

export interface RunDeps {
  readonly host: TaskHost;
  readonly clock: Clock;
}

/** Runs one task to its end, and records how it ended. */
export function runTask(
  task: Task,
  key: SessionKey,
  deps: RunDeps,
  signal: AbortSignal,
): Promise<void> {
  return deps.host.settle(() => task.postIds, () => runTurns(task, key, deps, signal));
}

/**
 * Answers a task: its turn begins anew for as long as people change what it answers.
 *
 * @returns the ids of the answer's posts.
 */
export async function runTurns(
  task: Task,
  key: SessionKey,
  { host, clock }: RunDeps,
  signal: AbortSignal,
): Promise<readonly string[]> {
  try {
    for (;;) {
      await task.untilQuiet(clock, signal);
      await Promise.all(task.posts.map(({ onDisk }) => onDisk));
      signal.throwIfAborted();
      if (task.withdrawn !== undefined) {
        await host.discard(task.withdrawn, key);
        task.withdrawn = undefined;
        task.isBegun = false;
      }
      const replyIds = await runTurn(task, key, host);
      if (replyIds !== undefined) return replyIds;
    }
  } finally {
    task.close();
  }
}

/** @returns `undefined` when the turn is to begin anew. */
async function runTurn(
  task: Task,
  key: SessionKey,
  host: TaskHost,
): Promise<readonly string[] | undefined> {
  const message = task.toMessage(); // Now, since posts may have come and gone meanwhile.
  if (message === undefined) return [];
  const control = task.begin();
  try {
    const replyIds = await host.exchange(message, key, { takenUpAgain: task.isBegun, control });
    return control.interruption?.kind === "restarted" ? undefined : replyIds;
  } finally {
    task.end();
  }
}
