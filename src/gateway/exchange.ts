import { OUTCOME_NOTES } from "../agent/outcome_notes.ts";
import { type PromptSources, sessionPrompt } from "../agent/session_prompt.ts";
import { runTurn, type TurnDeps, type TurnEvent, type TurnOutcome } from "../agent/turn.ts";
import { HermesError } from "../errors.ts";
import { isInvisible } from "../mattermost/clean_text.ts";
import type { Post } from "../mattermost/types.ts";
import { untilAnswered } from "../mattermost/until_answered.ts";
import { ModelError, type ModelErrorKind } from "../models/errors.ts";
import { deliverFiles, FILE_PART_MIN, type FileDeliveryDeps } from "../replies/deliver_files.ts";
import { DELIVERY_MS_MAX, type DeliveryDeps, type ReplyTarget } from "../replies/deliver_post.ts";
import { findReplyPosts } from "../replies/find_reply_posts.ts";
import { readMediaLines } from "../replies/media_lines.ts";
import { ReplyWriter } from "../replies/reply_writer.ts";
import { TypingNotice } from "../replies/typing.ts";
import type { Redact } from "../safety/redact.ts";
import type { SessionKey, SessionStore } from "../sessions/session_store.ts";
import type { ToolContext } from "../tools/tool.ts";
import type { Message, UserMessage } from "../transcript/message.ts";
import { type AttachmentDeps, type Attachments, fetchAttachments } from "./attachments.ts";
import type { InboundMessage } from "./inbound.ts";
import { conversationFacts, PLATFORM_HINT } from "./conversation_facts.ts";
import type { Ledger } from "./ledger.ts";
import { ChatAsker } from "./questions/chat_asker.ts";
import { dropOldQuestions } from "./questions/drop_old_questions.ts";
import type { PendingQuestions } from "./questions/pending_questions.ts";
import { replyTarget } from "./post_note.ts";
import { isShared, type SessionOptions } from "./session_key.ts";
import { userText } from "./user_text.ts";

export interface ExchangeDeps {
  readonly sessions: SessionStore;
  readonly ledger: Ledger;
  readonly turn: TurnDeps;
  readonly delivery: DeliveryDeps;
  /** What people are asked while turns run. */
  readonly questions: PendingQuestions;
  readonly sessionOptions: SessionOptions;
  readonly prompt: PromptSources;
  readonly attachments: AttachmentDeps;
  /** Which files an answer may send, and how large they may be. */
  readonly outbound: Pick<FileDeliveryDeps, "allowFile" | "fileBytesMax">;
  /** More instructions for one channel, by channel id. */
  readonly channelPrompts: ReadonlyMap<string, string>;
  /** Most code points the server takes in one post. */
  readonly runesMax: number;
  readonly typingIntervalMs: number;
  readonly streaming: boolean;
  /** Whether what the model thought is quoted before its answer. */
  readonly showsReasoning: boolean;
  /** Takes out of answers what nobody may see. */
  readonly redact: Redact;
  /** Most characters of earlier messages that a turn is given. */
  readonly historyCharsMax: number;
}

const INTERRUPTED_NOTE =
  "_(Interrupted: Hermes is shutting down. The answer follows when it is back.)_";
const STOPPED_NOTE = "_(Stopped.)_";
/** For the model, in the place of what it would have said. */
const STOPPED_TEXT = "(The person stopped me here.)";
/** How long the shutdown waits for a growing answer to be closed with a note. */
const CLOSE_MS_MAX = 2_000;

export interface ExchangeOptions {
  /** It was begun before a restart. */
  readonly takenUpAgain: boolean;
  /** Aborts when a person wants the turn to end; the answer then is what was said until then. */
  readonly stop: AbortSignal;
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
  const target = replyTarget(message, deps.sessionOptions);
  const existing = options.takenUpAgain
    ? await takeBack(message, key, target, deps, signal)
    : new Map<number, Post>();
  const { redact, runesMax, streaming, showsReasoning } = deps;
  const texts = new Map([...existing].filter(([index]) => index < FILE_PART_MIN));
  const answerTo = message.postId;
  const answer = { target, answerTo, existing: texts, runesMax, streaming, redact };
  const reply = new ReplyWriter({ ...answer, showsReasoning }, deps.delivery);

