import { isMarkdownBlank, LinkScanner, type Lookahead, normalizeLabel } from "./mention_links.ts";

/** A paragraph without the marks of the lists and quotes around it: the only text that can mention. */
export interface Paragraph {
  readonly raw: string;
  /** Where each line of `raw` begins, in `raw` and in the text. */
  readonly lines: readonly { readonly rawStart: number; readonly textStart: number }[];
}

/** The paragraphs of a text, and the labels that its `[label]: address` lines define. */
export interface Blocks {
  readonly paragraphs: readonly Paragraph[];
  readonly labels: ReadonlySet<string>;
}

/**
 * Finds the paragraphs of `text` by the rules of the parser in which Mattermost's server looks for
 * mentions. It knows quotes, lists, fenced and indented code and nothing else: headings, tables and
 * HTML are paragraphs to it. It takes a tab for four spaces wherever it stands.
 */
export function readBlocks(text: string, lookahead: Lookahead): Blocks {
  const paragraphs: Paragraph[] = [];
  const labels = new Set<string>();
  const close = (blocks: Block[]) => {
    for (const block of blocks) {
      if (block.kind !== "paragraph") continue;
      paragraphs.push(closeParagraph(block, text, labels, lookahead));
    }
  };
  const open: Block[] = [{ kind: "document" }];
  for (const line of linesOf(text)) close(readLine(line, open));
  close(open);
  return { paragraphs, labels };
}

type Block =
  | { readonly kind: "document" | "quote" | "indented_code" }
  | { readonly kind: "list"; readonly marker: string }
  | { readonly kind: "item"; readonly indent: number; filled: boolean }
  | { readonly kind: "fenced_code"; readonly fence: string; closed: boolean }
  | { readonly kind: "paragraph"; readonly lines: { start: number; end: number }[] };

/** The rest of a line: what the blocks around have not taken yet, after `indent` columns. */
interface Line {
  readonly text: string;
  readonly end: number;
  position: number;
  indent: number;
}

/** More nested blocks than this are read as text, so that the work for a line is bounded. */
const OPEN_BLOCKS_MAX = 32;
const LIST_MARKER = /(?:\d{1,9}[.)]|[-+*])/y;
const FENCE = /`{3,}|~{3,}/y;
const REST_OF_LINE = /[ \t\v\f]*(?:\r\n?|\n|$)/y;
const WHITE_SPACE = /\p{White_Space}/u;

function* linesOf(text: string): Generator<Line> {
  for (const { 0: content, index } of text.matchAll(/[^\r\n]*(?:\r\n?|\n)|[^\r\n]+/g)) {
    const line = { text, end: index + content.length, position: index, indent: 0 };
    line.indent = skipIndent(line);
    yield line;
  }
}

/** Hands the line to the blocks that are `open`, and returns those that it closed. */
function readLine(line: Line, open: Block[]): Block[] {
  let last = 0;
  while (last + 1 < open.length && continues(open[last + 1], line)) last += 1;
  const innermost = open[last];
  const isCode = innermost?.kind === "fenced_code" || innermost?.kind === "indented_code";
  const started = isCode ? [] : startBlocks(line, innermost, open);
  if (started.length > 0) return adopt(open, last, started);

  const paragraph = open.at(-1);
  const part = { start: line.position, end: line.end };
  if (paragraph?.kind === "paragraph" && !isBlank(line)) {
    paragraph.lines.push(part); // Also when a quote around it did not continue: laziness.
    return [];
  }
  const closed = open.splice(last + 1);
  if (innermost?.kind === "fenced_code") innermost.closed = closesFence(line, innermost.fence);
  if (isCode || isBlank(line)) return closed;
  return [...closed, ...adopt(open, last, [{ kind: "paragraph", lines: [part] }])];
}

/** Whether the line belongs to an open block; takes the block's marks from the line if it does. */
function continues(block: Block | undefined, line: Line): boolean {
  switch (block?.kind) {
    case "quote":
      if (line.indent > 3 || line.text[line.position] !== ">") return false;
      line.position += 1;
      line.indent = Math.max(0, skipIndent(line) - 1);
      return true;
    case "list":
      if (isBlank(line)) line.indent = 0;
      return true;
    case "item":
      if (isBlank(line)) {
        line.indent = 0;
        return block.filled;
      }
      if (line.indent < block.indent) return false;
      line.indent -= block.indent;
      return true;
    case "paragraph":
      return !isBlank(line);
    case "fenced_code":
      return !block.closed;
    case "indented_code":
      if (line.indent < 4 && !isBlank(line)) return false;
      line.indent = Math.max(0, line.indent - 4);
      return true;
    default:
      return block !== undefined;
  }
}

/** The blocks that begin on this line, from the outside in; none when the line begins nothing. */
function startBlocks(line: Line, around: Block | undefined, open: readonly Block[]): Block[] {
  const started: Block[] = [];
  const isNested = () => started.length > 0;
  let inParagraph = open.at(-1)?.kind === "paragraph";
  while (line.position < line.end) {
    const hasRoom = open.length + started.length < OPEN_BLOCKS_MAX;
    const interrupts = !isNested() && around?.kind === "paragraph";
    const afterList = !isNested() && around?.kind === "list";
    const containers = hasRoom ? startQuote(line) ?? startItem(line, interrupts, afterList) : [];
    if (containers === undefined || containers.length === 0) break;
    started.push(...containers);
    inParagraph = false;
  }
  const leaf = startCode(line, inParagraph);
  if (leaf !== undefined) started.push(leaf);
  else if (isNested() && !isBlank(line)) {
    started.push({ kind: "paragraph", lines: [{ start: line.position, end: line.end }] });
  }
  for (const [index, block] of started.entries()) {
    if (block.kind === "item") block.filled = index + 1 < started.length;
  }
  return started;
}

function startQuote(line: Line): Block[] | undefined {
  if (line.indent > 3 || line.text[line.position] !== ">") return undefined;
  line.position += line.text[line.position + 1] === " " ? 2 : 1;
  line.indent = skipIndent(line);
  return [{ kind: "quote" }];
}

function startItem(line: Line, interrupts: boolean, afterList: boolean): Block[] | undefined {
  if (line.indent > 3 && !afterList) return undefined;
  LIST_MARKER.lastIndex = line.position;
  const marker = LIST_MARKER.exec(line.text)?.[0];
  if (marker === undefined) return undefined;
  const rest = { ...line, position: line.position + marker.length };
  const isEmpty = isBlank(rest);
  // Within a paragraph only an item with content begins a list, and a number only if it is 1.
  const isNumber = marker.length > 1;
  if (interrupts && (isEmpty || (isNumber && Number.parseInt(marker) !== 1))) return undefined;
  const gap = skipIndent(rest);
  if (!isEmpty && gap < 1) return undefined;
  const taken = isEmpty || gap >= 5 ? 1 : gap;
  const indent = line.indent + marker.length + taken;
  line.position = rest.position;
  line.indent = gap - taken;
  return [{ kind: "list", marker: marker.slice(-1) }, { kind: "item", indent, filled: false }];
}

function startCode(line: Line, inParagraph: boolean): Block | undefined {
  if (line.indent >= 4 && !inParagraph) {
    return isBlank(line) ? undefined : { kind: "indented_code" };
  }
  FENCE.lastIndex = line.position;
  const fence = FENCE.exec(line.text)?.[0];
  if (fence === undefined) return undefined;
  const info = line.text.slice(line.position + fence.length, line.end);
  return info.includes("`") ? undefined : { kind: "fenced_code", fence, closed: false };
}

