import { asText } from "../../mattermost/decode.ts";
import type { PressCall } from "../../mattermost/decode_callback.ts";
import type { Reaction } from "../../mattermost/types.ts";
import type { Log } from "../../runtime/log.ts";
import type { SessionKey } from "../../sessions/session_store.ts";
import type { ExchangeDeps } from "../exchange_deps.ts";
import { type GatePolicy, isLetIn } from "../gate.ts";
import type { InboundMessage } from "../inbound.ts";
import type { SessionLanes } from "../lanes.ts";
import { remark } from "../post_note.ts";
import { mayDecide, type OpenQuestion, saidBy } from "./open_question.ts";
import {
  AN_ADMIN,
  isBareWord,
  NOT_LET_IN,
  onlyOthersNote,
  QUESTION_GONE,
  waitsNote,
} from "./question_texts.ts";
import { readButton, readReaction } from "./read_choice.ts";

export interface QuestionVoicesDeps {
  readonly exchange: ExchangeDeps;
  readonly policy: GatePolicy;
  readonly lanes: SessionLanes;
  readonly log: Log;
}

/** What people say to a question otherwise than by a command: by a reaction, or in words of their own. */
export class QuestionVoices {
  readonly #deps: QuestionVoicesDeps;
  readonly #cancel: AbortSignal;
  /** Questions about which it was said once how they are answered, and by whom. */
  readonly #explained = new WeakSet<OpenQuestion>();
  readonly #refused = new WeakSet<OpenQuestion>();

  constructor(deps: QuestionVoicesDeps, cancel: AbortSignal) {
    this.#deps = deps;
    this.#cancel = cancel;
  }

  /** Says once that a message is no answer to the question before it, and each time to a bare yes. */
  explain(question: OpenQuestion, message: InboundMessage): void {
    if (this.#explained.has(question) && !isBareWord(message.text)) return;
    this.#explained.add(question);
    this.#remark(message, waitsNote(question.personName));
  }

  /** A reaction of one who may decide does; others are told once that theirs does not. */
  handleReaction({ post_id: postId, user_id: userId, emoji_name: emojiName }: Reaction): void {
    const { exchange, policy } = this.#deps;
    const question = exchange.questions.byPost(postId);
    const answer = question === undefined ? undefined : readReaction(emojiName, question);
    if (question === undefined || answer === undefined) return;
    if (!isLetIn(userId, policy) || userId === exchange.delivery.botUserId) return;
    if (mayDecide(userId, question)) {
      // The server does not tell the name of the one who reacts.
      const person = { id: userId, name: AN_ADMIN };
      exchange.questions.settle(question, saidBy(person, answer, question));
    } else if (!this.#refused.has(question)) {
      this.#refused.add(question);
      this.#remark(question, onlyOthersNote(question.personName));
    }
  }

  /** A button was pressed. Returns what is said to that person alone; `""` when it can be seen. */
  answerPress({ userId, userName, postId, context }: PressCall): string {
    const { exchange: { questions }, policy } = this.#deps;
    if (!isLetIn(userId, policy)) return NOT_LET_IN;
    const question = questions.byButton(asText(context.secret));
    if (question === undefined || question.postId !== postId) return QUESTION_GONE;
    if (!mayDecide(userId, question)) return onlyOthersNote(question.personName);
    const answer = readButton(asText(context.choice), question);
    if (answer === undefined) return QUESTION_GONE;
    const person = { id: userId, name: userName };
    return questions.settle(question, saidBy(person, answer, question)) ? "" : QUESTION_GONE;
  }

  #remark(about: InboundMessage | OpenQuestion, note: string): void {
    const { exchange, lanes, log } = this.#deps;
    lanes.run(`note:${about.postId}` as SessionKey, async () => {
      try {
        await remark(about, note, exchange, this.#cancel);
      } catch (error) {
        log("warn", "gateway.not_remarked", { postId: about.postId, error: String(error) });
      }
    });
  }
}
