import type { Word } from "./syntax.ts";
import type { Wrapper } from "./wrappers.ts";

/** A call taken apart. */
export interface CallParts {
  /** `-x` for each letter, and long options without their values. */
  readonly flags: ReadonlySet<string>;
  /** What follows the options. */
  readonly rest: readonly Word[];
}

/**
 * Takes the options off `words`, which do not hold the name of the command any more. `withValue` names
 * the options that take the next word, with spaces between.
 */
export function takeOptions(words: readonly Word[], withValue: string): CallParts {
  const valued = new Set(withValue.split(" "));
  const flags = new Set<string>();
  let at = 0;
  for (; at < words.length; at++) {
    const text = words[at]?.text ?? "";
    if (text === "--") return { flags, rest: words.slice(at + 1) };
    if (!/^-./.test(text)) break;
    const found = flagsOf(text, valued);
    for (const flag of found.flags) flags.add(flag);
    if (found.takesNext) at++;
  }
  return { flags, rest: words.slice(at) };
}

/** The flags of one word. A letter with a value takes the rest of the word, or the next word. */
function flagsOf(text: string, valued: ReadonlySet<string>) {
  if (!/^-[^-]/.test(text) || valued.has(text)) {
    const [name = text] = text.split("=", 1);
    return { flags: [name], takesNext: valued.has(text) };
  }
  const flags: string[] = [];
  for (const [index, letter] of [...text.slice(1, 33)].entries()) {
    flags.push(`-${letter}`);
    if (valued.has(`-${letter}`)) return { flags, takesNext: index === text.length - 2 };
  }
  return { flags, takesNext: false };
}

/** The words of the command that a wrapper runs; `undefined` when it runs none. */
export function wrappedWords(
  words: readonly Word[],
  { withValue, queries = "", operands = 0, takesVariables }: Wrapper,
): readonly Word[] | undefined {
  const { flags, rest } = takeOptions(words.slice(1), withValue);
  if (queries.split(" ").some((flag) => flags.has(flag))) return undefined;
  let first = operands;
  while (takesVariables === true && /^[A-Za-z_]\w*=/.test(rest[first]?.text ?? "")) first++;
  return first < rest.length ? rest.slice(first) : undefined;
}
