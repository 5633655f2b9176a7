/** Longer words are not taken apart: looking for pairs takes the square of the length. */
const WORD_CHARS_MAX = 256;
/** Most words that one word is taken apart into. */
const EXPANSIONS_MAX = 1_024;

/**
 * The words that the shell makes of `a{b,c}d` and `{1..3}`; `text` alone when it has no such braces.
 * `undefined` when there are too many to tell.
 */
export function expandBraces(text: string): readonly string[] | undefined {
  const group = text.length > WORD_CHARS_MAX ? undefined : findGroup(text);
  if (group === undefined) return text.length > WORD_CHARS_MAX ? undefined : [text];
  const ends = expandBraces(text.slice(group.end));
  if (ends === undefined) return undefined;
  const words: string[] = [];
  for (const part of group.parts) {
    const middles = expandBraces(part);
    if (middles === undefined || words.length + middles.length * ends.length > EXPANSIONS_MAX) {
      return undefined;
    }
    const before = text.slice(0, group.start);
    for (const middle of middles) words.push(...ends.map((end) => before + middle + end));
  }
  return words;
}

interface Group {
  readonly start: number;
  readonly end: number;
  readonly parts: readonly string[];
}

/** The first pair of braces that stands for several words. */
function findGroup(text: string): Group | undefined {
  for (let start = text.indexOf("{"); start !== -1; start = text.indexOf("{", start + 1)) {
    const group = groupAt(text, start);
    if (group !== undefined && group.parts.length > 1) return group;
  }
  return undefined;
}

function groupAt(text: string, start: number): Group | undefined {
  const parts: string[] = [];
  let depth = 0;
  let partStart = start + 1;
  for (let at = start; at < text.length; at++) {
    const character = text[at];
    if (character === "{") depth++;
    if (character === "," && depth === 1) {
      parts.push(text.slice(partStart, at));
      partStart = at + 1;
    }
    if (character === "}" && --depth === 0) {
      const last = text.slice(partStart, at);
      const all = parts.length === 0 ? rangeOf(last) : [...parts, last];
      return { start, end: at + 1, parts: all };
    }
  }
  return undefined;
}

/** What `1..3` and `a..c` stand for. */
function rangeOf(text: string): readonly string[] {
  const [, from, to] = text.match(/^(\d{1,9}|[a-zA-Z])\.\.(\d{1,9}|[a-zA-Z])$/) ?? [];
  if (from === undefined || to === undefined) return [text];
  const isNumber = /\d/.test(from) && /\d/.test(to);
  const [first, last] = isNumber
    ? [Number(from), Number(to)]
    : [from.charCodeAt(0), to.charCodeAt(0)];
  const length = Math.min(Math.abs(last - first), EXPANSIONS_MAX) + 1;
  const step = first <= last ? 1 : -1;
  const values = Array.from({ length }, (_, index) => first + index * step);
  const words = values.map((value) => isNumber ? String(value) : String.fromCharCode(value));
  return words.length === 1 ? [...words, ...words] : words; // One word as well is not the braces.
}
