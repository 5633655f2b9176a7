/** Asks a terminal to mark what is pasted, and to stop that. Source: xterm's control sequences. */
export const MARK_PASTES = "\x1b[?2004h";
export const MARK_NO_PASTES = "\x1b[?2004l";

const BEGIN = "\x1b[200~";
const END = "\x1b[201~";
/** What may be the beginning of `BEGIN`, and is no key. */
// deno-lint-ignore no-control-regex -- escape sequences begin with a control character.
const MAYBE_BEGIN = /\x1b\[20?0?$/;
const CTRL_C = "\x03";
/** Longer pastes are cut. */
const PASTE_CHARS_MAX = 1_000_000;

export interface PasteReaderOptions {
  readonly onKeys: (keys: string) => void;
  readonly onPaste: (text: string) => void;
}

/** Tells what a terminal marks as pasted from what somebody types. */
export class PasteReader {
  readonly #options: PasteReaderOptions;
  /** What has come of a paste so far; `undefined` outside of one. */
  #pasted: string | undefined;
  #rest = "";

  constructor(options: PasteReaderOptions) {
    this.#options = options;
  }

  /** Takes what the terminal sent, in pieces of any size. */
  push(chunk: string): void {
    let text = this.#rest + chunk;
    this.#rest = "";
    while (text !== "") {
      text = this.#pasted === undefined ? this.#readKeys(text) : this.#readPaste(text);
    }
  }

  #readKeys(text: string): string {
    const begin = text.indexOf(BEGIN);
    if (begin >= 0) {
      this.#keys(text.slice(0, begin));
      this.#pasted = "";
      return text.slice(begin + BEGIN.length);
    }
    this.#rest = MAYBE_BEGIN.exec(text)?.[0] ?? "";
    this.#keys(text.slice(0, text.length - this.#rest.length));
    return "";
  }

  #readPaste(text: string): string {
    const before = this.#pasted ?? "";
    const whole = before + text;
    const end = whole.indexOf(END, Math.max(0, before.length - END.length));
    if (end >= 0) {
      this.#paste(whole.slice(0, end));
      return whole.slice(end + END.length);
    }
    if (text === CTRL_C) { // The end was lost: nobody is to be caught in here.
      this.#paste(before);
      return text;
    }
    this.#pasted = whole.slice(0, PASTE_CHARS_MAX) +
      whole.slice(PASTE_CHARS_MAX).slice(-END.length);
    return "";
  }

  #keys(keys: string): void {
    if (keys !== "") this.#options.onKeys(keys);
  }

  #paste(text: string): void {
    this.#pasted = undefined;
    this.#options.onPaste(text.slice(0, PASTE_CHARS_MAX));
  }
}
