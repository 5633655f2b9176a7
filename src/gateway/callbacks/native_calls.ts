import { HermesError } from "../../errors.ts";
import type { CommandCall } from "../../mattermost/decode_callback.ts";
import { MattermostApiError } from "../../mattermost/errors.ts";
import type { Channel } from "../../mattermost/types.ts";
import type { Log } from "../../runtime/log.ts";
import type { SessionKey } from "../../sessions/session_store.ts";
import type { CommandRegistry } from "../commands/command_registry.ts";
import type { CommandRunner } from "../commands/command_runner.ts";
import { unknownCommandText } from "../commands/command_texts.ts";
import type { SkillNames } from "../commands/skill_names.ts";
import type { Dispatch } from "../dispatch.ts";
import type { ExchangeDeps } from "../exchange_deps.ts";
import { gate, type GatePolicy, isLetIn } from "../gate.ts";
import { CHANNEL_KINDS, type InboundMessage } from "../inbound.ts";
import type { SessionLanes } from "../lanes.ts";
import type { Ledger } from "../ledger.ts";
import { NOT_LET_IN, NOTHING_WAITS } from "../questions/question_texts.ts";
import type { QuestionVoices } from "../questions/question_voices.ts";
import { sessionKey } from "../session_key.ts";
import type { Settlement } from "../settlement.ts";
import type { Callback } from "./callback.ts";
import { nativeText } from "./native_commands.ts";
import {
  ASKED_ABOVE,
  NOT_A_MEMBER,
  NOT_HERE,
  NOTED,
  STOPPED,
  TAKEN_ALREADY,
} from "./native_texts.ts";
import { speakFor } from "./spoken_post.ts";

export interface NativeCallsDeps {
  readonly exchange: ExchangeDeps;
  readonly policy: GatePolicy;
  readonly commands: CommandRegistry;
  readonly skillNames: SkillNames;
  readonly dispatch: Dispatch;
  readonly runner: CommandRunner;
  readonly voices: QuestionVoices;
  readonly settlement: Settlement;
  readonly ledger: Ledger;
  readonly lanes: SessionLanes;
  readonly log: Log;
}

type NativeCommand = Extract<Callback, { kind: "command" }>;

/**
 * Carries out what the server calls us with. A native command is a typed one whose answer only the
 * person sees; what is for the model the bot asks itself for that person, in a post like any other.
 */
export class NativeCalls {
  readonly #deps: NativeCallsDeps;
  readonly #cancel: AbortSignal;

  constructor(deps: NativeCallsDeps, cancel: AbortSignal) {
    this.#deps = deps;
    this.#cancel = cancel;
  }

  /** Takes a call on, and does not wait for it. */
  take(callback: Callback): void {
    const { lanes, log, voices } = this.#deps;
    if (callback.kind === "press") return callback.answer(voices.answerPress(callback.call));
    const { id, answer } = callback;
    lanes.run(nameOf(id) as SessionKey, async () => {
      try {
        answer(await this.#follow(callback));
      } catch (error) {
        const isKnown = error instanceof HermesError;
        log("error", "native.failed", { id, error: String(error) });
        answer(isKnown ? `⚠️ ${error.message}. ${error.hint}` : BROKEN);
      }
    });
  }

  async #follow(callback: NativeCommand): Promise<string> {
    const { exchange, ledger, policy, settlement, log, dispatch } = this.#deps;
    const { call } = callback;
    if (!isLetIn(call.userId, policy)) return NOT_LET_IN;
    const channel = await this.#channelOf(call);
    if (channel === undefined) return NOT_A_MEMBER;
    const message = this.#toMessage(callback, channel);
    const decision = gate(message, policy);
    if (decision.kind === "ignore") return NOT_HERE;
    const { postId, channelId, senderId } = message;
    const key = sessionKey(message, exchange.sessionOptions);
    if (ledger.claim({ postId, channelId, senderId, sessionKey: key }) === "seen") {
      return TAKEN_ALREADY;
    }
    log("info", "native.command", { id: callback.id, session: key, trigger: call.trigger });
    try {
      return await this.#answer(message, key, dispatch.wordOf(message, key, decision));
    } finally {
      settlement.record(postId, "answered", []); // A second try is the person's.
    }
  }

  async #answer(
    message: InboundMessage,
    key: SessionKey,
    word: ReturnType<Dispatch["wordOf"]>,
  ): Promise<string> {
    const { commands, dispatch, exchange, runner, skillNames } = this.#deps;
    switch (word.kind) {
      case "aside":
        return NOT_HERE;
      case "note":
        return word.note;
      case "answer":
        return exchange.questions.settle(word.question, word.answer) ? NOTED : NOTHING_WAITS;
      case "stop":
        return dispatch.stop(message, key) ?? STOPPED;
      case "message":
        return await this.#ask(message);
      case "unknown_command": {
        const skills = await skillNames();
        if (skills.has(word.name)) return await this.#ask(message);
        return unknownCommandText(word.name, commands.nearest(word.name, [...skills]));
      }
      case "command": {
        const { command, args } = word;
        const isForModel = command.timing === "message" || command.answeredByModel === true;
        if (isForModel && runner.mayUse(command, message)) return await this.#ask(message);
        const typed = { command, args, message, sessionKey: key, takenUpAgain: false };
        const result = await runner.ask(typed);
        return result.kind === "reply" ? result.text : NOTED;
      }
    }
  }

  /** Has the model answer, in the channel: the post comes back to us like everybody's. */
  async #ask(message: InboundMessage): Promise<string> {
    await speakFor(message, this.#deps.exchange, this.#cancel);
    return ASKED_ABOVE;
  }

  /** `undefined` where the bot could not answer. */
  async #channelOf({ channelId }: CommandCall): Promise<Channel | undefined> {
    const { api, botUserId } = this.#deps.exchange.delivery;
    try {
      const [channel, isMember] = await Promise.all([
        api.getChannel(channelId, this.#cancel),
        api.isMember(channelId, botUserId, this.#cancel),
      ]);
      return isMember ? channel : undefined;
    } catch (error) {
      if (error instanceof MattermostApiError && [403, 404].includes(error.status)) {
        return undefined;
      }
      throw error;
    }
  }

  #toMessage({ id, atMs, call }: NativeCommand, channel: Channel): InboundMessage {
    return {
      postId: nameOf(id),
      channelId: channel.id,
      channelKind: CHANNEL_KINDS[channel.type],
      channelName: channel.display_name || channel.name,
      rootId: call.rootId,
      senderId: call.userId,
      senderName: call.userName,
      text: nativeText(call, this.#deps.commands),
      mentionsBot: true,
      mentionsOthers: false,
      origin: "person",
      addsBot: false,
      files: [],
      createdAtMs: atMs,
    };
  }
}

const BROKEN = "⚠️ Something went wrong inside Hermes. The log of the gateway says what.";

/** In the ledger, in the place of a post: a call that comes again is not taken on again. */
function nameOf(id: string): string {
  return `native-${id}`;
}
