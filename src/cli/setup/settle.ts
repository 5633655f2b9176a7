import { HermesError } from "../../errors.ts";
import { UnexpectedAnswerError } from "../../mattermost/errors.ts";
import { isTemporary } from "../../mattermost/until_answered.ts";
import { sentence } from "../render_error.ts";
import type { Prompter } from "./prompter.ts";

/**
 * What came of checking an answer. A problem is without a full stop; a remedy is a sentence, and `""`
 * where the problem says it all.
 */
export type Verdict<Answer> =
  | { readonly kind: "good"; readonly answer: Answer; readonly says?: string }
  /** It can never work. */
  | { readonly kind: "malformed"; readonly problem: string; readonly remedy: string }
  /** It does not work. */
  | { readonly kind: "refused"; readonly problem: string; readonly remedy: string }
  /** Nobody can say now whether it works: `answer` is what it would mean. */
  | {
    readonly kind: "unknown";
    readonly problem: string;
    readonly remedy: string;
    readonly answer: Answer;
  };

/** The answer is almost right, and this is what was meant. */
export interface Proposal<Typed> {
  readonly kind: "proposal";
  readonly problem: string;
  readonly proposed: Typed;
}

export interface Question<Typed, Answer> {
  /** What the command line says; it is checked, and not asked again. */
  readonly given: Typed | undefined;
  /** `before` is the answer that was wrong. */
  readonly ask: (before: Typed | undefined) => Promise<Typed>;
  /** Shown while it is checked, e.g. `Asking the server`; `undefined` for what takes no time. */
  readonly doing: string | undefined;
  readonly check: (
    typed: Typed,
    signal: AbortSignal,
  ) => Verdict<Answer> | Promise<Verdict<Answer> | Proposal<Typed>>;
}

/** How often an answer is asked for before one may keep what cannot be checked. */
export const TRIES_BEFORE_KEEPING = 3;

/** Asks until the answer is good. @throws SetupRefusedError for a wrong one from the command line. */
export async function settle<Typed, Answer>(
  question: Question<Typed, Answer>,
  prompter: Prompter,
): Promise<Answer> {
  const { given } = question;
  let typed: Typed = given ?? await question.ask(undefined);
  for (let tries = 1;; tries++) {
    const verdict = await checked(question, typed, prompter);
    if (verdict.kind === "good") {
      if (verdict.says !== undefined) prompter.say("good", verdict.says);
      return verdict.answer;
    }
    if (given !== undefined) throw new SetupRefusedError(verdict);
    if (verdict.kind === "proposal") {
      const { problem, proposed } = verdict;
      const isMeant = await prompter.confirm(`${problem}. Use ${proposed}?`, true);
      typed = isMeant ? proposed : await question.ask(typed);
      continue;
    }
    sayProblem(verdict, prompter);
    const mayKeep = verdict.kind === "unknown" && tries >= TRIES_BEFORE_KEEPING;
    if (mayKeep && await prompter.confirm("Keep it all the same, unchecked?", false)) {
      return verdict.answer;
    }
    typed = await question.ask(typed);
  }
}

async function checked<Typed, Answer>(
  { doing, check }: Question<Typed, Answer>,
  typed: Typed,
  prompter: Prompter,
): Promise<Verdict<Answer> | Proposal<Typed>> {
  if (doing === undefined) return await check(typed, new AbortController().signal);
  return await prompter.busy(doing, async (signal) => await check(typed, signal));
}

/** Why it is wrong, and what to do. */
export function sayProblem(
  { problem, remedy }: { readonly problem: string; readonly remedy: string },
  prompter: Prompter,
): void {
  prompter.say("problem", remedy === "" ? sentence(problem) : `${sentence(problem)} ${remedy}`);
}

/**
 * The verdict on an answer that could not be tried: what fails for a time may be kept. A page with a
 * good status comes from something that is no Mattermost, one with a bad status from a proxy.
 */
export function judgeFailure<Answer>(
  error: HermesError,
  answer: Answer,
): Verdict<Answer> & { kind: "unknown" | "refused" } {
  const told = { problem: error.message, remedy: error.hint };
  const mayPass = error instanceof UnexpectedAnswerError ? error.status >= 500 : isTemporary(error);
  return mayPass ? { kind: "unknown", ...told, answer } : { kind: "refused", ...told };
}

/** An answer on the command line is wrong. */
export class SetupRefusedError extends HermesError {
  override readonly name = "SetupRefusedError";
  override readonly code: string;

  constructor(verdict: WrongAnswer) {
    super(verdict.problem, { hint: hintOf(verdict) });
    const isForm = verdict.kind === "malformed" || verdict.kind === "proposal";
    this.code = isForm ? "setup.malformed" : "setup.refused";
  }
}

type WrongAnswer = Exclude<Verdict<unknown>, { kind: "good" }> | Proposal<unknown>;

function hintOf(verdict: WrongAnswer): string {
  if (verdict.kind === "proposal") return `Write ${verdict.proposed}.`;
  return verdict.kind === "unknown"
    ? `${verdict.remedy} With --no-check it is taken as it is.`
    : verdict.remedy;
}
