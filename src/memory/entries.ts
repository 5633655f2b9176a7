/** Stands alone on a line between two entries; the format is that of the Python original. */
const SEPARATOR = "\n§\n";

/** The entries of a memory file, however it was edited: in order, trimmed, none of them empty. */
export function parseEntries(text: string): string[] {
  return text.replace(/^\uFEFF/, "").replaceAll("\r\n", "\n")
    .split(/(?:^|\n)[^\S\n]*§[^\S\n]*(?=\n|$)/)
    .map((entry) => entry.trim())
    .filter((entry) => entry !== "");
}

/** The text of a memory file with these entries; `""` for none. */
export function formatEntries(entries: readonly string[]): string {
  return entries.join(SEPARATOR);
}

/** What counts against the limit: code points, separators included. */
export function countChars(entries: readonly string[]): number {
  return countRunes(formatEntries(entries));
}

export function countRunes(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}
