/** A change of a part of a text: what stands from `start` to before `end` becomes `text`. */
export interface TextEdit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** The text of a file, as it is searched and changed: its lines end in `\n`, whatever the file has. */
export interface TextFile {
  readonly text: string;
  /** The file with these changes, which are in order and do not overlap; all else stays as it was. */
  change(edits: readonly TextEdit[]): Uint8Array;
}

const BOM = "\uFEFF";

/** `undefined` for what is not text in UTF-8, which a change would spoil. */
export function decodeTextFile(bytes: Uint8Array): TextFile | undefined {
  const whole = decodeStrictly(bytes);
  if (whole === undefined || whole.includes("\0")) return undefined;
  const bomLength = whole.startsWith(BOM) ? BOM.length : 0;
  const text = whole.slice(bomLength).replaceAll("\r\n", "\n");
  const offsets = crOffsets(whole.slice(bomLength));
  const lineEnd = offsets.length * 2 > countOf(text, "\n") ? "\r\n" : "\n";
  const original = (offset: number) => bomLength + offset + countBelow(offsets, offset);
  return {
    text,
    change: (edits) => {
      const pieces: string[] = [];
      let from = 0;
      for (const edit of edits) {
        pieces.push(whole.slice(from, original(edit.start)));
        pieces.push(edit.text.replaceAll("\r\n", "\n").replaceAll("\n", lineEnd));
        from = original(edit.end);
      }
      pieces.push(whole.slice(from));
      return new TextEncoder().encode(pieces.join(""));
    },
  };
}

function decodeStrictly(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined; // The only thing that it refuses is bytes that are no UTF-8.
  }
}

/** Where in the text without them, in order, the newlines stand that have a `\r` before them. */
function crOffsets(whole: string): number[] {
  const offsets: number[] = [];
  for (let at = whole.indexOf("\r\n"); at !== -1; at = whole.indexOf("\r\n", at + 2)) {
    offsets.push(at - offsets.length);
  }
  return offsets;
}

/** How many of the numbers, which rise, are below `limit`. */
function countBelow(numbers: readonly number[], limit: number): number {
  let [low, high] = [0, numbers.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((numbers[middle] ?? 0) < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

function countOf(text: string, character: string): number {
  let count = 0;
  for (let at = text.indexOf(character); at !== -1; at = text.indexOf(character, at + 1)) count++;
  return count;
}
