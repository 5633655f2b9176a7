import { HermesError } from "../../errors.ts";
import type { ModelChain } from "../../models/model_chain.ts";
import type { SessionChoices, SessionKey } from "../../sessions/session_store.ts";
import { readToolProgressMode } from "../../replies/tool_progress.ts";
import type { ExchangeDeps } from "../exchange_deps.ts";
import type { InboundMessage } from "../inbound.ts";
import { remark } from "../post_note.ts";
import type { SessionLife } from "./session_life.ts";
import type { SessionTitler } from "./session_titler.ts";

/** The models that somebody chose, and how much of a conversation they read. */
export interface ChosenModels {
  readonly models: ModelChain;
  readonly historyCharsMax: number;
}

/** Gives the models that these choices mean. @throws a `HermesError` when there are none. */
export type ModelsFor = (choices: SessionChoices) => ChosenModels;

/** The text with the skill that it calls by name, or as it is. */
export type ExpandSkill = (text: string, key: SessionKey) => Promise<string>;

export interface TurnSetupDeps {
  readonly life: SessionLife;
  readonly titler: SessionTitler;
  readonly modelsFor: ModelsFor;
  readonly expandSkill: ExpandSkill;
}

/** One turn before it runs. */
export interface PlannedTurn {
  readonly message: InboundMessage;
  readonly key: SessionKey;
  readonly takenUpAgain: boolean;
  readonly exchange: ExchangeDeps;
}

/** Makes of what was said what the model is asked, and of the settings what holds for this session. */
export type SetUpTurn = (turn: PlannedTurn, signal: AbortSignal) => Promise<ReadyTurn>;

export interface ReadyTurn extends Pick<PlannedTurn, "message" | "exchange"> {
  /** To be called when the answer is out. */
  readonly done: () => void;
}

/**
 * Begins a new session where one is due, and says so; puts the skill in that was called by name; and
 * takes what people chose for the session. What fails of it is logged: the person is answered anyway.
 */
export function createTurnSetup(
  { life, titler, modelsFor, expandSkill }: TurnSetupDeps,
): SetUpTurn {
  return async ({ message, key, takenUpAgain, exchange }, signal) => {
    const { delivery: { log }, sessions, turn } = exchange;
    const attempt = async <T>(what: string, work: () => Promise<T>): Promise<T | undefined> => {
      try {
        return await work();
      } catch (error) {
        signal.throwIfAborted();
        if (!(error instanceof HermesError)) throw error;
        log("warn", "turn.not_set_up", { what, session: key, error: error.message });
        return undefined;
      }
    };
    // What wakes a session belongs to what was said before.
    if (!takenUpAgain && message.origin === "person") {
      await attempt("reset", async () => {
        const note = await life.resetWhenDue(key);
        if (note !== undefined) await remark(message, note, exchange, signal);
      });
    }
    const text = await attempt("skill", () => expandSkill(message.text, key)) ?? message.text;
    const choices = (await attempt("choices", () => sessions.describe(key)))?.choices ?? {};
    // A model that can be used no more is no reason not to answer.
    const chosen = await attempt("model", () => Promise.resolve().then(() => modelsFor(choices)));
    const showsReasoning = choices.showsReasoning ?? exchange.showsReasoning;
    return {
      message: text === message.text ? message : { ...message, text },
      done: () => {
        if (message.origin === "person") titler.note(key, message);
      },
      exchange: {
        ...exchange,
        showsReasoning,
        toolProgress: readToolProgressMode(choices.toolProgress) ?? exchange.toolProgress,
        ...(chosen !== undefined && {
          turn: { ...turn, models: chosen.models },
          historyCharsMax: chosen.historyCharsMax,
        }),
      },
    };
  };
}

/** Nothing begins anew by itself, and nobody chooses anything. */
export const plainTurn: SetUpTurn = ({ message, exchange }) =>
  Promise.resolve({ message, exchange, done: () => {} });
