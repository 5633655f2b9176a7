import { searchTerms } from "./search_terms.ts";
import type { SessionHistory } from "./session_history.ts";

/** Of each line only so much is looked at. */
const LINE_CHARS_MAX = 4_000;
/** Shorter words stand for themselves alone, longer ones also for what begins with them. */
const PREFIX_CHARS_MIN = 4;

interface Match {
  readonly id: string;
  /** Which terms stand together in the line that has most of them. */
  readonly terms: readonly number[];
  readonly atMs: number;
}

/**
 * Looks for words in sessions that come by one after the other, and remembers which fit. For one
 * question that is quicker than to make an index, and it takes no memory for what is said.
 */
export class SessionScan {
  readonly #terms: readonly string[];
  readonly #matches: Match[] = [];
  #sessions = 0;

  constructor(query: string) {
    this.#terms = [...new Set(searchTerms(query))];
  }

  add({ lines, summary }: SessionHistory): void {
    this.#sessions++;
    let best: { readonly terms: readonly number[]; readonly atMs: number } | undefined;
    for (const { text, atMs } of lines) {
      const terms = this.#termsIn(text);
      if (terms.length > (best?.terms.length ?? 0)) best = { terms, atMs };
    }
    if (best !== undefined) this.#matches.push({ id: summary.id, ...best });
  }

  /** Ids of the sessions with their scores, the best first: rare words count for more. */
  ranked(): { readonly id: string; readonly score: number }[] {
    const weights = this.#terms.map((_, term) => {
      const holders = this.#matches.filter(({ terms }) => terms.includes(term)).length;
      return Math.log(1 + this.#sessions / Math.max(1, holders));
    });
    return this.#matches
      .map(({ id, terms, atMs }) => ({
        id,
        atMs,
        score: terms.reduce((sum, term) => sum + (weights[term] ?? 0), 0),
      }))
      .sort((a, b) => b.score - a.score || b.atMs - a.atMs);
  }

  #termsIn(text: string): number[] {
    const words = new Set(searchTerms(text.slice(0, LINE_CHARS_MAX)));
    return this.#terms.flatMap((term, index) => {
      if (words.has(term)) return index;
      if (term.length < PREFIX_CHARS_MIN) return [];
      for (const word of words) if (word.startsWith(term)) return index;
      return [];
    });
  }
}
