import { HermesError } from "../../errors.ts";

/** One of the answers that a person can choose. */
export interface Option<Value> {
  readonly value: Value;
  readonly label: string;
  /** Shown in brackets while the option is under the cursor. */
  readonly hint?: string;
}

/**
 * `good`: it works. `note`: worth knowing. `warning`: it works, and one may regret it. `problem`: it
 * does not work.
 */
export type Tone = "good" | "note" | "warning" | "problem";

/**
 * Who answers the questions of the setup: a person at a terminal, or nobody, and then everything
 * comes from the command line. Every question, and `busy`, rejects with `SetupCancelledError` when
 * the person leaves.
 */
export interface Prompter {
  /** Whether there is somebody to ask. Where nobody is, a question is a bug. */
  readonly isInteractive: boolean;
  choose<Value>(question: {
    readonly message: string;
    readonly options: readonly Option<Value>[];
    readonly initial?: Value | undefined;
  }): Promise<Value>;
  text(question: {
    readonly message: string;
    /** What stands there to be changed or taken as it is. */
    readonly initial?: string | undefined;
    /** Shown while nothing is typed. */
    readonly example?: string | undefined;
  }): Promise<string>;
  /** A text that is not shown while it is typed. */
  secret(message: string): Promise<string>;
  confirm(message: string, initial: boolean): Promise<boolean>;
  /** What is not part of the conversation: its first and its last line. */
  begin(title: string): void;
  end(text: string): void;
  say(tone: Tone, text: string): void;
  /** Several lines that belong together. */
  page(title: string, lines: readonly string[]): void;
  /** Shows that `work` is going on. Its signal aborts when the person leaves. */
  busy<Result>(doing: string, work: (signal: AbortSignal) => Promise<Result>): Promise<Result>;
}

/** The person left: Ctrl-C, Esc, a signal, or the end of the terminal. */
export class SetupCancelledError extends HermesError {
  override readonly name = "SetupCancelledError";
  override readonly code = "setup.cancelled";

  constructor() {
    super("The setup was left", { hint: "Run hermes gateway setup to begin again." });
  }
}
