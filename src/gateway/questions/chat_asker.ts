import type { PostChange } from "../../mattermost/api.ts";
import { MattermostApiError } from "../../mattermost/errors.ts";
import { defuseMentions, defusePost } from "../../replies/defuse_mentions.ts";
import { deliverPost, type DeliveryDeps, type ReplyTarget } from "../../replies/deliver_post.ts";
import { editPost } from "../../replies/edit_post.ts";
import type { TypingNotice } from "../../replies/typing.ts";
import type { ApprovalAnswer, ApprovalRequest } from "../../safety/approval_request.ts";
import type { Redact } from "../../safety/redact.ts";
import type { SessionKey } from "../../sessions/session_store.ts";
import type { Question, QuestionAnswer } from "../../tools/tool.ts";
import type { InboundMessage } from "../inbound.ts";
import type { PersonZones } from "../person_zones.ts";
import type { OpenQuestion } from "./open_question.ts";
import type { PendingQuestions, QuestionPost } from "./pending_questions.ts";
import { buttonProps, withoutButtons } from "./question_buttons.ts";
import {
  APPROVAL_EMOJIS,
  approvalOutcomeText,
  approvalText,
  clarificationOutcomeText,
  clarificationText,
  type Deadline,
  NUMBER_EMOJIS,
  type Outcome,
} from "./question_texts.ts";

export interface ChatAskerDeps {
  readonly questions: PendingQuestions;
  readonly delivery: DeliveryDeps;
  readonly redact: Redact;
  /** In which zones people are told times. */
  readonly zones: Pick<PersonZones, "zoneOf">;
}

/** Where and for whom a turn runs. */
export interface AskingPlace {
  readonly message: InboundMessage;
  readonly target: ReplyTarget;
  readonly sessionKey: SessionKey;
  readonly typing: TypingNotice;
  /** Told that a question is about to stand below what has been posted of the answer. */
  readonly onAsk: () => void;
  /** Aborts when nothing may be sent any more; that a turn ends is no reason to leave a post open. */
  readonly cancel: AbortSignal;
}

/** What one kind of question looks like, before and after. */
interface Form extends Pick<OpenQuestion, "kind" | "choices"> {
  readonly expiresInMs: number;
  readonly open: (person: string, deadline: Deadline) => string;
  readonly closed: (outcome: Outcome) => string;
}

/** How long a question that is dropped may take to say so. */
const DROP_MS_MAX = 2_000;

/** Puts the questions of one turn into the conversation, and waits for the person whose task it is. */
export class ChatAsker {
  readonly #place: AskingPlace;
  readonly #deps: ChatAskerDeps;
  /** What goes on beside the turn: reactions and last words. None of it rejects. */
  readonly #aside = new Set<Promise<void>>();

  constructor(place: AskingPlace, deps: ChatAskerDeps) {
    this.#place = place;
    this.#deps = deps;
  }

