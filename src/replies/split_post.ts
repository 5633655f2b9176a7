import { codeSpans, type Fence, fenceAfter } from "./code_marks.ts";

/** One post of a text that is too long for one. */
export interface SplitPart {
  /** What to post: `source`, within the lines that reopen and close a code block cut in two. */
  readonly text: string;
  /** The stretch of the text that this part shows; together they are the text. */
  readonly source: string;
}

/**
 * Cuts `text` from the position `from` on into parts of at most `runesMax` code points: between
 * paragraphs if it can, else between lines, sentences, words, characters, in this order. Links,
 * code spans, addresses and names stay whole unless they are longer than half a post, and so does a
 * row of a table unless it is longer than three quarters.
 *
 * No part is blank: blanks that would fill a part belong to the `source` of a neighbour and are not
 * shown. A blank text has no parts. A part depends on the text before it and on at most half a part
 * behind it, so while an ordinary text grows, only its last two parts change.
 */
export function splitPost(text: string, runesMax: number, from = 0): SplitPart[] {
  if (!(runesMax >= 1)) throw new RangeError(`runesMax is ${runesMax}`);
  const parts: SplitPart[] = [];
  let leadingBlanks = "";
  let place: Place = { index: from, fence: fenceAt(text, from) };
  while (place.index < text.length) {
    const opening = frameOf(place.fence, runesMax).opening;
    const cut = findCut(text, place, runesMax, runesMax - opening.length);
    if (cut.index <= place.index) throw new Error("splitPost() makes no progress");
    const closing = cut.index < text.length ? frameOf(cut.fence, runesMax).closing : "";
    const source = text.slice(place.index, cut.index);
    const last = parts.at(-1);
    place = cut;
    if (source.trim() !== "") {
      const lineEnd = closing === "" || source.endsWith("\n") ? "" : "\n";
      const shown = opening + source + lineEnd + closing;
      parts.push({ text: shown, source: leadingBlanks + source });
      leadingBlanks = "";
    } else if (last === undefined) leadingBlanks += source;
    else parts[parts.length - 1] = { ...last, source: last.source + source };
  }
  return parts;
}

/** A position in the text, and the code block that is open there. */
interface Place {
  readonly index: number;
  readonly fence: Fence | undefined;
}

