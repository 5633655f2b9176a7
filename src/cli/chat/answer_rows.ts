import type { TurnEvent } from "../../agent/turn.ts";
import type { Redact } from "../../safety/redact.ts";
import { printableText, wrapText } from "../../sandbox/chat_text.ts";
import { MarkdownRows } from "../terminal/markdown_rows.ts";

/** What is to be drawn by now. */
export interface AnswerOutput {
  /** Rows for good: of the answer, and notes about what happens. */
  readonly rows: readonly { readonly text: string; readonly isNote: boolean }[];
  /** The row that still grows. */
  readonly live: readonly string[];
}

/** Turns what happens in a turn into rows: whole ones for good, and one that grows. */
export class AnswerRows {
  readonly #redact: Redact;
  readonly #columns: () => number;
  readonly #markdown: MarkdownRows;
  #rows: { readonly text: string; readonly isNote: boolean }[] = [];
  #growing = "";
  #thought = "";

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
        this.#growing += event.text;
        return this.#settle();
      case "restarted":
        this.#growing = "";
        this.#thought = "";
        return this.#note(`(Begins again: ${event.reason})`);
      case "tool_started":
        this.end();
        return this.#note(`[${event.name}]`);
      case "tool_ended":
        if (event.isError) this.#note(`[${event.name} failed]`);
        return;
      case "compacted":
        return this.#note("(The conversation is long: what is old was summed up.)");
      case "reasoning_delta":
        this.#thought += event.text;
        return;
      case "message":
        if (event.message.role === "assistant") this.end();
        return;
      case "usage":
      case "ended":
        return;
      default:
        return event satisfies never;
    }
  }

  /** Makes what grows a row for good. */
  end(): void {
    this.#endThought();
    if (this.#growing.trim() !== "") this.#keep(this.#growing);
    this.#growing = "";
    this.#markdown.reset();
  }

  /** What is new since the last call. */
  output(): AnswerOutput {
    const output = {
      rows: this.#rows,
      live: this.#shown().map(({ text }) => text).filter((text) => text !== ""),
    };
    this.#rows = [];
    return output;
  }

  /** Only at the end of a line: what is in it can then no longer become another thing. */
  #settle(): void {
    const end = this.#growing.lastIndexOf("\n");
    if (end < 0) return;
    this.#keep(this.#growing.slice(0, end));
    this.#growing = this.#growing.slice(end + 1);
  }

  #keep(text: string): void {
    for (const line of this.#redact(printableText(text)).split("\n")) {
      for (const row of this.#markdown.rows(line, this.#columns())) {
        this.#rows.push({ text: row, isNote: false });
      }
    }
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

  #shown() {
    return wrapText(this.#redact(printableText(this.#growing)), this.#columns());
  }
}