function closesFence(line: Line, fence: string): boolean {
  const content = line.text.slice(line.position, line.end);
  if (line.indent > 3 || !content.startsWith(fence)) return false;
  return content.slice(fence.length).trim().replaceAll(fence.charAt(0), "") === "";
}

/** Puts new blocks into the innermost open block that can hold them; returns what that closed. */
function adopt(open: Block[], last: number, blocks: Block[]): Block[] {
  for (let index = last; index >= 0; index -= 1) {
    const holder = open[index];
    const first = blocks[0];
    const isNextItem = holder?.kind === "list" && first?.kind === "list" &&
      first.marker === holder.marker;
    const canHold = holder?.kind === "document" || holder?.kind === "quote" ||
      holder?.kind === "item" || isNextItem;
    if (!canHold) continue;
    if (holder.kind === "item") holder.filled = true;
    const closed = open.splice(index + 1);
    open.push(...(isNextItem ? blocks.slice(1) : blocks));
    return closed;
  }
  return [];
}

/** Joins the lines of a paragraph, less the definitions of labels at its beginning. */
function closeParagraph(
  block: Block & { kind: "paragraph" },
  text: string,
  labels: Set<string>,
  lookahead: Lookahead,
): Paragraph {
  let raw = "";
  const lines = block.lines.map(({ start, end }) => {
    const rawStart = raw.length;
    raw += text.slice(start, end);
    return { rawStart, textStart: start };
  });
  const start = definitionsEnd(raw, new LinkScanner(raw, lookahead), labels);
  const kept = lines.filter(({ rawStart }) => rawStart >= start)
    .map(({ rawStart, textStart }) => ({ rawStart: rawStart - start, textStart }));
  let end = raw.length;
  while (end > start && isMarkdownBlank(raw[end - 1])) end -= 1;
  return { raw: raw.slice(start, end), lines: kept };
}

/** Reads definitions into `labels` as long as there are any, and returns where the text begins. */
function definitionsEnd(raw: string, links: LinkScanner, labels: Set<string>): number {
  let start = 0;
  for (;;) {
    const labelEnd = links.label(start);
    const end = labelEnd === undefined ? undefined : definitionEnd(raw, labelEnd, links);
    if (labelEnd === undefined || end === undefined) return start;
    labels.add(normalizeLabel(raw.slice(start + 1, labelEnd - 1)));
    start = end;
  }
}

/** End of the line on which the definition ends whose label ended at `labelEnd`. */
function definitionEnd(raw: string, labelEnd: number, links: LinkScanner): number | undefined {
  if (raw[labelEnd] !== ":") return undefined;
  const end = links.destination(links.skipBlanks(labelEnd + 1));
  if (end === undefined) return undefined;
  const titleEnd = isMarkdownBlank(raw[end]) ? links.title(links.skipBlanks(end)) : undefined;
  return (titleEnd === undefined ? undefined : blankLineEnd(raw, titleEnd)) ??
    blankLineEnd(raw, end);
}

/** End of the line that `position` is on, or `undefined` when something else stands there. */
function blankLineEnd(raw: string, position: number): number | undefined {
  REST_OF_LINE.lastIndex = position;
  const rest = REST_OF_LINE.exec(raw)?.[0];
  return rest === undefined ? undefined : position + rest.length;
}

/** Moves past spaces and tabs, and returns how many columns they are wide. */
function skipIndent(line: Line): number {
  let columns = 0;
  for (; line.position < line.end; line.position += 1) {
    const character = line.text[line.position];
    if (character !== " " && character !== "\t") break;
    columns += character === " " ? 1 : 4;
  }
  return columns;
}

function isBlank(line: Line): boolean {
  for (let at = line.position; at < line.end; at += 1) {
    const character = line.text.charAt(at);
    const isAscii = character <= "\x7f";
    if (isAscii ? !isMarkdownBlank(character) : !WHITE_SPACE.test(character)) return false;
  }
  return true;
}
