import type { TurnEvent } from "../agent/turn.ts";
import { cleanText, isInvisible } from "../mattermost/clean_text.ts";
import { readMediaLines } from "./media_lines.ts";
import { isSilence } from "./silence.ts";
import { type Redact, withoutLastWord } from "../safety/redact.ts";

/** How much of what the model thought before one step is quoted. */
const THOUGHT_CHARS_MAX = 600;

export interface SaidOptions {
  readonly showsReasoning: boolean;
  /** Whether what is said before tools are called stays, and not only the answer after the last of them. */
  readonly keepsInterim: boolean;
  readonly redact: Redact;
}

/** What a turn has said so far, step by step, and what it thought before each of them. */
export class SaidText {
  readonly #showsReasoning: boolean;
  readonly #keepsInterim: boolean;
  readonly #redact: Redact;
  /** Of the steps that are over. */
  #past = { text: "", shown: "" };
  /** What was said before the tools work that work now, where that is not to stay. */
  #passing = "";
  #thought = "";
  #step = "";

  constructor(options: SaidOptions) {
    this.#showsReasoning = options.showsReasoning;
    this.#keepsInterim = options.keepsInterim;
    this.#redact = options.redact;
  }

  /** Takes note of an event. Gives whether there is more to show now. */
  take(event: TurnEvent): boolean {
    switch (event.kind) {
      case "restarted":
        this.#step = "";
        this.#thought = "";
        return false;
      case "text_delta":
        this.#step += event.text;
        return true;
      case "reasoning_delta":
        if (this.#showsReasoning) this.#thought += event.text;
        return this.#showsReasoning;
      case "message":
        if (event.message.role === "assistant") {
          this.#endStep(event.message.text, event.message.toolCalls.length > 0);
        }
        return false;
      default:
        return false;
    }
  }

  /** What was said, without what was thought. */
  get text(): string {
    return cleanText(joinSteps(this.#past.text, this.#step));
  }

  /** What is to be seen, without secrets. */
  get shown(): string {
    const shown = this.#toShow(this.#thought, this.#step);
    return isInvisible(shown) ? cleanText(this.#passing) : shown; // Better that than nothing.
  }

  /** The same while more may come: without the last word, which may be the beginning of a secret. */
  get growing(): string {
    if (this.#step === "") {
      const shown = this.#toShow(withoutLastWord(this.#thought), "");
      return joinSteps(shown, cleanText(this.#passing));
    }
    return this.#toShow(this.#thought, withoutLastWord(this.#step));
  }

  /** Whether the model is in the middle of what it says. */
  get isSpeaking(): boolean {
    return this.#step !== "";
  }

  /** Gives what is to be seen of the steps that are over, and counts it no longer to what is shown. */
  cut(): string {
    const shown = joinSteps(this.#past.shown, this.#passing);
    this.#past = { ...this.#past, shown: "" };
    this.#passing = "";
    return cleanText(shown);
  }

  /** Takes back what `cut` gave. */
  rejoin(shown: string): void {
    this.#past = { ...this.#past, shown: joinSteps(shown, this.#past.shown) };
  }

  #endStep(text: string, isInterim: boolean): void {
    const shown = this.#withThought(this.#thought, text);
    const passes = isInterim && !this.#keepsInterim;
    if (passes) this.#passing = shown || this.#passing;
    else if (isSilence(text)) this.#passing = "";
    this.#past = {
      text: joinSteps(this.#past.text, text),
      shown: passes ? this.#past.shown : joinSteps(this.#past.shown, shown),
    };
    this.#step = "";
    this.#thought = "";
  }

  #toShow(thought: string, step: string): string {
    return cleanText(joinSteps(this.#past.shown, this.#withThought(thought, step)));
  }

  /** A thought is cut after its secrets are out: what is left of one would not be recognised. */
  #withThought(thought: string, text: string): string {
    if (isSilence(text)) return "";
    const said = readMediaLines(this.#redact(text)).text;
    return joinSteps(quoteThought(this.#redact(thought)), said);
  }
}

/** `before` and, below it, `after`; either may be empty. */
export function joinSteps(before: string, after: string): string {
  if (before.trim() === "") return after;
  return after.trim() === "" ? before : `${before.trimEnd()}\n\n${after}`;
}

/** Mattermost folds nothing away: a short quotation is what disturbs least. */
function quoteThought(thought: string): string {
  const whole = thought.trim().replaceAll(/\n\s*\n/g, "\n");
  if (whole === "") return "";
  const short = whole.slice(0, THOUGHT_CHARS_MAX);
  const end = short.length < whole.length ? "…" : "";
  return `> 💭 ${short.replaceAll("\n", "\n> ")}${end}`;
}
