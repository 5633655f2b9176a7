import { HermesError } from "../../errors.ts";
import type { MattermostApi } from "../../mattermost/api.ts";
import type { PostedEvent } from "../../mattermost/events.ts";
import { readPostedEvents } from "../../mattermost/posted_events.ts";
import type { Post } from "../../mattermost/types.ts";
import type { Clock } from "../../runtime/clock.ts";
import type { Log } from "../../runtime/log.ts";
import type { SessionKey } from "../../sessions/session_store.ts";
import type { AnswerQueue } from "../answer_queue.ts";
import { parseCommand } from "../commands/parse_command.ts";
import { type BotIdentity, type InboundMessage, toInboundMessage } from "../inbound.ts";
import type { SessionLanes } from "../lanes.ts";
import type { Ledger } from "../ledger.ts";

/** An older post is not answered because of an edit: the ledger may have forgotten it. */
const POST_AGE_MS_MAX = 24 * 3_600_000;

export interface EditedPostsDeps {
  readonly api: MattermostApi;
  readonly ledger: Ledger;
  readonly queue: AnswerQueue;
  readonly lanes: SessionLanes;
  /** Takes a post on as if it had been written just now. */
  readonly handlePosted: (event: PostedEvent) => void;
  readonly clock: Clock;
  readonly log: Log;
}

/** What edits of posts lead to: another text to answer, or a message that was none before. */
export class EditedPosts {
  readonly #deps: EditedPostsDeps;
  readonly #cancel: AbortSignal;

  constructor(deps: EditedPostsDeps, cancel: AbortSignal) {
    this.#deps = deps;
    this.#cancel = cancel;
  }

  /** The server tells so also of posts that are pinned, or whose links got a preview. */
  handle(post: Post, bot: BotIdentity): void {
    const { ledger, queue } = this.#deps;
    if (post.user_id === bot.userId || post.delete_at !== 0) return;
    const now = contentOf(post, bot);
    if (ledger.entryOf(post.id) === undefined) return this.#takeIfCalled(post, now);
    const known = queue.conversations.find(post.id);
    if (known === undefined) return;
    const wasCommand = known.source !== known.message.text;
    const text = wasCommand ? parseCommand(now.text)?.args ?? now.text : now.text;
    queue.edit({ ...known.message, text, files: now.files }, now.text);
  }

  /** The bot is mentioned where it was not before: the socket does not tell the rest of such a post. */
  #takeIfCalled(post: Post, { mentionsBot }: InboundMessage): void {
    const { clock, handlePosted, lanes, log } = this.#deps;
    const isOld = post.create_at < clock.nowMs() - POST_AGE_MS_MAX;
    if (!mentionsBot || isOld) return;
    lanes.run(`edit:${post.id}` as SessionKey, async () => {
      try {
        const channel = await this.#deps.api.getChannel(post.channel_id, this.#cancel);
        const [event] = await readPostedEvents([{ post, channel }], this.#deps.api, this.#cancel);
        if (event !== undefined) handlePosted(event);
      } catch (error) {
        // The next sweep finds the post as it is now.
        const reason = error instanceof HermesError ? error.message : String(error);
        log("warn", "gateway.edit_not_read", { postId: post.id, error: reason });
      }
    });
  }
}

/** What a post says, as a message would; where it was said is not in the event. */
function contentOf(post: Post, bot: BotIdentity): InboundMessage {
  const place = { channelName: "", channelDisplayName: "", teamId: "", senderName: "" };
  return toInboundMessage({ kind: "posted", post, channelType: "O", via: "socket", ...place }, bot);
}
