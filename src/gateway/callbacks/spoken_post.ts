import { asObject } from "../../mattermost/decode.ts";
import type { Post } from "../../mattermost/types.ts";
import { defuseMentions, defusePost } from "../../replies/defuse_mentions.ts";
import { deliverPost } from "../../replies/deliver_post.ts";
import { namedByTime } from "../../replies/find_reply_posts.ts";
import type { ExchangeDeps } from "../exchange_deps.ts";
import type { InboundMessage } from "../inbound.ts";
import { spokenText } from "./native_texts.ts";

/** For whom the bot says something in a post of its own, and what. */
export interface Spoken {
  readonly userId: string;
  readonly userName: string;
  readonly text: string;
}

/** Where it stands in the props. Only posts of the bot itself are believed: see `spokenFor`. */
const PROP = "hermes_for";
/** What the person's name and our words around it take. */
const FRAME_RUNES = 200;

/**
 * Says for a person what they want of the bot. The post comes back over the socket, and is then as
 * good as one of theirs: it is claimed, answered and taken up again like all others.
 */
export async function speakFor(
  { senderId: userId, senderName: userName, text, channelId, rootId }: InboundMessage,
  { delivery, runesMax }: Pick<ExchangeDeps, "delivery" | "runesMax">,
  signal: AbortSignal,
): Promise<void> {
  const shown = [...text].slice(0, runesMax - FRAME_RUNES).join("");
  const message = defusePost(defuseMentions(spokenText(userName, shown)));
  const spoken: Spoken = { userId, userName, text };
  const { clock, random } = delivery;
  const answerTo = namedByTime(clock.nowMs(), random.id());
  const part = { answerTo, index: 0, text: message, props: { [PROP]: spoken } };
  const target = { channelId, rootId };
  const outcome = await deliverPost({ ...part, target }, delivery, signal);
  if (outcome.kind !== "root_gone") return;
  await deliverPost({ ...part, target: { channelId, rootId: "" } }, delivery, signal);
}

/** For whom a post of the bot speaks; `undefined` for all others. */
export function spokenFor(
  { user_id: authorId, props }: Pick<Post, "user_id" | "props">,
  botUserId: string,
): Spoken | undefined {
  if (authorId !== botUserId) return undefined;
  const { userId, userName, text } = asObject(props[PROP]) ?? {};
  if (typeof userId !== "string" || typeof text !== "string") return undefined;
  return { userId, userName: typeof userName === "string" ? userName : "", text };
}
