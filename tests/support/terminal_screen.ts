// deno-lint-ignore-file no-control-regex -- escape sequences begin with a control character.
import { EventEmitter } from "node:events";
import type { WriteStream } from "node:tty";
import { columnsOf } from "../../src/sandbox/chat_text.ts";

/** A control sequence with its numbers, a character that moves, or a character to show. */
const TOKEN = /\x1b\[(\??[\d;]*)([A-Za-z])|\r|\n|\x08|[^\x1b]/gu;
/** Colours, and whether the cursor is shown: nothing that a text test looks at. */
const IGNORED_COMMANDS = ["m", "h", "l"];

/**
 * The screen of a terminal that understands what our programs write: text with line breaks, moves of
 * the cursor, and erasing. It keeps every row that was ever on it, so that a test can read what has
 * scrolled away; as in a terminal, the cursor goes no higher than the newest `rowsMax` rows.
 */
export class TerminalScreen extends EventEmitter {
  readonly columns: number;
  readonly #rowsMax: number;
  /** One string a column; the second half of a wide character is `""`. */
  readonly #cells: string[][] = [[]];
  #row = 0;
  #column = 0;
  /** The beginning of a sequence whose end has not been written yet. */
  #rest = "";

  constructor(columns: number, rowsMax = Infinity) {
    super();
    this.columns = columns;
    this.#rowsMax = rowsMax;
  }

  write(text: string): boolean {
    const whole = this.#rest + text;
    this.#rest = /\x1b(?:\[[\d;?]*)?$/.exec(whole)?.[0] ?? "";
    const complete = whole.slice(0, whole.length - this.#rest.length);
    for (const [token, numbers, command] of complete.matchAll(TOKEN)) {
      if (command === undefined) this.#type(token);
      else this.#obey(command, numbers ?? "");
    }
    this.emit("change");
    return true;
  }

  /** What is on the screen, without blanks at the ends of rows. */
  get rows(): string[] {
    const rows = this.#cells.map((cells) => Array.from(cells, (cell) => cell ?? " ").join(""));
    return rows.map((row) => row.trimEnd());
  }

  /** Where the cursor is, both from 0. */
  get cursor(): { readonly row: number; readonly column: number } {
    return { row: this.#row, column: this.#column };
  }

  asStream(): WriteStream {
    return this as unknown as WriteStream;
  }

  #type(character: string): void {
    if (character === "\r") this.#column = 0;
    else if (character === "\n") this.#moveTo(this.#row + 1, 0);
    else if (character === "\x08") this.#column = Math.max(0, this.#column - 1);
    else this.#put(character);
  }

  #obey(command: string, numbers: string): void {
    const count = Number(numbers || 1);
    if (command === "A") this.#moveTo(this.#row - count, this.#column);
    else if (command === "B") this.#moveTo(this.#row + count, this.#column);
    else if (command === "C") this.#column = Math.min(this.columns - 1, this.#column + count);
    else if (command === "D") this.#column = Math.max(0, this.#column - count);
    else if (command === "G") this.#column = count - 1;
    else if (command === "J" && Number(numbers) === 0) this.#eraseBelow();
    else if (command === "K") this.#eraseInRow(Number(numbers));
    else if (!IGNORED_COMMANDS.includes(command)) {
      throw new Error(`The screen does not know CSI ${numbers}${command}`);
    }
  }

  #moveTo(row: number, column: number): void {
    const top = Math.max(0, this.#cells.length - this.#rowsMax);
    this.#row = Math.max(top, row);
    this.#column = column;
    while (this.#cells.length <= this.#row) this.#cells.push([]);
  }

  #eraseBelow(): void {
    this.#cells.splice(this.#row + 1);
    this.#eraseInRow(0);
  }

  /** 0 is from the cursor to the end of the row, 2 is all of it. */
  #eraseInRow(part: number): void {
    if (part !== 0 && part !== 2) throw new Error(`The screen does not know CSI ${part}K`);
    this.#cells[this.#row]?.splice(part === 0 ? this.#column : 0);
  }

  /** A character that does not fit goes to the next row; a full row waits for the next character. */
  #put(character: string): void {
    const width = columnsOf(character);
    if (this.#column + width > this.columns) this.#moveTo(this.#row + 1, 0);
    const cells = this.#cells[this.#row] ?? [];
    cells[this.#column] = character;
    if (width === 2) cells[this.#column + 1] = "";
    this.#column += width;
  }
}
