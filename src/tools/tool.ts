import type { z } from "zod";
import type { AskApproval } from "../safety/approval_request.ts";
import type { SessionKey, SessionUsage } from "../sessions/session_store.ts";

/** Something the model may do. Input is validated before `run` sees it. */
export interface Tool<Input = unknown> {
  /** snake_case, as the model writes it. */
  readonly name: string;
  /** For the model: what it does, when to use it, its limits. */
  readonly description: string;
  readonly input: z.ZodType<Input>;
  /** What the model is told of the input, for a tool that others describe; else it is `input`. */
  readonly inputSchema?: Readonly<Record<string, unknown>>;
  /** It changes nothing, so calls to it may run side by side. Without it, calls wait in line. */
  readonly readOnly?: boolean;
  /** Although it may change something, its calls may run side by side with those that only read. */
  readonly isConcurrent?: boolean;
  /**
   * The files that a call reads or changes, as absolute paths, for a tool that touches nothing else:
   * calls run side by side with others that touch no file of theirs, and nothing below it.
   */
  touches?(input: Input, context: ToolContext): readonly string[];
  /** Its results are other people's text, which the model is told to take for material. */
  readonly isUntrusted?: boolean;
  /**
   * Runs the call and gives the text that the model reads. A thrown error becomes an error result
   * for the model; only aborting `signal` ends the turn.
   */
  run(input: Input, context: ToolContext, signal: AbortSignal): Promise<string>;
}

/** The conversation that a call belongs to, as far as tools may know it. */
export interface ToolContext {
  /** What a tool keeps between calls (a folder, processes, a list) belongs to this. */
  readonly sessionKey: SessionKey;
  /** Who gave the task; `undefined` when nobody did, as in a job. */
  readonly person: Person | undefined;
  /** Others read along, also later: what is one person's alone must not be told. */
  readonly hasSeveralPeople: boolean;
  /** Where it is said, for what comes back to it later; missing where nothing can be posted. */
  readonly place?: ToolPlace;
  readonly askApproval: AskApproval;
  readonly askQuestion: AskQuestion;
  /** Counts what a model took that a tool asked by itself; missing where nobody counts. */
  readonly noteUsage?: (usage: SessionUsage) => void;
}

/** A place in the chat. */
export interface ToolPlace {
  readonly channelId: string;
  /** As people read it. */
  readonly channelName: string;
  /** The thread in which the answer stands; `undefined` for none. */
  readonly threadId: string | undefined;
}

/** Somebody in the chat, or at the terminal. */
export interface Person {
  /** Stable, and unique among all who may talk to this Hermes. */
  readonly id: string;
  readonly name: string;
  /** IANA name of the zone in which they are told times, where it is known. */
  readonly timeZone?: string;
}

/** A question of the model's own, which is no request for permission. */
export interface Question {
  readonly text: string;
  /** Answers to choose from; empty for a free answer. */
  readonly choices: readonly string[];
  readonly expiresInMs: number;
}

export type QuestionAnswer =
  | { readonly kind: "answered"; readonly text: string }
  | { readonly kind: "expired" }
  | { readonly kind: "nobody_to_ask" };

/** Puts the question to the people of the conversation. Silence answers nothing. */
export type AskQuestion = (question: Question, signal: AbortSignal) => Promise<QuestionAnswer>;
