import type { MattermostApi } from "../mattermost/api.ts";
import { MattermostApiError } from "../mattermost/errors.ts";
import { readPostedEvents } from "../mattermost/posted_events.ts";
import { type BotIdentity, type InboundMessage, toInboundMessage } from "./inbound.ts";

/** Reads a message as it is now; `undefined` when it is gone or not ours to read. */
export type MessageReader = (
  postId: string,
  channelId: string,
  signal: AbortSignal,
) => Promise<InboundMessage | undefined>;

export function createMessageReader(
  { api, bot }: { readonly api: MattermostApi; readonly bot: BotIdentity },
): MessageReader {
  return async (postId, channelId, signal) => {
    try {
      const [post, channel] = await Promise.all([
        api.getPost(postId, signal),
        api.getChannel(channelId, signal),
      ]);
      const [event] = await readPostedEvents([{ post, channel }], api, signal);
      return event && toInboundMessage(event, bot);
    } catch (error) {
      if (error instanceof MattermostApiError && [403, 404].includes(error.status)) {
        return undefined;
      }
      throw error;
    }
  };
}
