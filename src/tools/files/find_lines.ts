/** Where a block of lines stands in a text, and how far it had to be bent to be found. */
export interface FoundLines {
  /** Numbers of the lines in which it begins, from 0; never empty. */
  readonly starts: readonly number[];
  /** How it was found, for the model; `""` when it stands there as it was given. */
  readonly how: string;
}

/** Most lines of the text times lines of the block for which every place is weighed. */
const WEIGHED_MAX = 60_000;
/** Share of letter pairs in common from which the inner lines of an anchored block count as the same. */
const ANCHORED_SIMILARITY_MIN = 0.5;
/** The same for a block without anchors, which also must be clearly better than any other place. */
const SIMILARITY_MIN = 0.85;
const SIMILARITY_LEAD_MIN = 0.1;

/**
 * Finds a block of whole lines, at or after the line `from`: as it is, else with ever more that does
 * not count - space at the ends of lines, indentation, all space, typography - and last by its likeness.
 * The first way that finds a place decides; `undefined` when none does.
 */
export function findLines(
  lines: readonly string[],
  block: readonly string[],
  from = 0,
): FoundLines | undefined {
  if (block.length === 0 || block.length > lines.length - from) return undefined;
  const isBlank = block.every((line) => line.trim() === "");
  for (const { how, normalize, accepts = () => true } of isBlank ? WAYS.slice(0, 1) : WAYS) {
    const starts = findNormalized(lines, block, from, normalize)
      .filter((start) => accepts(lines.slice(start, start + block.length), block));
    if (starts.length > 0) return { starts, how };
  }
  if (isBlank || (lines.length - from) * block.length > WEIGHED_MAX) return undefined;
  return findAnchored(lines, block, from) ?? findSimilar(lines, block, from);
}

interface Way {
  readonly how: string;
  readonly normalize: (line: string) => string;
  readonly accepts?: (found: readonly string[], block: readonly string[]) => boolean;
}

const WAYS: readonly Way[] = [
  { how: "", normalize: (line) => line },
  { how: "but for space at the ends of lines", normalize: (line) => line.trimEnd() },
  {
    how: "but for the indentation of the block",
    normalize: (line) => line.trim(),
    accepts: isIndentedAlike,
  },
  { how: "but for indentation", normalize: (line) => line.trim() },
  { how: "but for white space", normalize: (line) => line.replaceAll(/\s+/g, "") },
  { how: "but for quotes and dashes", normalize: plainTypography },
];

function findNormalized(
  lines: readonly string[],
  block: readonly string[],
  from: number,
  normalize: (line: string) => string,
): number[] {
  const hay = `\n${lines.slice(from).map(normalize).join("\n")}\n`;
  const needle = `\n${block.map(normalize).join("\n")}\n`;
  const starts: number[] = [];
  let line = from;
  let counted = 0;
  for (let at = hay.indexOf(needle); at !== -1; at = hay.indexOf(needle, at + needle.length - 1)) {
    for (; counted < at; counted++) if (hay[counted] === "\n") line++;
    starts.push(line);
  }
  return starts;
}

/** Whether all lines are moved by the same indentation. */
function isIndentedAlike(found: readonly string[], block: readonly string[]): boolean {
  const shift = indentShift(found, block);
  return block.every((line, at) =>
    line.trim() === "" || shiftIndent(indentOf(line), shift) === indentOf(found[at] ?? "")
  );
}

/** From which indentation to which a block is moved. */
export interface IndentShift {
  readonly from: string;
  readonly to: string;
}

/** By the first line that has more than space in it. */
export function indentShift(found: readonly string[], block: readonly string[]): IndentShift {
  const at = block.findIndex((line) => line.trim() !== "");
  return { from: indentOf(block[at] ?? ""), to: indentOf(found[at] ?? "") };
}

/** A line of a block as it stands where the block is moved to. */
export function shiftLine(line: string, shift: IndentShift): string {
  if (line.trim() === "") return line;
  const indent = indentOf(line);
  return shiftIndent(indent, shift) + line.slice(indent.length);
}

function shiftIndent(indent: string, { from, to }: IndentShift): string {
  if (indent.startsWith(from)) return to + indent.slice(from.length);
  return to.slice(0, Math.max(0, to.length - from.length)) + indent;
}

