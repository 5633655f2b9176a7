import { emitKeypressEvents } from "node:readline";
import { Readable } from "node:stream";
import { StringDecoder } from "node:string_decoder";
import type { ReadStream, WriteStream } from "node:tty";
import { stripVTControlCharacters } from "node:util";
import type { ChatOutput } from "../../sandbox/chat_view.ts";
import { columnsOf, hardRows } from "../../sandbox/chat_text.ts";
import { MARK_NO_PASTES, MARK_PASTES, PasteReader } from "./paste_reader.ts";
import {
  insertPaste,
  lineWithHistory,
  type PressedKey,
  pressKey,
  shownText,
  type TypedLine,
} from "./typed_line.ts";

export interface PromptTerminalOptions {
  readonly input: ReadStream;
  readonly output: WriteStream;
  /** How wide the terminal is by now. */
  readonly columns: () => number;
  readonly color: (prompt: string) => string;
  /** Takes each line that is entered, with its number: compare it with `linesBegun`. */
  readonly onLine: (line: string, number: number) => void;
  /** What Ctrl-C does first: true when it has stopped something, so that the terminal stays open. */
  readonly onInterrupt?: () => boolean;
  /** What was entered here before, oldest first. */
  readonly history?: readonly string[];
}

/** What stands between the last row for good and the cursor. */
interface Drawn {
  readonly live: readonly string[];
  /** The prompt and what is typed before the cursor. */
  readonly beforeCursor: string;
}

/**
 * A prompt at the bottom of the terminal, with output that arrives above it while somebody types.
 * `node:readline` has one too, but loses count of its rows when a text is pasted.
 */
export class PromptTerminal {
  /** Resolves when the person leaves: Ctrl-C, Ctrl-D, or the end of the input. */
  readonly closed: Promise<void>;
  readonly #options: PromptTerminalOptions;
  readonly #resolveClosed: () => void;
  readonly #redraw = () => this.show({ rows: [], live: this.#live }, this.#prompt);
  readonly #close = () => this.close();
  readonly #read = (bytes: Buffer) => this.#pastes.push(this.#decoder.write(bytes));
  readonly #decoder = new StringDecoder("utf8");
  /** Makes keys of what is no paste; `node:readline` does that for streams only. */
  readonly #keys = new Readable({ read: () => {} });
  readonly #pastes = new PasteReader({
    onKeys: (keys) => void this.#keys.emit("data", Buffer.from(keys)),
    onPaste: (text) => this.#type(insertPaste(this.#line, text)),
  });
  #line: TypedLine;
  #prompt = "";
  #live: readonly string[] = [];
  #drawn: Drawn | undefined;
  #isOpen = true;
  #linesBegun = 0;

  constructor(options: PromptTerminalOptions) {
    this.#options = options;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.closed = promise;
    this.#resolveClosed = resolve;
    this.#line = lineWithHistory(options.history ?? []);
    const { input, output } = options;
    emitKeypressEvents(this.#keys);
    this.#keys.on("keypress", (_: unknown, key: PressedKey) => this.#onKey(key));
    input.setRawMode(true);
    input.on("data", this.#read).on("end", this.#close).resume();
    this.#options.output.write(MARK_PASTES);
    // Writing fails when the window was closed. The listener stays: the last write may fail later.
    output.on("resize", this.#redraw).on("error", this.#close);
  }

  get columns(): number {
    return this.#options.columns();
  }

  /**
   * How many lines somebody has begun to type. What is shown now was seen before a line was typed
   * only if the number of the line is higher.
   */
  get linesBegun(): number {
    return this.#linesBegun;
  }

  /** Writes the rows above the prompt and draws `prompt` anew, with what has been typed so far. */
  show({ rows, live }: ChatOutput, prompt: string): void {
    if (!this.#isOpen) return;
    const above = [...rows, ...live].map((row) => `${row}\n`).join("");
    this.#prompt = prompt;
    this.#live = live;
    this.#options.output.write(this.#clear() + above + this.#drawPrompt());
  }

  /** Gives the terminal back, with the prompt and what is typed there as the last line. */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    const { input, output } = this.#options;
    output.off("resize", this.#redraw);
    input.off("data", this.#read).off("end", this.#close);
    input.pause();
    if (this.#isThere()) {
      if (this.#drawn !== undefined) this.#settleLine();
      output.write(MARK_NO_PASTES);
    }
    this.#resolveClosed();
  }

  /** Gives the modes back, which fails once the window was closed: then writing would end the process. */
  #isThere(): boolean {
    try {
      this.#options.input.setRawMode(false);
      return true;
    } catch {
      return false; // Its modes are gone with it.
    }
  }

  #onKey(key: PressedKey): void {
    if (!this.#isOpen) return;
    const result = pressKey(this.#line, key);
    const isBegun = this.#line.text !== "";
    switch (result.kind) {
      case "typing":
        return this.#type(result.line);
      case "entered":
        if (!isBegun) this.#linesBegun++; // It is empty.
        this.#settleLine();
        this.#line = result.line;
        return this.#options.onLine(result.text, this.#linesBegun);
      case "left":
        if (key.name === "c" && this.#options.onInterrupt?.() === true) return;
        return this.close();
      default:
        return result satisfies never;
    }
  }

  #type(line: TypedLine): void {
    if (this.#line.text === "" && line.text !== "") this.#linesBegun++;
    this.#line = line;
    this.#redraw();
  }

  /** Leaves the prompt and the line where they are, for good, and takes the live rows away. */
  #settleLine(): void {
    const { color } = this.#options;
    this.#options.output.write(`${this.#clear()}${color(this.#prompt)}${shownText(this.#line)}\n`);
    this.#drawn = undefined;
    this.#live = [];
  }

  /** Takes away what is drawn. A narrower terminal has broken rows since then. */
  #clear(): string {
    const { live, beforeCursor } = this.#drawn ?? { live: [], beforeCursor: "" };
    const columns = this.columns;
    const liveRows = live.map((row) => hardRows(stripVTControlCharacters(row), columns).length);
    const rows = liveRows.reduce((sum, count) => sum + count, 0);
    return `${up(rows + cursorIn(beforeCursor, columns).row)}\r\x1b[J`;
  }

  #drawPrompt(): string {
    const { text: edited, cursor, pastes } = this.#line;
    const text = shownText(this.#line);
    const beforeCursor = this.#prompt + shownText({ text: edited.slice(0, cursor), pastes });
    this.#drawn = { live: this.#live, beforeCursor };
    const columns = this.columns;
    const end = cursorIn(this.#prompt + text, columns);
    const at = cursorIn(beforeCursor, columns);
    // A blank behind the line, so that a full row is one that the terminal has broken already.
    const drawn = `${this.#options.color(this.#prompt)}${text} `;
    return `${drawn}${up(end.row - at.row)}\x1b[${at.column + 1}G`;
  }
}

/** Where a terminal has the cursor behind a text that began in its first column. */
function cursorIn(
  text: string,
  columns: number,
): { readonly row: number; readonly column: number } {
  const rows = hardRows(`${text} `, columns);
  return { row: rows.length - 1, column: columnsOf(rows.at(-1) ?? "") - 1 };
}

function up(rows: number): string {
  return rows > 0 ? `\x1b[${rows}A` : "";
}
