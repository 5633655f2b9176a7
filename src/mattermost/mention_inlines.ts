import { urlEnd, wwwEnd } from "./mention_autolinks.ts";
import {
  isEscapable,
  LINK_LABEL_LENGTH_MAX,
  LinkScanner,
  type Lookahead,
  normalizeLabel,
} from "./mention_links.ts";

/** Text in which words are looked for: it stands from `start` to `end` of the paragraph. */
export interface InlineText {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/**
 * Gives the texts of a paragraph that can mention, in order: what is left without code spans,
 * addresses, emoji and line ends. Neighbouring texts are one, so `[@hermes]` is a word in brackets;
 * but the server does not join those within a link, where a `w` or a `:` divides a word.
 */
export function readInlineTexts(
  raw: string,
  labels: ReadonlySet<string>,
  lookahead: Lookahead,
): InlineText[] {
  return new InlineReader(raw, labels, lookahead).read();
}

/** `isJoinable`: the server joins a text that follows, which it doesn't after a `&#64;`. */
type Node = (InlineText & { readonly isJoinable: boolean }) | undefined;

/** A `[` or `![` that waits for its `]`. */
interface Opener {
  readonly nodeIndex: number;
  readonly labelStart: number;
  readonly isImage: boolean;
  /** False within a link that is complete: links do not nest. */
  isActive: boolean;
}

const PLAIN_TEXT = /[^\r\n\\`&![\]wW:]+/y;
const BACKTICKS = /`+/y;
/** Named references such as `&amp;` are left as they are: none of them completes a user name. */
const NUMERIC_REFERENCE = /&#(?:[xX]([0-9a-fA-F]{1,8})|(\d{1,8}));/y;
const EMOJI = /:[a-z0-9_\-+]+:(?!\w)/y;

class InlineReader {
  readonly #raw: string;
  readonly #labels: ReadonlySet<string>;
  readonly #lookahead: Lookahead;
  readonly #links: LinkScanner;
  /** What was read and is not within a link; `undefined` is anything but text. */
  #nodes: Node[] = [];
  readonly #linkTexts: InlineText[] = [];
  readonly #openers: Opener[] = [];
  /** The openers of links, without images, that are active. */
  #linkOpeners: Opener[] = [];
  #activeOpeners = 0;
  #lastBracketEnd = 0;
  /** Lengths of backtick runs that do not occur again. */
  readonly #lastRuns = new Set<number>();
  #position = 0;

  constructor(raw: string, labels: ReadonlySet<string>, lookahead: Lookahead) {
    this.#raw = raw;
    this.#labels = labels;
    this.#lookahead = lookahead;
    this.#links = new LinkScanner(raw, lookahead);
  }

  read(): InlineText[] {
    while (this.#position < this.#raw.length) this.#readNext(this.#raw.charAt(this.#position));
    return [...this.#linkTexts, ...joinTexts(this.#nodes)].sort((a, b) => a.start - b.start);
  }

  #readNext(character: string): void {
    switch (character) {
      case "\r":
      case "\n":
        return this.#pushOther(1);
      case "\\":
        return this.#readEscape();
      case "`":
        return this.#readBackticks();
      case "&":
        return this.#readReference();
      case "!":
      case "[":
        return this.#readOpener();
      case "]":
        return this.#readCloser();
      case "w":
        return this.#readWww();
      case ":":
        return this.#readColon();
      default:
        return this.#pushText(match(PLAIN_TEXT, this.#raw, this.#position)?.[0].length ?? 1);
    }
  }

  /** Takes the next `length` characters as text. */
  #pushText(length: number): void {
    const start = this.#position;
    const end = start + length;
    this.#nodes.push({ text: this.#raw.slice(start, end), start, end, isJoinable: true });
    this.#position = end;
  }

  /** Takes the next `length` characters as something that can't mention. */
  #pushOther(length: number): void {
    this.#nodes.push(undefined);
    this.#position += length;
  }

  #readEscape(): void {
    if (isEscapable(this.#raw[this.#position + 1])) this.#position += 1;
    this.#pushText(1);
  }

  #readBackticks(): void {
    const start = this.#position;
    const length = match(BACKTICKS, this.#raw, start)?.[0].length ?? 1;
    const end = this.#lastRuns.has(length) ? undefined : this.#nextRunEnd(start + length, length);
    if (end !== undefined) return this.#pushOther(end - start);
    this.#lastRuns.add(length);
    this.#pushText(length);
  }

  /** End of the first run from `start` on of exactly `length` backticks. */
  #nextRunEnd(start: number, length: number): number | undefined {
    const backticks = "`".repeat(length);
    let at = this.#raw.indexOf(backticks, start);
    while (at >= 0) {
      const end = at + (match(BACKTICKS, this.#raw, at)?.[0].length ?? 0);
      if (end - at === length) return end;
      at = this.#raw.indexOf(backticks, end);
    }
    return undefined;
  }

  #readReference(): void {
    const reference = match(NUMERIC_REFERENCE, this.#raw, this.#position);
    if (reference === undefined) return this.#pushText(1);
    const [{ length }, hex, decimal] = reference;
    const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
    const isCharacter = code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff);
    const text = isCharacter ? String.fromCodePoint(code) : "\ufffd";
    const start = this.#position;
    this.#nodes.push({ text, start, end: start + length, isJoinable: false });
    this.#position += length;
  }

  #readOpener(): void {
    const isImage = this.#raw[this.#position] === "!";
    if (isImage && this.#raw[this.#position + 1] !== "[") return this.#pushText(1);
    const nodeIndex = this.#nodes.length;
    this.#pushText(isImage ? 2 : 1);
    const opener = { nodeIndex, labelStart: this.#position, isImage, isActive: true };
    this.#openers.push(opener);
    this.#activeOpeners += 1;
    if (!isImage) this.#linkOpeners.push(opener);
  }

  #readCloser(): void {
    const opener = this.#openers.pop();
    const end = opener?.isActive === true ? this.#linkEnd(opener) : undefined;
    this.#lastBracketEnd = this.#position + 1;
    if (opener?.isActive === true) {
      this.#activeOpeners -= 1;
      if (!opener.isImage) this.#linkOpeners.pop();
    }
    if (opener === undefined || end === undefined) return this.#pushText(1);
    this.#closeLink(opener, end);
  }

  /** Where the link ends that `opener` began, if what follows the bracket makes it one. */
  #linkEnd(opener: Opener): number | undefined {
    const after = this.#position + 1;
    const inlineEnd = this.#inlineLinkEnd(after, opener.isImage);
    if (inlineEnd !== undefined || this.#labels.size === 0) return inlineEnd;
    const labelEnd = this.#links.label(after);
    const isNamed = labelEnd !== undefined && labelEnd > after + 2;
    if (isNamed) return this.#isDefined(after + 1, labelEnd - 1) ? labelEnd : undefined;
    // A defined label has no brackets in it, so only the innermost bracketed text can be one.
    if (this.#lastBracketEnd > opener.labelStart) return undefined;
    const isShort = this.#position - opener.labelStart < LINK_LABEL_LENGTH_MAX;
    const isLabel = isShort && this.#isDefined(opener.labelStart, this.#position);
    return isLabel ? labelEnd ?? after : undefined;
  }

  #isDefined(start: number, end: number): boolean {
    return end > start && this.#labels.has(normalizeLabel(this.#raw.slice(start, end)));
  }

  /** `(destination =100x50 "title")`, all of it optional and the dimensions for images only. */
  #inlineLinkEnd(start: number, isImage: boolean): number | undefined {
    const [raw, links] = [this.#raw, this.#links];
    if (raw[start] !== "(") return undefined;
    const destination = links.skipBlanks(start + 1);
    if (raw[destination] === ")") return destination + 1;
    let end = links.destination(destination);
    if (end === undefined) return undefined;
    let next = links.skipBlanks(end);
    if (isImage && next > end && raw[next] === "=") {
      end = links.dimensions(next);
      if (end === undefined) return undefined;
      next = links.skipBlanks(end);
    }
    if (next > end && /["'(]/.test(raw.charAt(next))) {
      end = links.title(next);
      if (end === undefined) return undefined;
      next = links.skipBlanks(end);
    }
    return raw[next] === ")" ? next + 1 : undefined;
  }

  /** What was read since `opener` becomes the text of a link or image that ends at `end`. */
  #closeLink(opener: Opener, end: number): void {
    for (const node of this.#nodes.slice(opener.nodeIndex + 1)) {
      if (node !== undefined) this.#linkTexts.push(node);
    }
    this.#nodes.length = opener.nodeIndex;
    this.#pushOther(end - this.#position);
    if (opener.isImage) return;
    for (const around of this.#linkOpeners) around.isActive = false;
    this.#activeOpeners -= this.#linkOpeners.length;
    this.#linkOpeners = [];
  }

  #readWww(): void {
    const end = this.#activeOpeners > 0
      ? undefined
      : wwwEnd(this.#raw, this.#position, this.#lookahead);
    if (end === undefined) this.#pushText(1);
    else this.#pushOther(end - this.#position);
  }

  #readColon(): void {
    const scheme = this.#nodes.at(-1);
    const url = this.#activeOpeners > 0 || scheme === undefined
      ? undefined
      : urlEnd(this.#raw, this.#position, this.#lookahead);
    if (scheme !== undefined && url !== undefined) {
      const text = scheme.text.slice(0, scheme.text.length - url.schemeLength);
      this.#nodes[this.#nodes.length - 1] = { ...scheme, text, end: scheme.end - url.schemeLength };
      return this.#pushOther(url.end - this.#position);
    }
    const isWithinWord = this.#position > 1 && /\w/.test(this.#raw.charAt(this.#position - 1));
    const emoji = isWithinWord ? undefined : match(EMOJI, this.#raw, this.#position);
    if (emoji === undefined) this.#pushText(1);
    else this.#pushOther(emoji[0].length);
  }
}

/** Makes one text of neighbours between which nothing was left out. */
function joinTexts(nodes: readonly Node[]): InlineText[] {
  const joined: InlineText[] = [];
  let previous: Node;
  for (const node of nodes) {
    if (previous?.isJoinable === true && previous.end === node?.start) {
      joined.pop();
      previous = { ...node, text: previous.text + node.text, start: previous.start };
    } else previous = node;
    if (previous !== undefined) joined.push(previous);
  }
  return joined;
}

/** The match of a sticky `pattern` at `position`. */
function match(pattern: RegExp, text: string, position: number): RegExpExecArray | undefined {
  pattern.lastIndex = position;
  return pattern.exec(text) ?? undefined;
}
