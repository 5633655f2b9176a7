/** A text without what could steer a terminal: a tab becomes blanks, other control characters go. */
export function printableText(text: string): string {
  return text.replaceAll("\t", "    ").replaceAll(/[^\P{Cc}\n]/gu, "");
}

/** A row of a wrapped text. */
export interface Row {
  readonly text: string;
  /** Where the next row begins in the text: behind the blank or the line end that this row ends at. */
  readonly end: number;
}

/**
 * Breaks a text into rows of at most `columnsMax`, between words where it can. When more is added
 * to the text, all rows but the last stay as they are.
 */
export function wrapText(text: string, columnsMax: number): Row[] {
  const rows: Row[] = [];
  let offset = 0;
  for (const line of text.split("\n")) {
    const lineEnd = offset + line.length;
    for (;;) {
      const rest = text.slice(offset, lineEnd);
      const length = fittingLength(rest, columnsMax);
      if (length === rest.length) break;
      const blank = rest.lastIndexOf(" ", length);
      const isBetweenWords = blank > 0 && rest.slice(0, blank).trim() !== "";
      const rowLength = isBetweenWords ? blank : length;
      const end = offset + rowLength + (isBetweenWords ? 1 : 0);
      rows.push({ text: rest.slice(0, rowLength), end });
      offset = end;
    }
    rows.push({ text: text.slice(offset, lineEnd), end: Math.min(lineEnd + 1, text.length) });
    offset = lineEnd + 1;
  }
  return rows;
}

/** The rows into which a terminal breaks a line by itself: wherever it is full. */
export function hardRows(line: string, columnsMax: number): string[] {
  const rows: string[] = [];
  let rest = line;
  do {
    const length = fittingLength(rest, columnsMax);
    rows.push(rest.slice(0, length));
    rest = rest.slice(length);
  } while (rest !== "");
  return rows;
}

/** How wide a terminal shows a text without line ends. */
export function columnsOf(text: string): number {
  let columns = 0;
  for (const character of text) columns += characterColumns(character);
  return columns;
}

/** Length of the longest beginning that fits, at least one character. */
function fittingLength(text: string, columnsMax: number): number {
  let columns = 0;
  let length = 0;
  for (const character of text) {
    columns += characterColumns(character);
    if (columns > columnsMax && length > 0) return length;
    length += character.length;
  }
  return length;
}

/** Marks and joiners, which are drawn over or between other characters. */
const WITHOUT_WIDTH = /^[\p{M}\p{Cf}]$/u;
/** Characters that East Asian scripts and emoji draw in two columns. Source: Unicode TR 11. */
const WIDE =
  /^[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}\p{Emoji_Presentation}]$/u;

function characterColumns(character: string): number {
  if (character <= "~") return 1;
  if (WITHOUT_WIDTH.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}
