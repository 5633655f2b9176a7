import { countChars } from "./entries.ts";

export interface MemoryBlock {
  /** E.g. `MEMORY (your own notes)`. */
  readonly title: string;
  readonly entries: readonly string[];
  readonly charsMax: number;
}

/**
 * How the model reads what is remembered; `""` when there is nothing. `blocked` says why an entry is
 * not shown, e.g. because it gives orders; it stays in the file, where it can be removed.
 */
export function formatMemoryBlock(
  { title, entries, charsMax }: MemoryBlock,
  blocked: (entry: string) => string | undefined,
): string {
  if (entries.length === 0) return "";
  const shown = entries.map((entry) => {
    const reason = blocked(entry);
    return reason === undefined ? entry : `[An entry is not shown: ${reason}.]`;
  });
  const chars = countChars(entries);
  const share = Math.round(chars / charsMax * 100);
  return `${title} [${share}%, ${chars} of ${charsMax} characters]\n${shown.join("\n§\n")}`;
}
