import type { MattermostApi } from "../mattermost/api.ts";
import { MattermostApiError } from "../mattermost/errors.ts";
import type { PostedEvent } from "../mattermost/events.ts";
import { type FoundPost, readPostedEvents } from "../mattermost/posted_events.ts";
import type { Clock } from "../runtime/clock.ts";
import type { Log } from "../runtime/log.ts";
import type { Ledger } from "./ledger.ts";

export interface UnfinishedDeps {
  readonly api: MattermostApi;
  readonly clock: Clock;
  readonly log: Log;
  /** Older posts are not worth an answer any more. */
  readonly postAgeMsMax: number;
}

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
      continue;
    }
    try {
      const [post, channel] = await Promise.all([
        deps.api.getPost(postId, signal),
        deps.api.getChannel(channelId, signal),
      ]);
      found.push({ post, channel });
    } catch (error) {
      const isRefusal = error instanceof MattermostApiError && [403, 404].includes(error.status);
      if (!isRefusal) throw error;
      deps.log("info", "gateway.unfinished_gone", { postId });
      ledger.settle(postId, "failed", []);
    }
  }
  return await readPostedEvents(found, deps.api, signal);
}