function indentOf(line: string): string {
  return line.match(/^[ \t]*/)?.[0] ?? "";
}

function plainTypography(line: string): string {
  return line.normalize("NFKC").replaceAll(/[‘’‚‛′]/g, "'").replaceAll(/[“”„‟″]/g, '"')
    .replaceAll(/[‐‑‒–—―−]/g, "-").replaceAll(/\s+/g, "");
}

/** The only place whose first and last lines are those of the block, and whose inner lines are alike. */
function findAnchored(
  lines: readonly string[],
  block: readonly string[],
  from: number,
): FoundLines | undefined {
  const trimmed = block.map((line) => line.trim());
  const last = trimmed.length - 1;
  if (last < 2 || trimmed[0] === "" || trimmed[last] === "") return undefined;
  const starts: number[] = [];
  for (let start = from; start + last < lines.length; start++) {
    if (lines[start]?.trim() !== trimmed[0] || lines[start + last]?.trim() !== trimmed[last]) {
      continue;
    }
    const inner = likeness(lines.slice(start + 1, start + last), trimmed.slice(1, last));
    if (inner >= ANCHORED_SIMILARITY_MIN) starts.push(start);
  }
  return starts.length === 1 ? { starts, how: "by its first and last lines" } : undefined;
}

function findSimilar(
  lines: readonly string[],
  block: readonly string[],
  from: number,
): FoundLines | undefined {
  let [best, bestStart, second] = [0, -1, 0];
  for (let start = from; start + block.length <= lines.length; start++) {
    const here = likeness(lines.slice(start, start + block.length), block);
    if (here > best) [best, bestStart, second] = [here, start, best];
    else if (here > second) second = here;
  }
  if (best < SIMILARITY_MIN || best - second < SIMILARITY_LEAD_MIN) return undefined;
  return { starts: [bestStart], how: "by its likeness" };
}

/** Mean likeness of lines at the same place: 0 for nothing in common, 1 for the same. */
function likeness(found: readonly string[], block: readonly string[]): number {
  const sum = block.reduce((total, line, at) => total + lineLikeness(line, found[at] ?? ""), 0);
  return sum / Math.max(1, block.length);
}

/** Longer lines are compared by their beginnings. */
const LIKENESS_CHARS_MAX = 200;

/** Dice's coefficient over pairs of neighbouring letters, each counted as often as it occurs. */
function lineLikeness(a: string, b: string): number {
  const [left, right] = [a, b].map((line) => line.trim().slice(0, LIKENESS_CHARS_MAX));
  if (left === undefined || right === undefined || left === right) return 1;
  if (left.length < 2 || right.length < 2) return 0;
  const pairs = new Map<string, number>();
  for (let at = 1; at < left.length; at++) {
    const pair = left.slice(at - 1, at + 1);
    pairs.set(pair, (pairs.get(pair) ?? 0) + 1);
  }
  let common = 0;
  for (let at = 1; at < right.length; at++) {
    const pair = right.slice(at - 1, at + 1);
    const left = pairs.get(pair) ?? 0;
    if (left === 0) continue;
    pairs.set(pair, left - 1);
    common++;
  }
  return (2 * common) / (left.length + right.length - 2);
}

/** Lines of a text that are weighed for an error message. */
const HINT_LINES_MAX = 20_000;
const HINT_SIMILARITY_MIN = 0.5;
const HINT_CHARS_MAX = 200;

/** The line that is most like the first one of a block; its number counts from 1. */
export function mostSimilarLine(
  lines: readonly string[],
  block: readonly string[],
): { readonly number: number; readonly line: string } | undefined {
  const wanted = block.find((line) => line.trim() !== "");
  if (wanted === undefined) return undefined;
  let best = { likeness: HINT_SIMILARITY_MIN, at: -1 };
  for (const [at, line] of lines.slice(0, HINT_LINES_MAX).entries()) {
    const likeness = lineLikeness(wanted, line);
    if (likeness > best.likeness) best = { likeness, at };
  }
  const line = lines[best.at];
  if (line === undefined) return undefined;
  return { number: best.at + 1, line: line.slice(0, HINT_CHARS_MAX) };
}
