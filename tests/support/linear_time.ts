import assert from "node:assert/strict";

/** Far more than linear work needs on a busy machine; the square of a megabyte takes hours. */
const MS_MAX = 20_000;

/** Lets `work` have a megabyte of each of `pieces`, and fails for those that take too long. */
export function assertLinearTime(
  pieces: readonly string[],
  work: (text: string) => unknown,
): void {
  for (const piece of pieces) {
    const text = piece.repeat(Math.ceil(1_000_000 / piece.length));
    const startedAtMs = performance.now();
    work(text);
    const tookMs = performance.now() - startedAtMs;
    assert.ok(tookMs < MS_MAX, `${JSON.stringify(piece)}: ${tookMs} ms for a megabyte`);
  }
}
