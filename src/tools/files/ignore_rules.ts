import { compileIgnoreGlob, type PathMatcher } from "./glob.ts";

interface IgnoreRule {
  readonly matches: PathMatcher;
  readonly isForFolders: boolean;
  /** It takes back what a rule before it said. */
  readonly isNegated: boolean;
}

/** Longest .gitignore that is followed, and longest line of it, in characters. */
const TEXT_CHARS_MAX = 500_000;
const LINE_CHARS_MAX = 1_000;

/** What a .gitignore says about the paths below its folder. */
export class IgnoreRules {
  readonly #rules: readonly IgnoreRule[];

  constructor(text: string) {
    this.#rules = text.slice(0, TEXT_CHARS_MAX).split("\n").flatMap(parseRule);
  }

  /** `undefined` when it says nothing about this path, which is relative to its folder. */
  judge(path: string, isFolder: boolean): "ignored" | "kept" | undefined {
    const last = this.#rules.findLast(({ matches, isForFolders }) =>
      (isFolder || !isForFolders) && matches(path)
    );
    if (last === undefined) return undefined;
    return last.isNegated ? "kept" : "ignored";
  }
}

function parseRule(line: string): IgnoreRule[] {
  const text = line.replace(/\r$/, "").replace(/(?<!\\) +$/, "");
  if (text === "" || text.startsWith("#") || text.length > LINE_CHARS_MAX) return [];
  const isNegated = text.startsWith("!");
  const pattern = isNegated ? text.slice(1) : text;
  if (pattern.replaceAll("/", "") === "") return [];
  const matches = compileIgnoreGlob(pattern);
  return [{ matches, isForFolders: pattern.endsWith("/"), isNegated }];
}
