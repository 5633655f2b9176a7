import type { MattermostApi } from "../mattermost/api.ts";
import { MattermostApiError } from "../mattermost/errors.ts";
import type { PostedEvent } from "../mattermost/events.ts";
import type { Log } from "../runtime/log.ts";
import type { Ledger } from "./ledger.ts";

/**
 * The posts that were taken on before a restart and not answered, as they are now, oldest first.
 * What was deleted meanwhile, or cannot be read any more, is settled as failed.
 */
export async function readUnfinishedPosts(
  ledger: Ledger,
  deps: { readonly api: MattermostApi; readonly log: Log },
  signal: AbortSignal,
): Promise<readonly PostedEvent[]> {
  const events: PostedEvent[] = [];
  for (const { postId } of ledger.unfinished()) {
    try {
      events.push(await readPostedEvent(postId, deps.api, signal));
    } catch (error) {
      const isRefusal = error instanceof MattermostApiError && [403, 404].includes(error.status);
      if (!isRefusal) throw error;
      deps.log("info", "gateway.unfinished_gone", { postId });
      ledger.settle(postId, "failed", []);
    }
  }
  return events;
}

async function readPostedEvent(
  postId: string,
  api: MattermostApi,
  signal: AbortSignal,
): Promise<PostedEvent> {
  const post = await api.getPost(postId, signal);
  const [channel, user] = await Promise.all([
    api.getChannel(post.channel_id, signal),
    api.getUser(post.user_id, signal),
  ]);
  return {
    kind: "posted",
    post,
    channelType: channel.type,
    channelName: channel.name,
    channelDisplayName: channel.type === "D" ? `@${user.username}` : channel.display_name,
    teamId: channel.team_id,
    senderName: user.username,
    via: "catch_up",
  };
}
