import { cutText } from "../../transcript/cut_text.ts";

const DIFF_CHARS_MAX = 20_000;
/** Texts that differ in too many ways are not compared any longer. */
const DIFF_MS_MAX = 500;

/** What changed, as `diff -u` tells it. `""` for no change, and for one that is too large to tell. */
export async function unifiedDiff(path: string, before: string, after: string): Promise<string> {
  if (before === after) return "";
  const { createTwoFilesPatch, FILE_HEADERS_ONLY } = await import("diff");
  const options = { context: 3, timeout: DIFF_MS_MAX, headerOptions: FILE_HEADERS_ONLY };
  const diff = createTwoFilesPatch(path, path, before, after, undefined, undefined, options);
  if (diff === undefined) return "";
  const told = diff.trimEnd();
  if (told.length <= DIFF_CHARS_MAX) return told;
  return `${cutText(told, DIFF_CHARS_MAX)}\n[The rest of the diff is left out.]`;
}
