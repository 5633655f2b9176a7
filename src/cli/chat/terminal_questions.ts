import type { Clock } from "../../runtime/clock.ts";
import type { ApprovalAnswer, AskApproval } from "../../safety/approval_request.ts";
import { printableText } from "../../sandbox/chat_text.ts";
import type { AskQuestion, QuestionAnswer } from "../../tools/tool.ts";

/** A question at the prompt; takes a line, and says whether that answered it. */
type Taker = (line: string) => boolean;

interface OpenQuestion {
  readonly text: string;
  readonly take: Taker;
  /** How many lines had been begun when it was shown; before, it has no answer. */
  linesBefore: number;
}

export interface TerminalQuestionsDeps {
  readonly say: (text: string) => void;
  /** How many lines have been begun at the prompt. */
  readonly linesBegun: () => number;
  readonly clock: Clock;
}

/** What became of a line while questions are open or not. */
export type LineUse =
  | "answers"
  /** No question is open. */
  | "free"
  /** Its typing began before the question was there to be read. */
  | "early";

/** Puts the questions of tools to the person at the prompt, one after the other. */
export class TerminalQuestions {
  readonly #deps: TerminalQuestionsDeps;
  readonly #open: OpenQuestion[] = [];

  constructor(deps: TerminalQuestionsDeps) {
    this.#deps = deps;
  }

  readonly askApproval: AskApproval = (request, signal) => {
    const reasons = request.reasons.map((reason) => `  It ${reason}.`);
    const text = [
      "The agent wants to run:",
      `  ${printableText(request.command).replaceAll("\n", "\n  ")}`,
      ...reasons,
      "Allow it? yes (once), session, always, or no",
    ].join("\n");
    const limits = { expiresInMs: request.expiresInMs, stopped: { kind: "denied" } as const };
    return this.#ask<ApprovalAnswer>(text, toApproval, limits, signal);
  };

  readonly askQuestion: AskQuestion = (question, signal) => {
    const { choices } = question;
    const listed = choices.map((choice, index) => `  ${index + 1}. ${printableText(choice)}`);
    const text = [`The agent asks: ${printableText(question.text)}`, ...listed].join("\n");
    const read = (line: string): QuestionAnswer | undefined => {
      const typed = line.trim();
      if (typed === "") return undefined;
      return { kind: "answered", text: choices[Number(typed) - 1] ?? typed };
    };
    const limits = { expiresInMs: question.expiresInMs, stopped: { kind: "expired" } as const };
    return this.#ask<QuestionAnswer>(text, read, limits, signal);
  };

  /** Gives a line, with its number, to the question that is shown. */
  answer(line: string, number: number): LineUse {
    const [first] = this.#open;
    if (first === undefined) return "free";
    if (number <= first.linesBefore) {
      this.#deps.say(first.text);
      return "early";
    }
    if (!first.take(line)) this.#deps.say(first.text);
    return "answers";
  }

  #showFirst(): void {
    const [first] = this.#open;
    if (first === undefined) return;
    first.linesBefore = this.#deps.linesBegun();
    this.#deps.say(first.text);
  }

  async #ask<T>(
    text: string,
    read: (line: string) => T | undefined,
    limits: { readonly expiresInMs: number; readonly stopped: T },
    signal: AbortSignal,
  ): Promise<T | { readonly kind: "expired" }> {
    const { promise, resolve } = Promise.withResolvers<T | { readonly kind: "expired" }>();
    const take = (line: string) => {
      const answer = read(line);
      if (answer !== undefined) resolve(answer);
      return answer !== undefined;
    };
    const question = { text, take, linesBefore: Infinity };
    this.#open.push(question);
    if (this.#open.length === 1) this.#showFirst();
    const done = new AbortController();
    const onAbort = () => resolve(limits.stopped);
    signal.addEventListener("abort", onAbort);
    if (signal.aborted) onAbort();
    this.#deps.clock.sleep(limits.expiresInMs, done.signal)
      .then(() => resolve({ kind: "expired" }), () => {}); // Ends early when there is an answer.
    try {
      return await promise;
    } finally {
      done.abort();
      signal.removeEventListener("abort", onAbort);
      const wasShown = this.#open[0] === question;
      this.#open.splice(this.#open.indexOf(question), 1);
      if (wasShown) this.#showFirst();
    }
  }
}

function toApproval(line: string): ApprovalAnswer | undefined {
  switch (line.trim().toLowerCase()) {
    case "y":
    case "yes":
    case "once":
      return { kind: "allowed", scope: "once" };
    case "s":
    case "session":
      return { kind: "allowed", scope: "session" };
    case "a":
    case "always":
      return { kind: "allowed", scope: "always" };
    case "n":
    case "no":
      return { kind: "denied" };
    default:
      return undefined;
  }
}
