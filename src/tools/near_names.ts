const NAMES_MAX = 3;
/** Share of letter pairs that two names must have in common to count as similar. */
const SIMILARITY_MIN = 0.4;

/** Those of `names` that are most like `name`, the most similar first. */
export function nearNames(name: string, names: readonly string[]): string[] {
  return names
    .map((known) => ({ known, similarity: similarity(name, known) }))
    .filter((candidate) => candidate.similarity >= SIMILARITY_MIN)
    .sort((a, b) => b.similarity - a.similarity)
    .slice(0, NAMES_MAX)
    .map((candidate) => candidate.known);
}

/** Dice's coefficient over pairs of neighbouring letters: 0 for nothing in common, 1 for the same. */
export function similarity(a: string, b: string): number {
  const [pairsA, pairsB] = [letterPairs(a), letterPairs(b)];
  const common = [...pairsA].filter((pair) => pairsB.has(pair)).length;
  return (2 * common) / Math.max(1, pairsA.size + pairsB.size);
}

function letterPairs(text: string): Set<string> {
  const lower = ` ${text.toLowerCase()} `;
  return new Set(Array.from({ length: lower.length - 1 }, (_, at) => lower.slice(at, at + 2)));
}
