import { parse } from "dotenv";
import { HermesError } from "../errors.ts";

/** One `NAME=value` of a `.env` file, and where in the text it stands. */
export interface EnvEntry {
  readonly name: string;
  readonly value: string;
  /** Counted from 1. */
  readonly line: number;
  /** The whole entry, from the start of its line to the end of its last one, without line end. */
  readonly start: number;
  readonly end: number;
  /** The value as it is written, with its quotation marks. */
  readonly valueStart: number;
  readonly valueEnd: number;
}

export interface EnvFile {
  readonly entries: readonly EnvEntry[];
  readonly problems: readonly EnvRemark[];
  readonly warnings: readonly EnvRemark[];
}

/** Something about one line; `predicate` goes on after "FILE, line 3,". */
export interface EnvRemark {
  readonly line: number;
  readonly predicate: string;
}

/**
 * Finds the entries of a `.env` file. `dotenv` reads each value; this knows where the entries stand,
 * so that messages name lines and `upsertEnv` leaves everything else alone.
 */
export function parseEnv(text: string): EnvFile {
  const entries: EnvEntry[] = [];
  const problems: EnvRemark[] = [];
  const warnings: EnvRemark[] = [];
  const linesByName = new Map<string, number>();
  let start = text.startsWith("\uFEFF") ? 1 : 0;
  for (let line = 1; start < text.length; line++) {
    const end = lineEnd(text, start);
    const found = findEntry(text, start, end, line);
    if (found.kind === "entry") {
      const { entry } = found;
      if (found.isCut) warnings.push({ line, predicate: cutPredicate(entry.name) });
      const earlier = linesByName.get(entry.name);
      if (earlier !== undefined) {
        const predicate = `sets ${entry.name} again, which line ${earlier} has set: keep one`;
        warnings.push({ line, predicate });
      }
      linesByName.set(entry.name, line);
      entries.push(entry);
      line += countLineEnds(text, start, entry.end);
    } else if (found.kind === "open_quote") {
      const predicate =
        `opens a quotation mark after ${found.name}= and does not close it: add one`;
      problems.push({ line, predicate });
    } else if (found.kind === "other") {
      warnings.push({ line, predicate: "is not NAME=value and has no effect: mend or delete it" });
    }
    start = nextLine(text, found.kind === "entry" ? found.entry.end : end);
  }
  return { entries, problems, warnings };
}

/** Changes by name: the new value, or `undefined` to take the entry out. */
export type EnvChanges = Readonly<Record<string, string | undefined>>;

/**
 * The text of a `.env` file with `changes` made and every other byte as it was: comments, order,
 * unknown names, quotation marks and line ends. New names come at the end. Of a name that is set
 * twice the last entry counts, and is the one that changes.
 *
 * @throws EnvWriteError when a value cannot be written so that it is read back unchanged, or when a
 * quotation mark that is not closed would swallow what is written after it.
 */
export function upsertEnv(text: string, changes: EnvChanges): string {
  if (Object.keys(changes).length === 0) return text;
  const { entries, problems: [problem] } = parseEnv(text);
  if (problem !== undefined) {
    throw new EnvWriteError(`line ${problem.line} ${problem.predicate}`, "Mend this line first.");
  }
  const effective = new Map(entries.map((entry) => [entry.name, entry]));
  let changed = text;
  for (const entry of entries.toReversed()) {
    if (!Object.hasOwn(changes, entry.name)) continue;
    const value = changes[entry.name];
    if (value === undefined) {
      changed = changed.slice(0, entry.start) + changed.slice(nextLine(changed, entry.end));
    } else if (effective.get(entry.name) === entry && value !== entry.value) {
      changed = replaceValue(changed, entry, value);
    }
  }
  const added = Object.entries(changes).filter(([name]) => !effective.has(name));
  return added.reduce(
    (before, [name, value]) => value === undefined ? before : appendEntry(before, name, value),
    changed,
  );
}

/** A `.env` file that cannot be changed as asked. */
export class EnvWriteError extends HermesError {
  override readonly name = "EnvWriteError";
  override readonly code = "config.env_write";

  constructor(reason: string, hint: string) {
    super(`Cannot change .env: ${reason}`, { hint });
  }
}

type FoundEntry =
  | { readonly kind: "entry"; readonly entry: EnvEntry; readonly isCut: boolean }
  | { readonly kind: "open_quote"; readonly name: string }
  | { readonly kind: "blank" }
  | { readonly kind: "other" };

