import { Buffer } from "node:buffer";
import { readBlocks } from "./mention_blocks.ts";
import { readInlineTexts } from "./mention_inlines.ts";
import { Lookahead } from "./mention_links.ts";

/** What a text notifies. */
export interface Mentions {
  /** Every user name, in lower case, that the text mentions if an account has it. */
  readonly names: ReadonlySet<string>;
  readonly here: boolean;
  readonly channel: boolean;
  readonly all: boolean;
}

/** Where a mention stands in a text: from its `@` to just before `end`, in UTF-16 units. */
export interface MentionRange {
  readonly start: number;
  readonly end: number;
}

/**
 * Finds whom `text` mentions by the rules of Mattermost's server, which are not those of any other
 * Markdown parser: `> @bob`, `\@bob` and `x.y/@bob` mention bob; `@bob2`, `x@bob` and code do not.
 * Source: server/channels/app/mention_parser_standard.go and server/public/shared/markdown.
 */
export function findMentions(text: string): Mentions {
  const names = new Set<string>();
  for (const { keyword } of findKeywords(text)) names.add(keyword.slice(1));
  const [here, channel, all] = ["here", "channel", "all"].map((name) => names.delete(name));
  return { names, here: here === true, channel: channel === true, all: all === true };
}

/** Where `text` first mentions the account `username`; `undefined` when it does not. */
export function mentionsUser(text: string, username: string): MentionRange | undefined {
  const wanted = `@${username.toLowerCase()}`;
  for (const { keyword, range } of findKeywords(text)) if (keyword === wanted) return range;
  return undefined;
}

/**
 * Takes one mention out of `text`: at the beginning together with the `:` or `,` and the blanks
 * that set it off, elsewhere with the blank before it. Everything else stays, line ends too.
 */
export function stripMention(text: string, range: MentionRange): string {
  const before = text.slice(0, range.start);
  const after = text.slice(range.end);
  if (before.trim() !== "") return before.replace(/[ \t]$/, "") + after;
  return before.replace(/[ \t]+$/, "") + after.replace(/^[ \t]*[:,]?[ \t]*/, "");
}

/** In a longer text the server looks for no mentions. Source: markdown/inspect.go. */
const TEXT_BYTES_MAX = 131_072;
/** Longest user name. Source: server/public/model/user.go. */
const USERNAME_LENGTH_MAX = 64;
const WORD = /[\p{L}\p{N}:.\-_@]+/gu;

/** A `@name` that the server looks up among the members of the channel. */
interface Keyword {
  readonly keyword: string;
  readonly range: MentionRange;
}

function* findKeywords(text: string): Generator<Keyword> {
  if (!text.includes("@") || text.length > TEXT_BYTES_MAX) return;
  if (Buffer.byteLength(text) > TEXT_BYTES_MAX) return;
  const lookahead = new Lookahead(text.length);
  const { paragraphs, labels } = readBlocks(text, lookahead);
  for (const { raw, lines } of paragraphs) {
    if (!raw.includes("@")) continue;
    let line = 0;
    for (const inline of readInlineTexts(raw, labels, lookahead)) {
      if (!inline.text.includes("@")) continue;
      for (const { keyword, range } of keywordsOf(inline.text)) {
        const start = inline.start + range.start;
        // A text may end with a reference, which is longer in the paragraph than in the text.
        const isWhole = range.end === inline.text.length;
        const end = isWhole ? inline.end : inline.start + range.end;
        while ((lines[line + 1]?.rawStart ?? raw.length) <= start) line += 1;
        const shift = (lines[line]?.textStart ?? 0) - (lines[line]?.rawStart ?? 0);
        yield { keyword, range: { start: start + shift, end: end + shift } };
      }
    }
  }
}

/** The keywords of plain text, in the order in which the server looks them up. */
function* keywordsOf(text: string): Generator<Keyword> {
  for (const { 0: run, index } of text.matchAll(WORD)) {
    if (run.startsWith(":") && run.endsWith(":")) continue; // An emoji.
    const word = run.replace(/^[:.\-_]+/, "");
    const start = index + run.length - word.length;
    if (word.startsWith("@")) yield* withoutSuffixes(word, start);
    else yield* piecesOf(word, start);
  }
}

/** `@hermes.-` may be the user `hermes.-`, `hermes.` or `hermes`. */
function* withoutSuffixes(word: string, start: number): Generator<Keyword> {
  for (let length = word.length;; length -= 1) {
    if (length > 1 && length <= USERNAME_LENGTH_MAX + 1) yield toKeyword(word, start, length);
    if (!/[:.\-_]/.test(word.charAt(length - 1))) return;
  }
}

/** `cc:@hermes` is looked up piece by piece, each as it stands. */
function* piecesOf(word: string, start: number): Generator<Keyword> {
  for (const { 0: piece, index } of word.matchAll(/[^:.\-]+/g)) {
    const isName = piece.startsWith("@") && piece.length > 1;
    if (isName && piece.length <= USERNAME_LENGTH_MAX + 1) {
      yield toKeyword(piece, start + index, piece.length);
    }
  }
}

function toKeyword(word: string, start: number, length: number): Keyword {
  // The server makes an i of a Turkish dotted capital I; JavaScript adds a combining dot.
  const keyword = word.slice(0, length).replaceAll("\u0130", "i").toLowerCase();
  return { keyword, range: { start, end: start + length } };
}
