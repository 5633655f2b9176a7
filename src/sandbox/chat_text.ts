/** A text without what could steer a terminal: a tab becomes blanks, other control characters go. */
export function printableText(text: string): string {
  return text.replaceAll("\t", "    ").replaceAll(/[^\P{Cc}\n]/gu, "");
}
