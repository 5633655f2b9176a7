/**
 * The inner parts of a Markdown link, as Mattermost's mention scanner delimits them. Every method
 * takes the position where a part begins and gives the position after it, or `undefined` when no
 * such part is there.
 */
export class LinkScanner {
  readonly #raw: string;
  readonly #lookahead: Lookahead;

  constructor(raw: string, lookahead: Lookahead) {
    this.#raw = raw;
    this.#lookahead = lookahead;
  }

  /** `[label]` without unescaped brackets inside. */
  label(start: number): number | undefined {
    if (this.#raw[start] !== "[") return undefined;
    const end = this.#unescaped(start + 1, "[]");
    if (end === undefined || this.#raw[end] === "[") return undefined;
    return end - start < LINK_LABEL_LENGTH_MAX ? end + 1 : undefined;
  }

  /** `<destination>`, or what stands before a blank or a parenthesis that nothing opened. */
  destination(start: number): number | undefined {
    const raw = this.#raw;
    if (start >= raw.length) return undefined;
    if (raw[start] === "<") {
      const end = this.#unescaped(start + 1, "<> \t\n\v\f\r");
      if (end !== undefined && raw[end] === ">") return end + 1;
    }
    let open = 0;
    for (let at = start; at < raw.length; at += 1) {
      if (!this.#lookahead.take(1)) return undefined;
      const character = raw.charAt(at);
      if (character === "\\" && isEscapable(raw[at + 1])) at += 1;
      else if (character === "(") open += 1;
      else if (character === ")" && open === 0) return at;
      else if (character === ")") open -= 1;
      else if (isMarkdownBlank(character)) return at;
    }
    return raw.length;
  }

  /** `"title"`, `'title'` or `(title)`. */
  title(start: number): number | undefined {
    const opening = this.#raw[start];
    if (opening !== '"' && opening !== "'" && opening !== "(") return undefined;
    const end = this.#unescaped(start + 1, opening === "(" ? ")" : opening);
    return end === undefined ? undefined : end + 1;
  }

  /** Mattermost's own `=100x50` after the destination of an image. */
  dimensions(start: number): number | undefined {
    IMAGE_DIMENSIONS.lastIndex = start;
    const match = IMAGE_DIMENSIONS.exec(this.#raw);
    return match === null ? undefined : start + match[0].length;
  }

  /** Position of the first character from `start` on that is not blank. */
  skipBlanks(start: number): number {
    let at = start;
    while (isMarkdownBlank(this.#raw[at]) && this.#lookahead.take(1)) at += 1;
    return at;
  }

  /** Position of the first character of `wanted` from `start` on without a backslash before it. */
  #unescaped(start: number, wanted: string): number | undefined {
    const raw = this.#raw;
    for (let at = start; at < raw.length && this.#lookahead.take(1); at += 1) {
      if (raw[at] === "\\" && isEscapable(raw[at + 1])) at += 1;
      else if (wanted.includes(raw.charAt(at))) return at;
    }
    return undefined;
  }
}

/**
 * How many characters may be read ahead of the scanner in one text. The server has no such bound
 * and takes minutes for a text of unclosed brackets; here, what lies beyond it is not a link.
 */
export class Lookahead {
  #left: number;

  constructor(textLength: number) {
    this.#left = LOOKAHEADS_PER_CHARACTER_MAX * (textLength + 1);
  }

  /** Takes `count` characters from what is left, and says whether there were as many. */
  take(count: number): boolean {
    this.#left -= count;
    return this.#left >= 0;
  }
}

/** What `\` makes literal: ASCII punctuation. */
export function isEscapable(character: string | undefined): boolean {
  return character !== undefined && ESCAPABLE.test(character);
}

/** Blank in the sense of CommonMark: ASCII only. */
export function isMarkdownBlank(character: string | undefined): boolean {
  return character === " " || character === "\n" || character === "\t" || character === "\r" ||
    character === "\v" || character === "\f";
}

/** The form in which labels are compared: `[ My  Link ]` means `[my link]`. */
export function normalizeLabel(label: string): string {
  return label.split(/\p{White_Space}+/u).filter((word) => word !== "").join(" ").toLowerCase();
}

/** Longest label, brackets included. Source: parseLinkLabel of the server's markdown package. */
export const LINK_LABEL_LENGTH_MAX = 1_000;
const LOOKAHEADS_PER_CHARACTER_MAX = 16;
const ESCAPABLE = /[!-/:-@[-`{-~]/;
const IMAGE_DIMENSIONS = /=(?:\d*|\d+[xX]\d*|[xX]\d+)(?=[ \t\n\v\f\r)])/y;
