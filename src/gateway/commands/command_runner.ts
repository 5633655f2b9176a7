import type { Log } from "../../runtime/log.ts";
import type { SessionKey } from "../../sessions/session_store.ts";
import { type AnswerQueue, LANE_FULL_NOTE } from "../answer_queue.ts";
import type { InboundMessage } from "../inbound.ts";
import type { SessionLanes } from "../lanes.ts";
import { answerWithNote, findAnswer, type NoteDeps } from "../post_note.ts";
import { reportFailure } from "../report_failure.ts";
import type { Settlement } from "../settlement.ts";
import type {
  ActingCommand,
  ChatCommand,
  CommandCall,
  CommandResult,
  LiveConversation,
} from "./chat_command.ts";
import { type CommandAccess, isAdmin, mayUse } from "./command_access.ts";
import { notAllowedText } from "./command_texts.ts";

export interface CommandRunnerDeps {
  readonly access: CommandAccess;
  readonly lanes: SessionLanes;
  readonly queue: AnswerQueue;
  readonly settlement: Settlement;
  readonly notes: NoteDeps;
  readonly live: (key: SessionKey) => LiveConversation;
  readonly log: Log;
}

/** A command with where and by whom it was typed. */
export interface TypedCall extends Omit<CommandCall, "isAdmin" | "live"> {
  readonly command: ChatCommand;
}

/** Carries out what people type as commands. Each is answered exactly once, also over a crash. */
export class CommandRunner {
  readonly #deps: CommandRunnerDeps;
  readonly #cancel: AbortSignal;

  constructor(deps: CommandRunnerDeps, cancel: AbortSignal) {
    this.#deps = deps;
    this.#cancel = cancel;
  }

  /** Takes a command on. What it does and its answer follow by themselves. */
  start({ command, ...typed }: TypedCall): void {
    const { queue } = this.#deps;
    const { message, sessionKey, takenUpAgain } = typed;
    if (!this.mayUse(command, message)) {
      return queue.note(message, notAllowedText(command.name), { takenUpAgain });
    }
    const call = this.#toCall(typed);
    if (command.timing === "message") {
      const said = command.say(call);
      if (said.kind === "reply") return queue.note(message, said.text, { takenUpAgain });
      const { text, how } = said;
      return queue.put({ ...message, text }, { takenUpAgain, how }, message.text);
    }
    if (this.#enter(command, call, () => this.#perform(command, call))) return;
    queue.refuse(message, sessionKey);
  }

  /** Carries out a command of which the answer goes elsewhere than into a post. */
  async ask({ command, ...typed }: TypedCall): Promise<CommandResult> {
    if (!this.mayUse(command, typed.message)) {
      return { kind: "reply", text: notAllowedText(command.name) };
    }
    const call = this.#toCall(typed);
    if (command.timing === "message") throw new Error("the model answers this in a post");
    const answered = Promise.withResolvers<CommandResult>();
    const work = () => this.run(command, call).then(answered.resolve, answered.reject);
    return this.#enter(command, call, work)
      ? await answered.promise
      : { kind: "reply", text: LANE_FULL_NOTE };
  }

  mayUse({ name }: ChatCommand, message: InboundMessage): boolean {
    return mayUse(name, message, this.#deps.access);
  }

  #toCall(typed: Omit<TypedCall, "command">): CommandCall {
    const { access, live } = this.#deps;
    const { message, sessionKey } = typed;
    return { ...typed, isAdmin: isAdmin(message, access), live: live(sessionKey) };
  }

  /** Does `work` when the command is due. False when too much waits before it. */
  #enter(command: ActingCommand, call: CommandCall, work: () => Promise<void>): boolean {
    const { lanes, queue } = this.#deps;
    const { message, sessionKey } = call;
    const { timing } = command;
    const when = typeof timing === "string" ? timing : timing(call.args);
    // Only what runs in this very conversation: `!stop` looks further.
    const isBusy = call.live.isRunning || call.live.waiting > 0;
    if (when === "ends_turn" && isBusy) queue.conversations.stop(sessionKey, message);
    const aside = `command:${message.postId}` as SessionKey;
    return lanes.run(when === "beside" ? aside : sessionKey, work);
  }

  /**
   * Does what the command does and says its answer.
   *
   * @returns the answer, where the model does not give it. What is expected to go wrong is an answer.
   */
  async run(command: ActingCommand, call: CommandCall): Promise<CommandResult> {
    try {
      return await command.run(call, this.#cancel);
    } catch (error) {
      this.#cancel.throwIfAborted();
      const about = { event: "command.failed", postId: call.message.postId };
      return { kind: "reply", text: reportFailure(error, about, this.#deps.log) };
    }
  }

  #perform(command: ActingCommand, call: CommandCall): Promise<void> {
    const { notes, queue, settlement } = this.#deps;
    const { message, takenUpAgain } = call;
    return settlement.run(message, async () => {
      await settlement.putOnDisk(message.postId);
      this.#cancel.throwIfAborted();
      if (takenUpAgain && command.answeredByModel !== true) {
        const postIds = await findAnswer(message, notes, this.#cancel);
        if (postIds.length > 0) return postIds;
      }
      const result = await this.run(command, call);
      switch (result.kind) {
        case "reply":
          return await answerWithNote(message, result.text, notes, this.#cancel);
        case "exchange":
          return await queue.exchange(result, { takenUpAgain }, message.text);
        case "done":
          return [];
      }
    });
  }
}
