// deno-lint-ignore-file no-control-regex -- escape sequences begin with a control character.
import { EventEmitter } from "node:events";
import type { WriteStream } from "node:tty";
import { columnsOf } from "../../../src/sandbox/chat_text.ts";

/**
 * The screen of a terminal that understands what the demo writes: text with line breaks, cursor up,
 * to a column, to the first column, and erasing to the end of the screen. It has as many rows as
 * are needed, so nothing scrolls.
 */
export class DemoScreen extends EventEmitter {
  readonly columns: number;
  /** One string a column; the second half of a wide character is `""`. */
  readonly #cells: string[][] = [[]];
  #row = 0;
  #column = 0;

  constructor(columns: number) {
    super();
    this.columns = columns;
  }

  write(text: string): boolean {
    for (const [token] of text.matchAll(/\x1b\[(\d*)([A-Za-z])|\r|\n|[^\x1b]/gu)) this.#obey(token);
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

  #obey(token: string): void {
    const [, count = "", command] = /^\x1b\[(\d*)([A-Za-z])$/.exec(token) ?? [];
    if (token === "\r") this.#column = 0;
    else if (token === "\n") this.#moveTo(this.#row + 1, 0);
    else if (command === "A") this.#moveTo(Math.max(0, this.#row - Number(count)), this.#column);
    else if (command === "G") this.#column = Number(count) - 1;
    else if (command === "J") this.#erase();
    else if (command === undefined) this.#put(token);
    else if (command !== "m") throw new Error(`The screen does not know ${JSON.stringify(token)}`);
  }

  #moveTo(row: number, column: number): void {
    while (this.#cells.length <= row) this.#cells.push([]);
    this.#row = row;
    this.#column = column;
  }

  #erase(): void {
    this.#cells.splice(this.#row + 1);
    this.#cells[this.#row]?.splice(this.#column);
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