/** What the line from `start` to `end` is; an entry in quotation marks may go on after `end`. */
function findEntry(text: string, start: number, end: number, line: number): FoundEntry {
  const content = text.slice(start, end);
  if (/^\s*(?:#|$)/.test(content)) return { kind: "blank" };
  if (content.includes("\r")) return { kind: "other" };
  const head = content.match(/^\s*(?:export\s+)?([\w.-]+)\s*=[^\S\r\n]*/);
  const name = head?.[1];
  if (head === null || name === undefined) return { kind: "other" };
  const valueStart = start + head[0].length;
  const mark = text[valueStart] ?? "";
  const quoteEnd = /['"`]/.test(mark) ? closingQuote(text, valueStart) : undefined;
  if (quoteEnd === undefined && /^['"`][^'"`]*$/.test(text.slice(valueStart, end))) {
    return { kind: "open_quote", name };
  }
  const entryEnd = quoteEnd === undefined ? end : lineEnd(text, quoteEnd);
  const plain = text.slice(valueStart, entryEnd).match(/^[^#]*/)?.[0] ?? "";
  const valueEnd = quoteEnd ?? valueStart + plain.trimEnd().length;
  const parsed = parse(text.slice(start, entryEnd));
  const value = Object.hasOwn(parsed, name) ? parsed[name] ?? "" : "";
  const isCut = quoteEnd === undefined && text[valueEnd] === "#" && plain !== "";
  const entry = { name, value, line, start, end: entryEnd, valueStart, valueEnd };
  return { kind: "entry", entry, isCut };
}

/** Where the quoted value that begins at `start` ends, if nothing but a comment follows it. */
function closingQuote(text: string, start: number): number | undefined {
  const mark = text.charAt(start);
  let close = text.indexOf(mark, start + 1);
  while (close !== -1 && text[close - 1] === "\\") close = text.indexOf(mark, close + 1);
  if (close === -1) return undefined;
  const rest = text.slice(close + 1, lineEnd(text, close + 1));
  return /^\s*(?:#|$)/.test(rest) ? close + 1 : undefined;
}

function cutPredicate(name: string): string {
  return `cuts the value of ${name} off at #: put the value in quotation marks`;
}

function replaceValue(text: string, entry: EnvEntry, value: string): string {
  const written = text.slice(entry.valueStart, entry.valueEnd);
  const before = text.slice(0, entry.valueStart);
  const after = text.slice(entry.valueEnd);
  const gap = after.startsWith("#") ? " " : "";
  return before + writeValue(entry.name, value, written.charAt(0)) + gap + after;
}

function appendEntry(text: string, name: string, value: string): string {
  const newline = /\r\n/.test(text) ? "\r\n" : "\n";
  const isLineOpen = text !== "" && text !== "\uFEFF" && !text.endsWith("\n");
  return `${text}${isLineOpen ? newline : ""}${name}=${writeValue(name, value, "")}${newline}`;
}

/** The value as it stands in the file, in the quotation marks it had if they can hold it. */
function writeValue(name: string, value: string, mark: string): string {
  const isPlain = /^[\w.:/@%+,=?&*~\\-]*$/.test(value);
  const marks = [...(isPlain ? [""] : []), "'", '"']
    .filter((each) => each === "" || !(value.includes(each) || value.endsWith("\\")))
    .sort((a, b) => Number(b === mark) - Number(a === mark));
  const isOneLine = !/[\r\n\0]/.test(value);
  const written = marks.map((each) => `${each}${value}${each}`).find((candidate) => {
    const [entry] = parseEnv(`${name}=${candidate} # a comment`).entries;
    return isOneLine && entry?.name === name && entry.value === value;
  });
  if (written !== undefined) return written;
  const hint = "Give a value of one line without both kinds of quotation marks.";
  throw new EnvWriteError(`it cannot hold this value of "${name}"`, hint);
}

function lineEnd(text: string, start: number): number {
  const newline = text.indexOf("\n", start);
  if (newline === -1) return text.length;
  return text[newline - 1] === "\r" && newline > start ? newline - 1 : newline;
}

function nextLine(text: string, end: number): number {
  const newline = text.indexOf("\n", end);
  return newline === -1 ? text.length : newline + 1;
}

function countLineEnds(text: string, start: number, end: number): number {
  return text.slice(start, end).split("\n").length - 1;
}
