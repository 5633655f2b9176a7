import type { TurnEvent } from "../agent/turn.ts";
import { cleanText } from "../mattermost/clean_text.ts";
import { readMediaLines } from "./media_lines.ts";
import { isSilence, maybeSilence } from "./silence.ts";
import { type Redact, withoutLastWord } from "../safety/redact.ts";

/** How much of what the model thought before one step is quoted. */
const THOUGHT_CHARS_MAX = 600;

/** What a turn has said so far, step by step, and what it thought before each of them. */
export class SaidText {
  readonly #showsReasoning: boolean;
  readonly #redact: Redact;
  /** Of the steps that are over. */
  #past = { text: "", shown: "" };
  #thought = "";
  #step = "";

  constructor(options: { readonly showsReasoning: boolean; readonly redact: Redact }) {
    this.#showsReasoning = options.showsReasoning;
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
        if (event.message.role === "assistant") this.#endStep(event.message.text);
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
    return this.#toShow(this.#thought, this.#step);
  }

  /** The same while more may come: without the last word, which may be the beginning of a secret. */
  get growing(): string {
    if (this.#step === "") return this.#toShow(withoutLastWord(this.#thought), "");
    const step = maybeSilence(this.#step) ? "" : withoutLastWord(this.#step);
    return this.#toShow(this.#thought, step);
  }

  /** Whether the model is in the middle of what it says. */
  get isSpeaking(): boolean {
    return this.#step !== "";
  }

  /** Gives what is to be seen of the steps that are over, and counts it no longer to what is shown. */
  cut(): string {
    const { shown } = this.#past;
    this.#past = { ...this.#past, shown: "" };
    return cleanText(shown);
  }

  /** Takes back what `cut` gave. */
  rejoin(shown: string): void {
    this.#past = { ...this.#past, shown: joinSteps(shown, this.#past.shown) };
  }

  #endStep(text: string): void {
    this.#past = {
      text: joinSteps(this.#past.text, text),
      shown: joinSteps(this.#past.shown, this.#withThought(this.#thought, text)),
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