/** What has to stay whole, besides code spans: links and images, addresses, names. */
const LINK = /!?\[[^[\]\n]*\]\([^[\]()\n]*(?:\([^[\]()\n]*\)[^[\]()\n]*)*\)/g;
const ADDRESS_OR_NAME = /https?:\/\/[^\s`]+|@[\w.-]{1,64}/g;
const ROW_OR_FENCE = /^[ \t]*(?:\||```|~~~)/;
const SENTENCE_END = /[.!?…]["')*_]*\s+|[。！？]/g;
const WORD_END = /\s+/g;

/** The lines around a part of a code block; none when they would take half of the post. */
function frameOf(fence: Fence | undefined, runesMax: number): { opening: string; closing: string } {
  if (fence === undefined) return { opening: "", closing: "" };
  const opening = `${fence.indent.slice(0, 3)}${fence.marker}${fence.info}\n`;
  const closing = `${fence.indent}${fence.marker}`;
  const isTooLong = (opening.length + closing.length + 1) * 2 > runesMax;
  return isTooLong ? { opening: "", closing: "" } : { opening, closing };
}

function fenceAt(text: string, end: number): Fence | undefined {
  let fence: Fence | undefined;
  for (const line of text.slice(0, end).split("\n").slice(0, -1)) fence = fenceAfter(line, fence);
  return fence;
}

/** Where the part ends that begins at `place` and has room for `runesMax` of the text. */
function findCut(text: string, place: Place, postRunesMax: number, runesMax: number): Place {
  const limit = skipRunes(text, place.index, runesMax);
  if (limit === text.length) return { index: limit, fence: place.fence };
  const half = place.index + (limit - place.index) / 2;
  const quarter = place.index + (limit - place.index) / 4;
  const ends = readLines(text, place, limit, postRunesMax);
  const isGood = (end: Place | undefined) => end !== undefined && end.index >= half;
  const good = [ends.block, ends.line, ends.codeLine].find(isGood);
  if (good !== undefined) return good;

  const { index: start, fence } = ends.rest;
  const lastLine = ends.last !== undefined && ends.last.index >= quarter ? ends.last : undefined;
  if (lastLine !== undefined && ROW_OR_FENCE.test(text.slice(start, limit))) return lastLine;
  const roomEnd = limit - closingRoom(fence, postRunesMax);
  const lookahead = Math.floor((limit - place.index) / 2);
  const [line = ""] = text.slice(start, roomEnd + lookahead).split("\n", 1);
  const wholes = wholesOf(line, lookahead);
  const room = line.slice(0, roomEnd - start);
  const sentence = start + lastEnd(room, SENTENCE_END, wholes);
  const word = start + lastEnd(room, WORD_END, wholes);
  const end = [sentence, word].find((index) => index > start && index >= half);
  if (end !== undefined) return { index: end, fence };
  if (lastLine !== undefined) return lastLine;
  if (word > start && word >= quarter) return { index: word, fence };
  const earliest = Math.max(1, quarter - start);
  return { index: start + cutWord(line, roomEnd - start, earliest, wholes), fence };
}

/** The index `count` code points after `start`, or the end of the text. */
function skipRunes(text: string, start: number, count: number): number {
  let index = start;
  for (let left = count; left > 0 && index < text.length; left -= 1) {
    index += (text.codePointAt(index) ?? 0) > 0xffff ? 2 : 1;
  }
  return index;
}

/** How far before the end of a post to stop so that the closing line has room, in UTF-16 units. */
function closingRoom(fence: Fence | undefined, runesMax: number): number {
  const { closing } = frameOf(fence, runesMax);
  return closing === "" ? 0 : 2 * (closing.length + 1);
}

/** The last ends of lines, by what they end. */
interface LineEnds {
  /** A blank line or a code block. */
  block?: Place;
  line?: Place;
  codeLine?: Place;
  last?: Place;
  /** The beginning of the line that does not fit. */
  rest: Place;
}

function readLines(text: string, place: Place, limit: number, postRunesMax: number): LineEnds {
  const ends: LineEnds = { rest: place };
  let { index: start, fence } = place;
  for (const line of text.slice(start, limit).split("\n").slice(0, -1)) {
    const isWhole = start === 0 || text[start - 1] === "\n";
    const fenceBefore = fence;
    if (isWhole) fence = fenceAfter(line, fence);
    start += line.length + 1;
    const after = { index: start, fence };
    if (start > limit - closingRoom(fence, postRunesMax)) continue;
    ends.rest = after;
    if (fence !== undefined && fenceBefore === undefined) continue; // Not between fence and code.
    ends.last = after;
    if (fence !== undefined) ends.codeLine = after;
    else if (fenceBefore !== undefined || line.trim() === "") ends.block = after;
    else ends.line = after;
  }
  return ends;
}

/** For each position within something to keep whole: where that begins. -1 for all others. */
function wholesOf(line: string, lengthMax: number): Int32Array {
  const ranges = [...line.matchAll(LINK), ...line.matchAll(ADDRESS_OR_NAME)]
    .map(({ 0: content, index }) => ({ start: index, end: index + content.length }));
  const wholes = new Int32Array(line.length + 1).fill(-1);
  for (const { start, end } of [...codeSpans(line), ...ranges].sort((a, b) => a.start - b.start)) {
    if (end - start <= lengthMax) wholes.fill(start, start + 1, end);
  }
  return wholes;
}

/** End of the last match that is not within something to keep whole, or 0. */
function lastEnd(line: string, pattern: RegExp, wholes: Int32Array): number {
  let last = 0;
  for (const { 0: content, index } of line.matchAll(pattern)) {
    if (wholes[index + content.length] === -1) last = index + content.length;
  }
  return last;
}

/** Where to cut what has no blanks: between characters as a reader sees them, if there are any. */
function cutWord(line: string, room: number, earliest: number, wholes: Int32Array): number {
  const isPairCut = (line.codePointAt(room - 1) ?? 0) > 0xffff;
  const end = isPairCut ? room - 1 : room;
  const characters = new Intl.Segmenter(undefined, { granularity: "grapheme" })
    .segment(line.slice(0, end + 2));
  let cut = characters.containing(end)?.index ?? end;
  if (cut < earliest) cut = end;
  for (let start = wholes[cut] ?? -1; start >= earliest; start = wholes[cut] ?? -1) cut = start;
  return cut;
}