  const typingDeps = { ...deps.delivery, intervalMs: deps.typingIntervalMs };
  const typing = new TypingNotice(target, typingDeps, signal);
  const asker = new ChatAsker(
    { message, target, sessionKey: key, typing, cancel: signal },
    { ...deps, timeZone: deps.prompt.timeZone },
  );
  let note: string | undefined;
  typing.start();
  try {
    note = await runTurnInto(reply, { message, key, asker, stop: options.stop }, deps, signal);
    await typing.stop();
    const postIds = await reply.finish(note, signal);
    const { paths } = readMediaLines(reply.text);
    if (paths.length === 0) return postIds;
    const files = { paths, target, answerTo, existing };
    const sent = await deliverFiles(files, { ...deps.delivery, ...deps.outbound }, signal);
    if (sent.problems.length === 0) return [...postIds, ...sent.postIds];
    const problems = sent.problems.map((problem) => `_(${problem})_`);
    const withProblems = [note, ...problems].filter((line) => line !== "").join("\n");
    return [...await reply.finish(withProblems, signal), ...sent.postIds];
  } catch (error) {
    if (!signal.aborted || reply.text === "") throw error;
    const closed = await close(reply, note ?? INTERRUPTED_NOTE, deps);
    if (note === undefined || closed === undefined) throw error;
    return closed;
  } finally {
    await typing.stop();
    await asker.done();
  }
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

/** What one turn runs for. */
interface TurnPlace {
  readonly message: InboundMessage;
  readonly key: SessionKey;
  readonly asker: ChatAsker;
  readonly stop: AbortSignal;
}

/** Runs the turn. Returns what is to be said below the answer: a failure, or nothing. */
async function runTurnInto(
  reply: ReplyWriter,
  place: TurnPlace,
  deps: ExchangeDeps,
  signal: AbortSignal,
): Promise<string> {
  const { message, key, stop } = place;
  try {
    const ended = AbortSignal.any([signal, stop]);
    const attached = await fetchAttachments(message.files, deps.attachments, ended);
    const input = await turnInput(place, attached, deps);
    let outcome: TurnOutcome = "empty";
    for await (const event of runTurn(input, deps.turn, ended)) {
      await keep(event, message, key, deps);
      reply.show(event, signal);
      if (event.kind === "ended") outcome = event.outcome;
    }
    const saysNothing = isInvisible(reply.text);
    if (saysNothing && outcome === "answered") outcome = "empty";
    const note = OUTCOME_NOTES[outcome];
    if (saysNothing) await keepUnanswered(note, outcome === "refused", message, key, deps);
    const problems = attached.problems.map((problem) => `_(${problem})_`);
    return [note, ...problems].filter((line) => line !== "").join("\n");
  } catch (error) {
    signal.throwIfAborted();
    if (stop.aborted) {
      await keepUnanswered(STOPPED_TEXT, false, message, key, deps);
      return STOPPED_NOTE;
    }
    const note = failureNote(error, message, deps);
    if (error instanceof ModelError && isInvisible(reply.text)) {
      await keepUnanswered(note, NEVER_TAKEN.includes(error.kind), message, key, deps);
    }
    return note;
  }
}

/** What the model will not take the next time either. */
const NEVER_TAKEN: readonly ModelErrorKind[] = [
  "refused",
  "bad_request",
  "context_overflow",
  "images_refused",
];

/**
 * Nothing was said. A message that the model does not take is taken back, or it would spoil every
 * later one; else the session holds what the person was told.
 */
async function keepUnanswered(
  note: string,
  isNeverTaken: boolean,
  message: InboundMessage,
  key: SessionKey,
  { sessions, delivery }: ExchangeDeps,
): Promise<void> {
  if (isNeverTaken) return await sessions.rewind(key, message.postId);
  const atMs = delivery.clock.nowMs();
  await sessions.append(key, [{ atMs, message: { role: "assistant", text: note, toolCalls: [] } }]);
}

async function turnInput(
  { message, key, asker }: TurnPlace,
  attached: Attachments,
  deps: ExchangeDeps,
) {
  if (message.rootId !== "") await beginThread(message, key, deps);
  const [session, history, { contextTokens }] = await Promise.all([
    deps.sessions.describe(key),
    deps.sessions.load(key, { charsMax: deps.historyCharsMax }),
    deps.sessions.usageOf(key),
  ]);
  const shared = isShared(message, deps.sessionOptions);
  const { images } = attached;
  const userMessage: UserMessage = {
    role: "user",
    text: userText(message, { shared, attached: attached.texts }),
    ...(images.length > 0 ? { images } : {}),
  };
  const channelPrompt = deps.channelPrompts.get(message.channelId) ?? "";
  const tools = await deps.turn.loadTools(key);
  const systemPrompt = await sessionPrompt(
    {
      key,
      conversation: conversationFacts(message, deps.sessionOptions),
      personId: shared ? undefined : message.senderId,
      platformHint: `${PLATFORM_HINT}\n\n${channelPrompt}`,
      toolNames: new Set(tools.descriptions.map(({ name }) => name)),
      modelId: deps.turn.models.primary.modelId,
      startedAtMs: session?.createdAtMs ?? deps.delivery.clock.nowMs(),
    },
    deps.prompt,
    deps.sessions,
  );
  const context: ToolContext = {
    sessionKey: key,
    person: { id: message.senderId, name: message.senderName },
    hasSeveralPeople: shared,
    askApproval: asker.askApproval,
    askQuestion: asker.askQuestion,
  };
  return { systemPrompt, history, userMessage, context, contextTokens };
}

/**
 * A thread that grows under an exchange of another session starts with what can be read above it:
 * the person sees it there and refers to it. Somebody else's exchange stays apart, as sessions do.
 */
async function beginThread(
  message: InboundMessage,
  key: SessionKey,
  { ledger, sessions, sessionOptions, delivery }: ExchangeDeps,
): Promise<void> {
  const root = ledger.find(message.rootId);
  if (root === undefined || root.sessionKey === key) return;
  if (root.senderId !== message.senderId && !isShared(message, sessionOptions)) return;
  if (await sessions.describe(key) !== undefined) return;
  const exchange = await sessions.loadExchange(root.sessionKey, root.postId);
  const readable = exchange.flatMap((said): Message[] => {
    if (said.role === "tool") return [];
    return [said.role === "user" ? said : { role: "assistant", text: said.text, toolCalls: [] }];
  });
  const atMs = delivery.clock.nowMs();
  await sessions.append(key, readable.map((said) => ({ atMs, message: said })));
}

/** Makes what happened durable before any of it is shown. */
async function keep(
  event: TurnEvent,
  message: InboundMessage,
  key: SessionKey,
  deps: ExchangeDeps,
): Promise<void> {
  if (event.kind === "compacted") return await deps.sessions.compact(key, event.messages);
  if (event.kind === "usage") return await deps.sessions.addUsage(key, event.usage);
  if (event.kind !== "message") return;
  const stored = { atMs: deps.delivery.clock.nowMs(), message: event.message };
  const from = { postId: message.postId, personId: message.senderId };
  const isUser = event.message.role === "user";
  await deps.sessions.append(key, [isUser ? { ...stored, ...from } : stored]);
}

/** The person who asked is always told. What is no `HermesError` is a bug: the log has its stack. */
function failureNote(error: unknown, message: InboundMessage, deps: ExchangeDeps): string {
  const isKnown = error instanceof HermesError;
  deps.delivery.log("error", "exchange.failed", {
    postId: message.postId,
    code: isKnown ? error.code : "bug",
    error: isKnown ? error.message : error instanceof Error ? error.stack : String(error),
  });
  if (isKnown) return `⚠️ ${error.message}. ${error.hint}`;
  return "⚠️ Something went wrong inside Hermes. The log of the gateway says what.";
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
