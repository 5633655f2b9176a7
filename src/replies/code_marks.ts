/** A fenced code block that is open. */
export interface Fence {
  readonly indent: string;
  /** The backticks or tildes that began it. */
  readonly marker: string;
  /** What follows the marker: usually the language. */
  readonly info: string;
}

/** The fence that is open after `line`, when `fence` was open before it. */
export function fenceAfter(line: string, fence: Fence | undefined): Fence | undefined {
  if (fence !== undefined) return closesFence(line, fence) ? undefined : fence;
  const [, indent, marker, info] = OPENING_LINE.exec(line.trimEnd()) ?? [];
  if (indent === undefined || marker === undefined || info === undefined) return undefined;
  return { indent, marker, info };
}

/** The spans of inline code in one line: from a run of backticks to the next one as long. */
export function codeSpans(line: string): { readonly start: number; readonly end: number }[] {
  const runs = [...line.matchAll(/`+/g)];
  const partners = new Array<number | undefined>(runs.length);
  const nextOfLength = new Map<number, number>();
  for (let index = runs.length - 1; index >= 0; index -= 1) {
    const length = runs[index]?.[0].length ?? 0;
    partners[index] = nextOfLength.get(length);
    nextOfLength.set(length, index);
  }
  const spans = [];
  for (let index = 0; index < runs.length; index += 1) {
    const [opening, closing] = [runs[index], runs[partners[index] ?? runs.length]];
    if (opening === undefined || closing === undefined) continue;
    spans.push({ start: opening.index, end: closing.index + closing[0].length });
    index = partners[index] ?? index;
  }
  return spans;
}

const OPENING_LINE = /^([ \t]*)(`{3,}(?!`)|~{3,}(?!~))([^`]*)$/;

/** In a list the closing line may be indented as far as the opening one, and three spaces more. */
function closesFence(line: string, { indent, marker }: Fence): boolean {
  const content = line.trim();
  const isFar = line.length - line.trimStart().length > indent.length + 3;
  return !isFar && content.startsWith(marker) &&
    content.replaceAll(marker.charAt(0), "") === "";
}
