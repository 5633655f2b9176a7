import picocolors from "picocolors";
import { wrapText } from "../../sandbox/chat_text.ts";

type Colors = ReturnType<typeof picocolors.createColors>;
type Style = (text: string) => string;

/** A part of a line that looks like one thing. */
interface Span {
  readonly text: string;
  readonly style: Style | undefined;
}

const FENCE = /^\s*(?:```|~~~)/;
const HEADING = /^#{1,6} +(.*?)(?: +#+)?$/;
const BULLET = /^(\s*)[-*+] +(.*)$/;
const QUOTE = /^> ?(.*)$/;
const RULE = /^ {0,3}(?:-{3,}|\*{3,}|_{3,}) *$/;
/** Code, strong and emphasised words, and links. Nothing in code means anything else. */
const INLINE =
  /`([^`]+)`|\*\*([^*\s](?:[^*]*[^*\s])?)\*\*|(?<![\w*])\*([^*\s](?:[^*]*[^*\s])?)\*(?![\w*])|(?<!\w)_([^_\s](?:[^_]*[^_\s])?)_(?!\w)|\[([^[\]]+)\]\((https?:[^\s()]+)\)/g;

/** Shows Markdown in a terminal, as much of it as reads well there, line by line. */
export class MarkdownRows {
  readonly #colors: Colors;
  #isCode = false;

  constructor(options: { readonly color: boolean }) {
    this.#colors = picocolors.createColors(options.color);
  }

  /** The rows of the next whole line, which must be without control characters. */
  rows(line: string, columns: number): string[] {
    if (!this.#colors.isColorSupported) return wrapText(line, columns).map(({ text }) => text);
    return wrapSpans(this.#spans(line), columns);
  }

  /** Another text begins: what is open in this one ends. */
  reset(): void {
    this.#isCode = false;
  }

  #spans(line: string): Span[] {
    const { bold, cyan, dim } = this.#colors;
    if (FENCE.test(line)) {
      this.#isCode = !this.#isCode;
      return [{ text: line, style: dim }];
    }
    if (this.#isCode) return [{ text: line, style: cyan }];
    if (RULE.test(line)) return [{ text: "────────", style: dim }];
    const heading = HEADING.exec(line)?.[1];
    if (heading !== undefined) return [{ text: heading, style: bold }];
    const quoted = QUOTE.exec(line)?.[1];
    if (quoted !== undefined) return [{ text: "│ ", style: dim }, ...this.#inline(quoted)];
    const [, indent = "", item] = BULLET.exec(line) ?? [];
    if (item !== undefined) {
      return [{ text: `${indent}• `, style: undefined }, ...this.#inline(item)];
    }
    return this.#inline(line);
  }

  #inline(text: string): Span[] {
    const { bold, cyan, italic, underline } = this.#colors;
    const spans: Span[] = [];
    let end = 0;
    for (const match of text.matchAll(INLINE)) {
      const [whole, code, strong, starred, underscored, label, url] = match;
      spans.push({ text: text.slice(end, match.index), style: undefined });
      end = match.index + whole.length;
      if (code !== undefined) spans.push({ text: code, style: cyan });
      else if (strong !== undefined) spans.push({ text: strong, style: bold });
      else if (label !== undefined && url !== undefined) {
        spans.push({ text: label, style: underline });
        if (label !== url) spans.push({ text: ` (${url})`, style: undefined });
      } else spans.push({ text: starred ?? underscored ?? "", style: italic });
    }
    return [...spans, { text: text.slice(end), style: undefined }];
  }
}

/** Breaks by what is seen, and colours each row by itself. */
function wrapSpans(spans: readonly Span[], columns: number): string[] {
  const rows = wrapText(spans.map(({ text }) => text).join(""), columns);
  const rest = spans.values();
  let span = rest.next().value;
  /** Where the span begins in the text. */
  let begin = 0;
  let from = 0;
  return rows.map((row) => {
    const to = from + row.text.length;
    let shown = "";
    while (span !== undefined) {
      const { text, style } = span;
      const part = text.slice(Math.max(0, from - begin), Math.max(0, to - begin));
      if (part !== "") shown += style === undefined ? part : style(part);
      if (begin + text.length > to) break;
      begin += text.length;
      span = rest.next().value;
    }
    from = row.end;
    return shown;
  });
}
