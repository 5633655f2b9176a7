import { untilAnswered } from "../mattermost/until_answered.ts";
import { DELIVERY_MS_MAX, type ReplyTarget } from "../replies/deliver_post.ts";
import { findReplyPosts } from "../replies/find_reply_posts.ts";
import { ReplyWriter } from "../replies/reply_writer.ts";
import type { ExchangeDeps } from "./exchange_deps.ts";
import type { InboundMessage } from "./inbound.ts";
import type { SessionOptions } from "./session_key.ts";

export type NoteDeps = Pick<ExchangeDeps, "delivery" | "sessionOptions" | "runesMax" | "redact">;

/** Posts a line of our own as the answer to a message, without a turn. */
export function answerWithNote(
  message: InboundMessage,
  note: string,
  deps: NoteDeps,
  signal: AbortSignal,
): Promise<readonly string[]> {
  return postNote(message, message.postId, note, deps, signal);
}

/**
 * The posts that a line of ours has become by which the message was answered before a restart. Asks
 * the server until it answers.
 */
export async function findAnswer(
  message: InboundMessage,
  { delivery, sessionOptions }: NoteDeps,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const target = replyTarget(message, sessionOptions);
  const find = () => findReplyPosts(message.postId, target, delivery, signal);
  const found = await untilAnswered(find, { msMax: DELIVERY_MS_MAX }, delivery, signal);
  return [...found.values()].map((post) => post.id);
}

/** Posts a line of our own that answers nothing: to a message that is answered later, or to nobody. */
export function remark(
  about: Remarked,
  note: string,
  deps: NoteDeps,
  signal: AbortSignal,
): Promise<readonly string[]> {
  return postNote(about, `${about.postId}.remark`, note, deps, signal);
}

/** What a line of our own is about: a message, or a post of ours. */
type Remarked = Pick<InboundMessage, "postId" | "channelId" | "channelKind" | "rootId">;

async function postNote(
  about: Remarked,
  answerTo: string,
  note: string,
  deps: NoteDeps,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const target = replyTarget(about, deps.sessionOptions);
  const { redact, runesMax } = deps;
  const answer = { target, answerTo, existing: new Map(), runesMax, redact };
  const plain = { streaming: false, showsReasoning: false };
  return await new ReplyWriter({ ...answer, ...plain }, deps.delivery).finish(note, signal);
}

/** Where an answer goes. `thread` answers below the message; a message inside a thread is answered there in either mode. */
export function replyTarget(message: Remarked, { replyModes }: SessionOptions): ReplyTarget {
  const ownThread = replyModes[message.channelKind] === "thread" ? message.postId : "";
  return { channelId: message.channelId, rootId: message.rootId || ownThread };
}
