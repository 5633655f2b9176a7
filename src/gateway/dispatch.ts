import type { SessionKey } from "../sessions/session_store.ts";
import type { AnswerQueue } from "./answer_queue.ts";
import type { CommandRegistry } from "./commands/command_registry.ts";
import type { CommandRunner } from "./commands/command_runner.ts";
import { unknownCommandText } from "./commands/command_texts.ts";
import { readWord, type Word } from "./commands/read_word.ts";
import type { SkillNames } from "./commands/skill_names.ts";
import { gate, type GateDecision, type GatePolicy } from "./gate.ts";
import type { InboundMessage } from "./inbound.ts";
import type { SessionLanes } from "./lanes.ts";
import type { PendingQuestions } from "./questions/pending_questions.ts";
import { NOTHING_WAITS } from "./questions/question_texts.ts";
import type { QuestionVoices } from "./questions/question_voices.ts";
import type { Settlement } from "./settlement.ts";

export interface DispatchDeps {
  readonly policy: GatePolicy;
  readonly questions: PendingQuestions;
  readonly lanes: SessionLanes;
  readonly queue: AnswerQueue;
  readonly voices: QuestionVoices;
  readonly settlement: Settlement;
  readonly commands: CommandRegistry;
  readonly skillNames: SkillNames;
  readonly runner: CommandRunner;
}

/** What somebody's word means, and what it leads to. */
export class Dispatch {
  readonly #deps: DispatchDeps;

  constructor(deps: DispatchDeps) {
    this.#deps = deps;
  }

  /** Whom we listen to may answer questions and stop turns without a mention. */
  wordOf(message: InboundMessage, key: SessionKey, decision: GateDecision): Word {
    const { commands, policy, questions, queue } = this.#deps;
    const isAddressed = decision.kind === "answer";
    const isHeard = gate(message, { ...policy, requireMention: false }).kind === "answer";
    if (!isHeard) return { kind: "aside" };
    // A bot decides nothing and gives no commands.
    if (message.origin !== "person") return { kind: isAddressed ? "message" : "aside" };
    return readWord(message, {
      sessionKey: key,
      isAddressed,
      questions: questions.all,
      runsTurn: queue.conversations.canStop(key, message),
      commands,
    });
  }

  /** Does what somebody said; what is no message for the model does not wait in a lane. */
  follow(
    word: Exclude<Word, { kind: "aside" }>,
    message: InboundMessage,
    key: SessionKey,
    { takenUpAgain }: { readonly takenUpAgain: boolean },
  ): void {
    const { queue, questions, runner, settlement, voices } = this.#deps;
    switch (word.kind) {
      case "message":
        queue.put(message, { takenUpAgain });
        if (word.waitsFor !== undefined) voices.explain(word.waitsFor, message);
        return;
      case "answer":
        if (!questions.settle(word.question, word.answer)) {
          return queue.note(message, NOTHING_WAITS, { takenUpAgain });
        }
        return settlement.record(message.postId, "answered", []);
      case "stop": {
        const note = this.stop(message, key);
        if (note !== undefined) return queue.note(message, note, { takenUpAgain });
        return settlement.record(message.postId, "answered", []);
      }
      case "note":
        return queue.note(message, word.note, { takenUpAgain });
      case "command": {
        const { command, args } = word;
        return runner.start({ command, args, message, sessionKey: key, takenUpAgain });
      }
      case "unknown_command":
        return this.#followUnknown(word.name, message, takenUpAgain);
    }
  }

  /** Ends what runs where the message was said. Returns what there is to say of it. */
  stop(message: InboundMessage, key: SessionKey): string | undefined {
    return this.#deps.queue.conversations.stop(key, message);
  }

  /** The name of a skill is for the model, which is given the skill: see `createSkillExpander`. */
  #followUnknown(name: string, message: InboundMessage, takenUpAgain: boolean): void {
    const { commands, lanes, queue, skillNames } = this.#deps;
    lanes.run(`skill:${message.postId}` as SessionKey, async () => {
      const skills = await skillNames();
      if (skills.has(name)) return queue.put(message, { takenUpAgain });
      const note = unknownCommandText(name, commands.nearest(name, [...skills]));
      queue.note(message, note, { takenUpAgain });
    });
  }
}
