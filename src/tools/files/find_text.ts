import { findLines, indentShift, shiftLine } from "./find_lines.ts";
import { type LineTable, lineTable } from "./line_table.ts";
import type { TextEdit } from "./text_file.ts";

export interface FoundText {
  /** The changes that put the new text in the place of the old one, in order. */
  readonly edits: readonly TextEdit[];
  /** How the old text was found, for the model; `""` when it stands there as it was given. */
  readonly how: string;
}

/**
 * Every place where `wanted` stands in `text`, with what has to be put there: exactly, else as whole
 * lines that differ in what does not count (see `findLines`), else without the escapes that models
 * tend to double. `undefined` when it is nowhere.
 */
export function findText(
  text: string,
  wanted: string,
  replacement: string,
): FoundText | undefined {
  const exact = findExact(text, wanted, replacement);
  if (exact.length > 0) return { edits: exact, how: "" };
  const table = lineTable(text);
  const found = findBlock(table, wanted, replacement);
  if (found !== undefined) return found;
  const plain = unescape(wanted);
  if (plain === wanted) return undefined;
  const unescaped = findExact(text, plain, unescape(replacement));
  if (unescaped.length > 0) return { edits: unescaped, how: "without its escapes" };
  return findBlock(table, plain, unescape(replacement));
}

function findExact(text: string, wanted: string, replacement: string): TextEdit[] {
  const edits: TextEdit[] = [];
  for (let at = text.indexOf(wanted); at !== -1; at = text.indexOf(wanted, at + wanted.length)) {
    edits.push({ start: at, end: at + wanted.length, text: replacement });
  }
  return edits;
}

/** Looks for `wanted` as whole lines. A newline at its end belongs to what is replaced. */
function findBlock(table: LineTable, wanted: string, replacement: string): FoundText | undefined {
  const endsInNewline = wanted.endsWith("\n");
  const block = (endsInNewline ? wanted.slice(0, -1) : wanted).split("\n");
  const found = findLines(table.lines, block);
  if (found === undefined) return undefined;
  const edits = found.starts.map((line): TextEdit => {
    const end = table.startOf(line + block.length);
    const isLast = line + block.length >= table.lines.length;
    const there = table.lines.slice(line, line + block.length);
    const shift = indentShift(there, block);
    const text = replacement.split("\n").map((each) => shiftLine(each, shift)).join("\n");
    return { start: table.startOf(line), end: endsInNewline || isLast ? end : end - 1, text };
  });
  return { edits, how: found.how };
}

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r" };

function unescape(text: string): string {
  return text.replaceAll(/\\([nrt"'`\\])/g, (_, letter: string) => ESCAPES[letter] ?? letter);
}
