/** Longest title that is kept. */
export const TITLE_CHARS_MAX = 100;
/** Longest title that is made of what somebody said. */
const MADE_TITLE_CHARS_MAX = 60;

/** A title as it is kept: one line, not too long, without what cannot be seen. `""` when nothing is left. */
export function cleanTitle(text: string): string {
  const line = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, " ").trim();
  return shorten(line, TITLE_CHARS_MAX);
}

/** The title, with a number behind it where another session has it already. */
export function uniqueTitle(title: string, taken: ReadonlySet<string>): string {
  if (!taken.has(title)) return title;
  for (let number = 2;; number++) {
    const numbered = `${title} #${number}`;
    if (!taken.has(numbered)) return numbered;
  }
}

/** A title for a session that begins with this: its first words. */
export function titleOf(firstMessage: string): string {
  const [line = ""] = firstMessage.trim().split("\n");
  return shorten(cleanTitle(line.replace(/[`*_#>|]/g, "")), MADE_TITLE_CHARS_MAX);
}

/** Ends after a whole word, where there is one. */
function shorten(text: string, charsMax: number): string {
  const characters = [...text];
  if (characters.length <= charsMax) return text;
  const cut = characters.slice(0, charsMax - 1).join("");
  const end = cut.lastIndexOf(" ");
  return `${end > charsMax / 2 ? cut.slice(0, end) : cut}…`;
}
