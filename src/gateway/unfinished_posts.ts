import type { HermesError } from "../errors.ts";
import { MattermostApiError } from "../mattermost/errors.ts";
import type { PostedEvent } from "../mattermost/events.ts";
import { type FoundPost, readPostedEvents } from "../mattermost/posted_events.ts";
import {
  isTemporary,
  untilAnswered,
  type UntilAnsweredDeps,
} from "../mattermost/until_answered.ts";
import { removeWorkingMark } from "../replies/work_mark.ts";
import type { Ledger } from "./ledger.ts";

export interface UnfinishedDeps extends UntilAnsweredDeps {
  /** Older posts are not worth an answer any more. */
  readonly postAgeMsMax: number;
}

/** A gateway that starts has nothing better to do than to wait for its server. */
const ANY_TIME = { msMax: Infinity };
/** A busy server refuses by mistake; so many refusals are believed. */
const DOUBTS_MAX = 3;

/**
 * The posts that were taken on before a restart and not answered, as they are now, oldest first.
 * What is too old, was deleted meanwhile, or cannot be read any more is settled as failed.
 */
export async function readUnfinishedPosts(
  ledger: Ledger,
  deps: UnfinishedDeps,
  signal: AbortSignal,
): Promise<readonly PostedEvent[]> {
  const found: FoundPost[] = [];
  const oldestMs = deps.clock.nowMs() - deps.postAgeMsMax;
  for (const { postId, channelId, claimedAtMs } of ledger.unfinished()) {
    if (claimedAtMs < oldestMs) {
      deps.log("info", "gateway.unfinished_too_old", { postId });
      ledger.settle(postId, "failed", []);
      await removeWorkingMark(postId, deps, signal);
      continue;
    }
    try {
      found.push(await readClaimed(postId, channelId, deps, signal));
    } catch (error) {
      const isRefusal = error instanceof MattermostApiError && [403, 404].includes(error.status);
      if (!isRefusal) throw error;
      deps.log("info", "gateway.unfinished_gone", { postId });
      ledger.settle(postId, "failed", []);
    }
  }
  const describe = () => readPostedEvents(found, deps.api, signal);
  return await untilAnswered(describe, ANY_TIME, deps, signal);
}

async function readClaimed(
  postId: string,
  channelId: string,
  deps: UnfinishedDeps,
  signal: AbortSignal,
): Promise<FoundPost> {
  let doubts = 0;
  const mayPass = (error: unknown): error is HermesError => {
    const isForbidden = error instanceof MattermostApiError && error.kind === "forbidden";
    return isForbidden ? ++doubts < DOUBTS_MAX : isTemporary(error);
  };
  const read = async () => {
    const [post, channel] = await Promise.all([
      deps.api.getPost(postId, signal),
      deps.api.getChannel(channelId, signal),
    ]);
    return { post, channel };
  };
  return await untilAnswered(read, { ...ANY_TIME, mayPass }, deps, signal);
}
