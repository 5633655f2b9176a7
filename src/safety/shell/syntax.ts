/** One word of a command, as the shell would pass it on. */
export interface Word {
  /** Without quotation marks; what only the shell can know stands as it is written, e.g. `$NAME`. */
  readonly text: string;
  /** The same without what only the shell can know: `r$(x)m` is `rm`. */
  readonly bare: string;
  /** Whether `text` is all there is to know: no unknown variables, no output of commands. */
  readonly isKnown: boolean;
  /** Whether it may stand for the names of files: it has `*`, `?` or `[` outside of quotation marks. */
  readonly isGlob: boolean;
}

export interface Redirect {
  /** `>`, `>>`, `>|`, `&>`, `&>>`, `<>`, `<`, `>&`, `<&`, `<<`, `<<-` or `<<<`. */
  readonly operator: string;
  /** A file, a descriptor, the end mark of `<<`, or the text of `<<<`. */
  readonly target: Word;
  /** The lines that follow `<<`. */
  readonly body: string;
}

export interface Assignment {
  readonly name: string;
  readonly value: Word;
}

/** One simple command; without words where brackets, loops and the like stand in a pipeline. */
export interface ShellCommand {
  readonly words: readonly Word[];
  readonly assignments: readonly Assignment[];
  readonly redirects: readonly Redirect[];
  /** It is the first one within braces, a loop or a branch that begins at its place. */
  readonly opensGroup: boolean;
  /** All commands of its pipeline in order, itself included. */
  readonly pipeline: readonly ShellCommand[];
  /** Its place in the pipeline. */
  readonly index: number;
  /** Functions whose definition it stands in. */
  readonly functions: readonly string[];
  readonly isBackground: boolean;
  /** Folders that it may run in. */
  readonly folders: readonly string[];
}

/** What was written is no command of a shell, or is made to be misread. */
export class ShellSyntaxError extends Error {
  override readonly name: string = "ShellSyntaxError";
}

/** There is more to it than anybody can look at. */
export class ShellLimitError extends ShellSyntaxError {
  override readonly name = "ShellLimitError";
}

/** A word that stands for itself. */
export function plainWord(text: string): Word {
  return { text, bare: text, isKnown: true, isGlob: false };
}

/** Several words as one, with spaces between. */
export function joinWords(words: readonly Word[]): Word {
  return {
    text: words.map(({ text }) => text).join(" "),
    bare: words.map(({ bare }) => bare).join(" "),
    isKnown: words.every(({ isKnown }) => isKnown),
    isGlob: words.some(({ isGlob }) => isGlob),
  };
}
