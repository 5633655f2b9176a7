import type { Post } from "../mattermost/types.ts";
import { untilAnswered } from "../mattermost/until_answered.ts";
import { deliverFiles, FILE_PART_MIN } from "../replies/deliver_files.ts";
import { DELIVERY_MS_MAX, type ReplyTarget } from "../replies/deliver_post.ts";
import { findReplyPosts } from "../replies/find_reply_posts.ts";
import { readMediaLines } from "../replies/media_lines.ts";
import { ReplyWriter } from "../replies/reply_writer.ts";
import { SlowNotice } from "../replies/slow_notice.ts";
import { ToolProgress } from "../replies/tool_progress.ts";
import { TypingNotice } from "../replies/typing.ts";
import { WorkMark } from "../replies/work_mark.ts";
import type { SessionKey } from "../sessions/session_store.ts";
import type { TurnControl } from "./busy/turn_control.ts";
import type { ExchangeDeps } from "./exchange_deps.ts";
import { INTERRUPTED_NOTE, joinNotes, problemNote } from "./exchange_texts.ts";
import { runTurnInto } from "./exchange_turn.ts";
import type { InboundMessage } from "./inbound.ts";
import { replyTarget } from "./post_note.ts";
import { ChatAsker } from "./questions/chat_asker.ts";
import { dropOldQuestions } from "./questions/drop_old_questions.ts";

/** How long the shutdown waits for a growing answer to be closed with a note. */
const CLOSE_MS_MAX = 2_000;

export interface ExchangeOptions {
  /** It was begun before a restart. */
  readonly takenUpAgain: boolean;
  /** By which people end the turn, or change what it is about. */
  readonly control: TurnControl;
}

/**
 * One message answered: loads the session, runs the turn, keeps and shows what happens. The only
 * place where the agent and Mattermost meet.
 *
 * @returns the ids of the answer's posts. @throws when the answer cannot be posted, and when `signal`
 * aborts: what has grown is then closed with a note, and the same message can be taken up again.
 */
export async function runExchange(
  message: InboundMessage,
  key: SessionKey,
  options: ExchangeOptions,
  deps: ExchangeDeps,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const { control } = options;
  const target = replyTarget(message, deps.sessionOptions);
  const existing = options.takenUpAgain
    ? await takeBack(message, key, target, deps, signal)
    : new Map<number, Post>();
  const answerTo = message.postId;
  const reply = openReply({ target, answerTo, existing }, deps);

  const typingDeps = { ...deps.delivery, intervalMs: deps.typingIntervalMs };
  const typing = new TypingNotice(target, typingDeps, signal);
  const asker = new ChatAsker(
    { message, target, sessionKey: key, typing, onAsk: () => reply.cut(), cancel: signal },
    deps,
  );
  const isMarked = deps.reactions && message.origin !== "nobody";
  const mark = new WorkMark(isMarked ? message.postId : undefined, deps.delivery);
  const slow = new SlowNotice(reply, typing, deps);
  let note: string | undefined;
  typing.start();
  slow.start(signal);
  mark.begin(signal);
  try {
    control.watch(() => reply.isShown);
    note = await runTurnInto(reply, { message, key, asker, mark, control }, deps, signal);
    await Promise.all([typing.stop(), slow.stop()]);
    if (note === undefined) return await reply.leave();
    const postIds = await reply.finish(note, signal);
    const { paths } = readMediaLines(reply.text);
    if (paths.length === 0) return postIds;
    const files = { paths, target, answerTo, existing };
    const sent = await deliverFiles(files, { ...deps.delivery, ...deps.outbound }, signal);
    if (sent.problems.length === 0) return [...postIds, ...sent.postIds];
    const withProblems = joinNotes([note, ...sent.problems.map(problemNote)]);
    return [...await reply.finish(withProblems, signal), ...sent.postIds];
  } catch (error) {
    if (!signal.aborted) mark.becomes("failed");
    const closed = signal.aborted && (reply.isShown || reply.text !== "")
      ? await close(reply, note ?? INTERRUPTED_NOTE, deps)
      : undefined;
    if (note !== undefined && closed !== undefined) return closed;
    if (signal.aborted) mark.becomes("unfinished");
    throw error;
  } finally {
    await Promise.all([typing.stop(), slow.stop()]);
    await asker.done();
    await mark.settle();
  }
}

function openReply(
  { target, answerTo, existing }: {
    readonly target: ReplyTarget;
    readonly answerTo: string;
    readonly existing: ReadonlyMap<number, Post>;
  },
  deps: ExchangeDeps,
): ReplyWriter {
  const { delivery, freshAfterMs, interimMessages, redact, runesMax, streaming, showsReasoning } =
    deps;
  const { toolProgress: mode, toolPreviewCharsMax: previewCharsMax } = deps;
  const texts = new Map([...existing].filter(([index]) => index < FILE_PART_MIN));
  return new ReplyWriter({
    target,
    answerTo,
    existing: texts,
    runesMax,
    streaming,
    showsReasoning,
    dropsInterim: !interimMessages,
    redact,
    progress: new ToolProgress({ mode, previewCharsMax, redact }, delivery.clock),
    freshAfterMs: freshAfterMs === 0 ? Infinity : freshAfterMs,
  }, delivery);
}

/** Makes the session as if the message had not come yet, and finds what was posted of its answer. */
async function takeBack(
  message: InboundMessage,
  key: SessionKey,
  target: ReplyTarget,
  deps: ExchangeDeps,
  signal: AbortSignal,
): Promise<ReadonlyMap<number, Post>> {
  await deps.sessions.rewind(key, message.postId);
  const { delivery } = deps;
  const find = async () => {
    await dropOldQuestions(message.postId, target, delivery, signal);
    return await findReplyPosts(message.postId, target, delivery, signal);
  };
  return await untilAnswered(find, { msMax: DELIVERY_MS_MAX }, delivery, signal);
}

/** Writes the last state when nothing else may run any more; `undefined` when that did not work. */
async function close(
  reply: ReplyWriter,
  note: string,
  deps: ExchangeDeps,
): Promise<readonly string[] | undefined> {
  const timeUp = new AbortController();
  const limit = deps.delivery.clock.sleep(CLOSE_MS_MAX, timeUp.signal).then(() => timeUp.abort());
  try {
    return await reply.finish(note, timeUp.signal);
  } catch (error) {
    deps.delivery.log("warn", "exchange.close_failed", { error: String(error) });
    return undefined;
  } finally {
    timeUp.abort();
    await limit;
  }
}
