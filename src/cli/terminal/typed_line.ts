/** A key as `node:readline` reports it. */
export interface PressedKey {
  readonly name?: string | undefined;
  readonly ctrl?: boolean | undefined;
  readonly meta?: boolean | undefined;
  /** What the terminal sent for it. */
  readonly sequence?: string | undefined;
}

/** A line that somebody types. Values are never changed, so one may keep an older state. */
export interface TypedLine {
  /** As it is edited: what was pasted and has several lines is one character of the private use area. */
  readonly text: string;
  readonly pastes: readonly string[];
  /** Where the next character goes, in UTF-16 units. */
  readonly cursor: number;
  /** Lines that were entered before, oldest first. */
  readonly history: readonly string[];
  /** The line of the history that is being looked at; its length for the line of one's own. */
  readonly historyIndex: number;
}

/** What a key leads to. */
export type KeyResult =
  | { readonly kind: "typing"; readonly line: TypedLine }
  | { readonly kind: "entered"; readonly text: string; readonly line: TypedLine }
  | { readonly kind: "left" };

/** Lines that are remembered; the oldest go first. */
export const HISTORY_LINES_MAX = 500;

export const EMPTY_LINE: TypedLine = {
  text: "",
  pastes: [],
  cursor: 0,
  history: [],
  historyIndex: 0,
};

/** An empty line of somebody who has entered these before, oldest first. */
export function lineWithHistory(entered: readonly string[]): TypedLine {
  const history = entered.slice(-HISTORY_LINES_MAX);
  return { ...EMPTY_LINE, history, historyIndex: history.length };
}

/** The first of the characters that stand for a paste, and how many there are. */
const PASTE_BASE = 0xe000;
const PASTES_MAX = 6_400;
const PASTE = /[\ue000-\uf8ff]/g;
/** A longer paste is not shown, even if it is one line. */
const PASTE_SHOWN_MAX = 2_000;

/** Puts in at the cursor what was pasted. */
export function insertPaste(line: TypedLine, pasted: string): TypedLine {
  const text = pasted.replaceAll(/\r\n?/g, "\n").replaceAll(/[^\P{Cc}\n\t]|[\p{Co}\p{Cs}]/gu, "");
  const isShort = !text.includes("\n") && text.length <= PASTE_SHOWN_MAX;
  if (isShort) return insertText(line, text.replaceAll("\t", " "));
  if (line.pastes.length === PASTES_MAX) return line;
  const sign = String.fromCharCode(PASTE_BASE + line.pastes.length);
  return { ...insertText(line, sign), pastes: [...line.pastes, text] };
}

/** The line with all that was pasted. */
export function wholeText({ text, pastes }: Pick<TypedLine, "text" | "pastes">): string {
  return text.replaceAll(PASTE, (sign) => pastes[sign.charCodeAt(0) - PASTE_BASE] ?? "");
}

/** The line as a prompt shows it: in one line. */
export function shownText({ text, pastes }: Pick<TypedLine, "text" | "pastes">): string {
  return text.replaceAll(PASTE, (sign) => {
    const lines = (pastes[sign.charCodeAt(0) - PASTE_BASE] ?? "").split("\n").length;
    return lines === 1 ? "[1 long line pasted]" : `[${lines} lines pasted]`;
  });
}

/** Applies one key to a line, in the way that shells have made a habit. */
export function pressKey(line: TypedLine, key: PressedKey): KeyResult {
  const { text, cursor } = line;
  switch (key.ctrl === true ? `ctrl-${key.name}` : key.name) {
    case "return":
    case "enter":
      return { kind: "entered", text: wholeText(line), line: withHistory(line) };
    case "ctrl-c":
      return { kind: "left" };
    case "ctrl-d":
      return text === "" ? { kind: "left" } : cut(line, cursor, after(line));
    case "backspace":
    case "ctrl-h":
      return cut(line, before(line), cursor);
    case "delete":
      return cut(line, cursor, after(line));
    case "ctrl-u":
      return cut(line, 0, cursor);
    case "ctrl-k":
      return cut(line, cursor, text.length);
    case "ctrl-w":
      return cut(line, text.slice(0, cursor).replace(/\S*\s*$/, "").length, cursor);
    case "left":
    case "ctrl-b":
      return typing({ ...line, cursor: before(line) });
    case "right":
    case "ctrl-f":
      return typing({ ...line, cursor: after(line) });
    case "home":
    case "ctrl-a":
      return typing({ ...line, cursor: 0 });
    case "end":
    case "ctrl-e":
      return typing({ ...line, cursor: text.length });
    case "up":
    case "ctrl-p":
      return recall(line, line.historyIndex - 1);
    case "down":
    case "ctrl-n":
      return recall(line, line.historyIndex + 1);
    default:
      return typing(insert(line, key));
  }
}

function typing(line: TypedLine): KeyResult {
  return { kind: "typing", line };
}

function withHistory(line: TypedLine): TypedLine {
  const { history } = line;
  const text = wholeText(line);
  const isNew = text.trim() !== "" && text !== history.at(-1);
  const kept = isNew ? [...history, text].slice(-HISTORY_LINES_MAX) : history;
  return { ...EMPTY_LINE, history: kept, historyIndex: kept.length };
}

function cut(line: TypedLine, from: number, to: number): KeyResult {
  return typing({ ...line, text: line.text.slice(0, from) + line.text.slice(to), cursor: from });
}

function recall(line: TypedLine, index: number): KeyResult {
  if (index < 0 || index > line.history.length) return typing(line);
  const empty = { ...EMPTY_LINE, history: line.history, historyIndex: index };
  return typing(insertPaste(empty, line.history[index] ?? ""));
}

/** Keys that stand for no character, e.g. Escape or F1, change nothing. */
function insert(line: TypedLine, { ctrl, meta, sequence = "" }: PressedKey): TypedLine {
  const isCharacter = ctrl !== true && meta !== true && /^\P{C}+$/u.test(sequence);
  if (!isCharacter && sequence !== "\t") return line;
  return insertText(line, sequence === "\t" ? " " : sequence);
}

function insertText(line: TypedLine, typed: string): TypedLine {
  const { text, cursor } = line;
  return {
    ...line,
    text: text.slice(0, cursor) + typed + text.slice(cursor),
    cursor: cursor + typed.length,
  };
}

function before({ text, cursor }: TypedLine): number {
  return cursor - (Array.from(text.slice(0, cursor)).at(-1)?.length ?? 0);
}

function after({ text, cursor }: TypedLine): number {
  return cursor + (Array.from(text.slice(cursor))[0]?.length ?? 0);
}
