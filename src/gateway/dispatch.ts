import type { SessionKey } from "../sessions/session_store.ts";
import type { AnswerQueue } from "./answer_queue.ts";
import { readWord, type Word } from "./commands/read_word.ts";
import { gate, type GateDecision, type GatePolicy } from "./gate.ts";
import type { InboundMessage } from "./inbound.ts";
import type { PendingQuestions } from "./questions/pending_questions.ts";
import { NOTHING_WAITS } from "./questions/question_texts.ts";
import type { QuestionVoices } from "./questions/question_voices.ts";
import type { RunningTurns } from "./running_turns.ts";
import type { Settlement } from "./settlement.ts";

export interface DispatchDeps {
  readonly policy: GatePolicy;
  readonly questions: PendingQuestions;
  readonly turns: RunningTurns;
  readonly queue: AnswerQueue;
  readonly voices: QuestionVoices;
  readonly settlement: Settlement;
}

const NOTHING_RUNS_NOTE = "Nothing is running here.";

/** What somebody's word means, and what it leads to. */
export class Dispatch {
  readonly #deps: DispatchDeps;

  constructor(deps: DispatchDeps) {
    this.#deps = deps;
  }

  /** Whom we listen to may answer questions and stop turns without a mention. */
  wordOf(message: InboundMessage, key: SessionKey, decision: GateDecision): Word {
    const { policy, questions, turns } = this.#deps;
    const isAddressed = decision.kind === "answer";
    const isHeard = gate(message, { ...policy, requireMention: false }).kind === "answer";
    if (!isHeard) return { kind: "aside" };
    const runsTurn = turns.runs(key, message);
    return readWord(message, { sessionKey: key, isAddressed, questions: questions.all, runsTurn });
  }

  /** Does what somebody said; what is no message for the model does not wait in a lane. */
  follow(word: Exclude<Word, { kind: "aside" }>, message: InboundMessage, key: SessionKey): void {
    const { queue, questions, settlement, turns, voices } = this.#deps;
    switch (word.kind) {
      case "message":
        queue.put(message, { takenUpAgain: false });
        if (word.waitsFor !== undefined) voices.explain(word.waitsFor, message);
        return;
      case "answer":
        if (!questions.settle(word.question, word.answer)) {
          return queue.note(message, NOTHING_WAITS);
        }
        return settlement.record(message.postId, "answered", []);
      case "stop":
        if (!turns.stop(key, message)) return queue.note(message, NOTHING_RUNS_NOTE);
        return settlement.record(message.postId, "answered", []);
      case "note":
        return queue.note(message, word.note);
    }
  }
}
