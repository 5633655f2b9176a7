/** By which the model sends a file: on a line of its own, as in the Python original. */
const MEDIA_LINE = /^[^\S\n]*`?MEDIA:[^\S\n]*(\/[^\n`]*?)`?[^\S\n]*$/;

/** A text without the lines that send files, and what they send. */
export interface MediaText {
  readonly text: string;
  /** In order, each once. */
  readonly paths: readonly string[];
}

/** Finds the lines that send files; what stands in a code block is only shown. */
export function readMediaLines(text: string): MediaText {
  if (!text.includes("MEDIA:")) return { text, paths: [] };
  const paths = new Set<string>();
  const kept: string[] = [];
  let fence: string | undefined;
  for (const line of text.split("\n")) {
    const mark = line.match(/^ {0,3}(`{3,}|~{3,})/)?.[1];
    if (mark !== undefined && (fence === undefined || line.trim().startsWith(fence))) {
      fence = fence === undefined ? mark : undefined;
    }
    const path = fence === undefined ? line.match(MEDIA_LINE)?.[1]?.trim() : undefined;
    if (path === undefined) kept.push(line);
    else paths.add(path);
  }
  const rest = kept.join("\n");
  return { text: paths.size === 0 ? text : rest.replaceAll(/\n{3,}/g, "\n\n"), paths: [...paths] };
}
