import type { TurnEvent } from "../../agent/turn.ts";
import type { Redact } from "../../safety/redact.ts";
import { printableText, wrapText } from "../../sandbox/chat_text.ts";
import { MarkdownRows } from "../terminal/markdown_rows.ts";

/** What is to be drawn by now. */
export interface AnswerOutput {
  /** Rows of the answer for good. */
  readonly rows: readonly string[];
  /** Rows about tools, for good, below those. */
  readonly notes: readonly string[];
  /** The row that still grows. */
  readonly live: readonly string[];
}

/** Turns what happens in a turn into rows: whole ones for good, and one that grows. */
export class AnswerRows {
  readonly #redact: Redact;
  readonly #columns: () => number;
  readonly #markdown: MarkdownRows;
  #rows: string[] = [];
  #notes: string[] = [];
  #growing = "";

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
        this.#growing += event.text;
        return this.#settle();
      case "restarted":
        this.#growing = "";
        this.#notes.push(`(Begins again: ${event.reason})`);
        return;
      case "tool_started":
        this.end();
        this.#notes.push(`[${event.name}]`);
        return;
      case "tool_ended":
        if (event.isError) this.#notes.push(`[${event.name} failed]`);
        return;
      case "compacted":
        this.#notes.push("(The conversation is long: what is old was summed up.)");
        return;
      case "message":
        if (event.message.role === "assistant") this.end();
        return;
      case "reasoning_delta":
      case "usage":
      case "ended":
        return;
      default:
        return event satisfies never;
    }
  }

  /** Makes what grows a row for good. */
  end(): void {
    if (this.#growing.trim() !== "") this.#keep(this.#growing);
    this.#growing = "";
    this.#markdown.reset();
  }

  /** What is new since the last call. */
  output(): AnswerOutput {
    const output = {
      rows: this.#rows,
      notes: this.#notes,
      live: this.#shown().map(({ text }) => text).filter((text) => text !== ""),
    };
    this.#rows = [];
    this.#notes = [];
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
      this.#rows.push(...this.#markdown.rows(line, this.#columns()));
    }
  }

  #shown() {
    return wrapText(this.#redact(printableText(this.#growing)), this.#columns());
  }
}
