import type { TurnEvent } from "../../agent/turn.ts";
import { callPreview } from "../../replies/call_preview.ts";
import { type Redact, withoutLastWord } from "../../safety/redact.ts";
import { printableText, wrapText } from "../../sandbox/chat_text.ts";
import { MarkdownRows } from "../terminal/markdown_rows.ts";

/** What is to be drawn by now. */
export interface AnswerOutput {
  /** Rows for good: of the answer, and notes about what happens. */
  readonly rows: readonly { readonly text: string; readonly isNote: boolean }[];
  /** The row that still grows. */
  readonly live: readonly string[];
}

/** How much of a text is looked through for secrets again with each line. */
const LOOKED_THROUGH_MAX = 8_000;
/** How much of what a tool is given is shown. */
const PREVIEW_CHARS_MAX = 100;

/** Turns what happens in a turn into rows: whole ones for good, and one that grows. */
export class AnswerRows {
  readonly #redact: Redact;
  readonly #columns: () => number;
  readonly #markdown: MarkdownRows;
  #rows: { readonly text: string; readonly isNote: boolean }[] = [];
  /** What the model says, from some line on. */
  #text = "";
  /** How many lines of that, without secrets, are among the rows. */
  #lines = 0;
  #thought = "";
  /** What each call of the step was given, by its id. */
  #inputs = new Map<string, unknown>();

  constructor(
    { redact, columns, color }: {
      readonly redact: Redact;
      readonly columns: () => number;
      readonly color: boolean;
    },
  ) {
    this.#redact = redact;
    this.#columns = columns;
    this.#markdown = new MarkdownRows({ color });
  }

  take(event: TurnEvent): void {
    switch (event.kind) {
      case "text_delta":
        this.#endThought();
        this.#text += event.text;
        if (event.text.includes("\n")) this.#settle();
        return;
      case "restarted":
        this.#forget();
        this.#thought = "";
        return this.#note(`(Begins again: ${event.reason})`);
      case "tool_started":
        this.end();
        return this.#note(`[${event.name}] ${this.#previewOf(event.callId)}`.trim());
      case "tool_ended":
        if (event.isError) this.#note(`[${event.name} failed]`);
        return;
      case "compacted":
        return this.#note("(The conversation is long: what is old was summed up.)");
      case "reasoning_delta":
        this.#thought += event.text;
        return;
      case "message":
        if (event.message.role !== "assistant") return;
        this.end();
        this.#inputs = new Map(event.message.toolCalls.map((call) => [call.id, call.arguments]));
        return;
      case "usage":
      case "ended":
        return;
      default:
        return event satisfies never;
    }
  }

  /** Makes what grows rows for good. */
  end(): void {
    this.#endThought();
    const rest = this.#safe(this.#text).slice(this.#lines);
    if (rest.join("").trim() !== "") this.#keep(rest);
    this.#forget();
    this.#markdown.reset();
  }

  /** What is new since the last call. */
  output(): AnswerOutput {
    const growing = this.#safe(withoutLastWord(this.#text)).slice(this.#lines).join("\n");
    const live = wrapText(growing, this.#columns()).map(({ text }) => text);
    const output = { rows: this.#rows, live: live.filter((text) => text !== "") };
    this.#rows = [];
    return output;
  }

  /** Only at the end of a line: what is in it can then no longer become another thing. */
  #settle(): void {
    const end = this.#text.lastIndexOf("\n");
    const whole = this.#safe(this.#text.slice(0, end));
    this.#keep(whole.slice(this.#lines));
    this.#lines = Math.max(this.#lines, whole.length);
    const isInKey = this.#text.lastIndexOf("-----BEGIN ") > this.#text.lastIndexOf("-----END ");
    if (end < LOOKED_THROUGH_MAX || isInKey) return;
    this.#text = this.#text.slice(end + 1);
    this.#lines = 0;
  }

  /** All lines of the text: a secret may go over several. */
  #safe(text: string): string[] {
    return this.#redact(printableText(text)).split("\n");
  }

  #keep(lines: readonly string[]): void {
    for (const line of lines) {
      for (const row of this.#markdown.rows(line, this.#columns())) {
        this.#rows.push({ text: row, isNote: false });
      }
    }
  }

  #forget(): void {
    this.#text = "";
    this.#lines = 0;
  }

  #previewOf(callId: string): string {
    const options = { whole: false, charsMax: PREVIEW_CHARS_MAX, redact: this.#redact };
    return printableText(callPreview(this.#inputs.get(callId), options));
  }

  #note(text: string): void {
    for (const row of wrapText(text, this.#columns())) {
      this.#rows.push({ text: row.text, isNote: true });
    }
  }

  /** What the model thought, as soon as it does something else. */
  #endThought(): void {
    const thought = this.#redact(printableText(this.#thought)).trim();
    this.#thought = "";
    if (thought !== "") this.#note(`(Thinking: ${thought})`);
  }
}
