/** A text by its lines, and where each of them begins. */
export interface LineTable {
  /** Without their ends. A text that ends in a newline has an empty last line. */
  readonly lines: readonly string[];
  /** Where line `index` begins; for the number of lines, where the text ends. */
  startOf(index: number): number;
  /** The number of the line, from 0, that holds the character at `offset`. */
  lineAt(offset: number): number;
}

export function lineTable(text: string): LineTable {
  const lines = text.split("\n");
  const starts: number[] = [];
  let start = 0;
  for (const line of lines) {
    starts.push(start);
    start += line.length + 1;
  }
  return {
    lines,
    startOf: (index) => starts[index] ?? text.length,
    lineAt: (offset) => {
      let [low, high] = [0, starts.length - 1];
      while (low < high) {
        const middle = (low + high + 1) >> 1;
        if ((starts[middle] ?? 0) <= offset) low = middle;
        else high = middle - 1;
      }
      return low;
    },
  };
}
