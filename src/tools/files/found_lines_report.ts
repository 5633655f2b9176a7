import type { MatchedLine } from "./match_contents.ts";
import type { WalkedFile } from "./walk_files.ts";

/** Longest report, in characters. */
const REPORT_CHARS_MAX = 50_000;

export interface ReportOptions {
  /** Lines, files alone, or files with the number of their lines. */
  readonly output_mode: "content" | "files_only" | "count";
  readonly offset: number;
  readonly limit: number;
  /** Lines shown around a match. */
  readonly context: number;
}

/** Collects the lines that a search finds, as many as are wanted, and tells of them. */
export class FoundLinesReport {
  readonly #options: ReportOptions;
  readonly #nameOf: (file: WalkedFile) => string;
  /** Lines of the page that is wanted, and those around them. */
  readonly #lines: MatchedLine[] = [];
  readonly #countByFile = new Map<WalkedFile, number>();
  #matches = 0;
  #chars = 0;

  constructor(options: ReportOptions, nameOf: (file: WalkedFile) => string) {
    this.#options = options;
    this.#nameOf = nameOf;
  }

  /** Lines come in the order of the files. */
  add(line: MatchedLine): "enough" | "more" {
    const { output_mode: mode, offset, limit } = this.#options;
    if (!line.isContext) {
      this.#matches++;
      this.#countByFile.set(line.file, (this.#countByFile.get(line.file) ?? 0) + 1);
    }
    if (mode === "count") return "more";
    if (mode === "files_only") {
      return this.#countByFile.size > offset + limit ? "enough" : "more";
    }
    const isOnPage = line.isContext
      ? this.#matches >= offset && this.#matches <= offset + limit
      : this.#matches > offset && this.#matches <= offset + limit;
    if (isOnPage) {
      this.#lines.push(line);
      this.#chars += line.text.length;
    }
    const isFull = this.#matches > offset + limit || this.#chars > REPORT_CHARS_MAX;
    return isFull ? "enough" : "more";
  }

  text(notes: readonly string[]): string {
    const { output_mode: mode } = this.#options;
    const body = mode === "content" ? this.#contentText() : this.#filesText();
    const all = [...this.#pageNotes(), ...notes].map((note) => `[${note}]`);
    return [...body, ...all].join("\n");
  }

  #pageNotes(): string[] {
    const { output_mode: mode, offset, limit } = this.#options;
    if (this.#matches === 0) return ["Nothing found."];
    const results = mode === "content" ? this.#matches : this.#countByFile.size;
    const shown = Math.min(results - offset, limit);
    if (shown <= 0) return [`There are only ${results} results.`];
    const isCutShort = mode === "content" && this.#chars > REPORT_CHARS_MAX;
    if (isCutShort) return ["The results are long: give a narrower pattern, or use files_only."];
    return results > offset + limit ? [`There is more: go on with offset=${offset + limit}.`] : [];
  }

  #contentText(): string[] {
    const text: string[] = [];
    let before: MatchedLine | undefined;
    for (const line of this.#linesNearMatches()) {
      const goesOn = before?.file === line.file && before.number + 1 === line.number;
      if (this.#options.context > 0 && before !== undefined && !goesOn) text.push("--");
      const sign = line.isContext ? "-" : ":";
      text.push(`${this.#nameOf(line.file)}${sign}${line.number}${sign}${line.text}`);
      before = line;
    }
    return text;
  }

  /** The matcher does not know where a file ends, and takes lines of its neighbours for context. */
  #linesNearMatches(): MatchedLine[] {
    const { context } = this.#options;
    const matches = new Map<WalkedFile, Set<number>>();
    for (const { file, number, isContext } of this.#lines) {
      if (!isContext) matches.set(file, (matches.get(file) ?? new Set()).add(number));
    }
    return this.#lines.filter(({ file, number }) => {
      const own = matches.get(file);
      for (let at = number - context; at <= number + context; at++) if (own?.has(at)) return true;
      return false;
    });
  }

  #filesText(): string[] {
    const { output_mode: mode, offset, limit } = this.#options;
    return [...this.#countByFile].slice(offset, offset + limit).map(([file, count]) =>
      mode === "count" ? `${this.#nameOf(file)}: ${count}` : this.#nameOf(file)
    );
  }
}
