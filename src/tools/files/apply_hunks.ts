import { findLines, indentShift, shiftLine } from "./find_lines.ts";
import { type LineTable, lineTable } from "./line_table.ts";
import type { Hunk } from "./patch_format.ts";
import type { TextEdit } from "./text_file.ts";

export type AppliedHunks =
  | { readonly kind: "applied"; readonly edits: readonly TextEdit[]; readonly how: string }
  /** A hunk fits nowhere: the first line of it that was looked for. */
  | { readonly kind: "unfound"; readonly hunk: number; readonly line: string };

/** The changes that hunks make, which follow each other in the text. Context lines stay as they are. */
export function applyHunks(text: string, hunks: readonly Hunk[]): AppliedHunks {
  const table = lineTable(text);
  const edits: TextEdit[] = [];
  const ways = new Set<string>();
  let next = 0;
  for (const [number, hunk] of hunks.entries()) {
    const old = hunk.lines.filter((line) => line.kind !== "added").map((line) => line.text);
    const found = old.length === 0
      ? { start: insertionLine(table, hunk, next), how: "" }
      : findHunk(table, hunk, old, next);
    if (found === undefined) return { kind: "unfound", hunk: number, line: firstWords(old) };
    if (found.how !== "") ways.add(found.how);
    edits.push(...hunkEdits(table, hunk, old, found.start));
    next = found.start + old.length;
  }
  return { kind: "applied", edits, how: [...ways].join(", ") };
}

function findHunk(
  { lines }: LineTable,
  hunk: Hunk,
  old: readonly string[],
  next: number,
): { readonly start: number; readonly how: string } | undefined {
  const found = findLines(lines, old, anchorLine(lines, hunk, next) ?? next) ??
    findLines(lines, old, next);
  const start = hunk.isAtEnd ? found?.starts.at(-1) : found?.starts[0];
  return found === undefined || start === undefined ? undefined : { start, how: found.how };
}

/** The line of the last anchor, each of which stands below the one before. */
function anchorLine(lines: readonly string[], { anchors }: Hunk, next: number): number | undefined {
  let line: number | undefined;
  for (const anchor of anchors) {
    const from = line === undefined ? next : line + 1;
    const found = lines.findIndex((each, at) => at >= from && each.trim() === anchor);
    const alike = found !== -1
      ? found
      : lines.findIndex((each, at) => at >= from && each.includes(anchor));
    if (alike === -1) return undefined;
    line = alike;
  }
  return line;
}

/** Lines without a context go below their anchor, or to the end of the file. */
function insertionLine({ lines }: LineTable, hunk: Hunk, next: number): number {
  const anchor = hunk.isAtEnd ? undefined : anchorLine(lines, hunk, next);
  if (anchor !== undefined) return anchor + 1;
  return lines.at(-1) === "" ? lines.length - 1 : lines.length;
}

function hunkEdits(
  table: LineTable,
  hunk: Hunk,
  old: readonly string[],
  start: number,
): TextEdit[] {
  const shift = indentShift(table.lines.slice(start, start + old.length), old);
  const edits: TextEdit[] = [];
  let at = start;
  let removedFrom = at;
  let added: string[] = [];
  const flush = () => {
    if (at > removedFrom || added.length > 0) edits.push(lineEdit(table, removedFrom, at, added));
    removedFrom = at;
    added = [];
  };
  for (const { kind, text } of hunk.lines) {
    if (kind === "context") {
      flush();
      removedFrom = ++at;
    } else if (kind === "removed") at++;
    else added.push(shiftLine(text, shift));
  }
  flush();
  return edits;
}

/** Puts whole lines in the place of those from `first` to before `end`. */
function lineEdit(
  table: LineTable,
  first: number,
  end: number,
  added: readonly string[],
): TextEdit {
  const [start, stop] = [table.startOf(first), table.startOf(end)];
  if (end < table.lines.length) {
    return { start, end: stop, text: added.map((line) => `${line}\n`).join("") };
  }
  // The last line has no newline, and the one that is last afterwards gets none.
  const text = added.join("\n");
  if (first > 0 && (added.length === 0 || first === end)) {
    const isInsertion = first === end;
    return {
      start: isInsertion ? start : start - 1,
      end: stop,
      text: isInsertion ? `\n${text}` : "",
    };
  }
  return { start, end: stop, text };
}

function firstWords(lines: readonly string[]): string {
  return (lines.find((line) => line.trim() !== "") ?? "").trim();
}