  askApproval = async (request: ApprovalRequest, signal: AbortSignal): Promise<ApprovalAnswer> => {
    const command = this.#deps.redact(request.command);
    const { senderName } = this.#place.message;
    const outcome = await this.#ask({
      kind: "approval",
      choices: [],
      expiresInMs: request.expiresInMs,
      open: (person, deadline) => approvalText({ ...request, command }, person, deadline),
      closed: (outcome) => approvalOutcomeText(command, outcome, senderName),
    }, signal);
    if (outcome === undefined) return { kind: "nobody_to_ask" };
    return outcome.kind === "answered" || outcome.kind === "dropped" ? { kind: "denied" } : outcome;
  };

  askQuestion = async (question: Question, signal: AbortSignal): Promise<QuestionAnswer> => {
    const { redact } = this.#deps;
    const text = redact(question.text);
    const choices = question.choices.map(redact);
    const { senderName, channelKind } = this.#place.message;
    const how = channelKind === "dm" ? "anywhere" : "in_thread";
    const outcome = await this.#ask({
      kind: "clarification",
      choices,
      expiresInMs: question.expiresInMs,
      open: (person, deadline) =>
        clarificationText({ ...question, text, choices }, person, deadline, how),
      closed: (outcome) => clarificationOutcomeText(text, outcome, senderName),
    }, signal);
    if (outcome === undefined) return { kind: "nobody_to_ask" };
    return outcome.kind === "answered" ? outcome : { kind: "expired" };
  };

  /** Resolves when all questions say what became of them, also those that the turn left behind. */
  async done(): Promise<void> {
    while (this.#aside.size > 0) await Promise.all(this.#aside);
  }

  /** `undefined` when nobody can be asked. Rejects when the question cannot be posted. */
  #ask(form: Form, signal: AbortSignal): Promise<Outcome | undefined> {
    const asking = this.#askNow(form, signal);
    this.#beside(asking.then(() => {}, () => {})); // Whoever asked hears of the failure.
    return asking;
  }

  async #askNow(form: Form, signal: AbortSignal): Promise<Outcome | undefined> {
    signal.throwIfAborted();
    const { typing, message, sessionKey } = this.#place;
    const { questions, delivery } = this.#deps;
    if (!questions.hasRoom) return undefined;
    await typing.stop(); // Now it is the person's turn.
    this.#place.onAsk();
    const marker = `${message.postId}.${QUESTION_MARK}${delivery.random.id()}`;
    const url = questions.buttonsUrl;
    const buttonSecret = url === undefined ? "" : delivery.random.id();
    const props = url === undefined ? {} : buttonProps(form, { url, secret: buttonSecret });
    const answered = questions.open({
      marker,
      buttonSecret,
      kind: form.kind,
      choices: form.choices,
      sessionKey,
      channelId: message.channelId,
      channelKind: message.channelKind,
      personId: message.senderId,
      personName: message.senderName,
    });
    try {
      const post = await this.#post(form, marker, props);
      questions.place(marker, post);
      this.#beside(this.#offerReactions(post.postId, offeredEmojis(form)));
      const outcome = await this.#wait(answered, form.expiresInMs, signal);
      const marked = { ...props, hermes: { re: marker, part: 0 } };
      const closed = withoutButtons(safePost(form.closed(outcome)), marked);
      this.#beside(this.#close(post.postId, closed));
      signal.throwIfAborted();
      return outcome;
    } finally {
      questions.close(marker);
      typing.start();
    }
  }

  /** In the thread of the turn, or flat where that is gone. */
  async #post(form: Form, marker: string, props: PostProps): Promise<QuestionPost> {
    const { cancel, message, target } = this.#place;
    const { delivery, zones } = this.#deps;
    const timeZone = await zones.zoneOf(message.senderId, cancel);
    const person = message.channelKind === "dm" ? "" : `@${message.senderName}`;
    const { expiresInMs } = form;
    const atMs = delivery.clock.nowMs() + expiresInMs;
    const text = safePost(form.open(person, { expiresInMs, atMs, timeZone }));
    for (const rootId of [target.rootId, ""]) {
      const part = { target: { ...target, rootId }, answerTo: marker, index: 0, text, props };
      const outcome = await deliverPost(part, delivery, cancel);
      if (outcome.kind === "root_gone") continue;
      const { postId, createdAtMs: postedAtMs } = outcome;
      return { postId, rootId, postedAtMs };
    }
    throw new Error("a flat post cannot lack its root");
  }

  async #wait(
    answered: Promise<Outcome>,
    expiresInMs: number,
    signal: AbortSignal,
  ): Promise<Outcome> {
    const over = new AbortController();
    const isOver = AbortSignal.any([signal, over.signal]);
    const late = this.#deps.delivery.clock.sleep(expiresInMs, isOver).then((): Outcome => {
      return { kind: signal.aborted ? "dropped" : "expired" };
    });
    try {
      return await Promise.race([answered, late]);
    } finally {
      over.abort();
      await late;
    }
  }

  /** Makes the post say what became of the question. */
  async #close(postId: string, change: PostChange): Promise<void> {
    const { delivery } = this.#deps;
    const { cancel } = this.#place;
    const ended = new AbortController();
    const limit = cancel.aborted
      ? delivery.clock.sleep(DROP_MS_MAX, ended.signal).then(() => ended.abort())
      : Promise.resolve();
    try {
      await editPost(postId, change, delivery, cancel.aborted ? ended.signal : cancel);
    } catch (error) {
      delivery.log("warn", "question.not_closed", { postId, error: String(error) });
    } finally {
      ended.abort();
      await limit;
    }
  }

  /** A convenience: without them, people type. */
  async #offerReactions(postId: string, emojiNames: readonly string[]): Promise<void> {
    const { api, botUserId: userId, log } = this.#deps.delivery;
    try {
      for (const emojiName of emojiNames) {
        await api.addReaction({ userId, postId, emojiName }, this.#place.cancel);
      }
    } catch (error) {
      const status = error instanceof MattermostApiError ? error.status : undefined;
      log("debug", "question.no_reactions", { postId, status, error: String(error) });
    }
  }

  #beside(work: Promise<void>): void {
    const tracked = work.finally(() => this.#aside.delete(tracked));
    this.#aside.add(tracked);
  }
}

/** Marks the posts of questions, apart from those of the answer: `POST.ask-ID`. */
export const QUESTION_MARK = "ask-";

type PostProps = Readonly<Record<string, unknown>>;

function offeredEmojis({ kind, choices }: Pick<Form, "kind" | "choices">): readonly string[] {
  return kind === "approval" ? APPROVAL_EMOJIS : NUMBER_EMOJIS.slice(0, choices.length);
}

function safePost(text: string): string {
  return defusePost(defuseMentions(text));
}
