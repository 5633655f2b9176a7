import { createInterface, type Interface } from "node:readline";
import type { ReadStream, WriteStream } from "node:tty";
import { stripVTControlCharacters } from "node:util";
import type { ChatOutput } from "../sandbox/chat_view.ts";
import { rowsOf } from "../sandbox/chat_text.ts";

/**
 * A prompt at the bottom of the terminal, with output that arrives above it while somebody types.
 * What was typed stays: the prompt is taken away, the output written, and the prompt drawn again.
 */
export class DemoTerminal {
  /** Resolves when the person leaves: Ctrl-C, Ctrl-D, or the end of the input. */
  readonly closed: Promise<void>;
  readonly #output: WriteStream;
  readonly #readline: Interface;
  #live: readonly string[] = [];
  #isOpen = true;

  constructor(input: ReadStream, output: WriteStream, onLine: (line: string) => void) {
    this.#output = output;
    this.#readline = createInterface({ input, output, terminal: true });
    this.closed = new Promise((resolve) => this.#readline.once("close", resolve));
    this.#readline.once("close", () => this.#isOpen = false);
    this.#readline.on("SIGINT", () => this.#readline.close());
    this.#readline.on("line", (line) => {
      this.#settleLine(line);
      onLine(line);
    });
  }

  /** Writes the rows above the prompt and draws `prompt` anew, with what has been typed so far. */
  show({ rows, live }: ChatOutput, prompt: string): void {
    if (!this.#isOpen) return;
    const { rows: cursorRow } = this.#readline.getCursorPos();
    const above = [...rows, ...live].map((row) => `${row}\n`).join("");
    // Drawing the prompt begins with going up to its first row, where the cursor is already.
    this.#output.write(upAndClear(cursorRow + this.#live.length) + above + "\n".repeat(cursorRow));
    this.#live = live;
    this.#readline.setPrompt(prompt);
    this.#readline.prompt(true);
  }

  /** Takes the prompt away; the terminal is as it was before. */
  close(): void {
    this.#readline.close();
  }

  /** A line that was entered stays in place of the live rows, which moved up with it. */
  #settleLine(line: string): void {
    const prompt = this.#readline.getPrompt();
    const lineRows = rowsOf(stripVTControlCharacters(prompt) + line, this.#output.columns);
    this.#output.write(`${upAndClear(lineRows + this.#live.length)}${prompt}${line}\n`);
    this.#live = [];
  }
}

/** Moves the cursor to the beginning of a row further up, and empties the screen from there on. */
function upAndClear(rows: number): string {
  return `${rows > 0 ? `\x1b[${rows}A` : ""}\r\x1b[J`;
}
