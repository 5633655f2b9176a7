import { resolve } from "node:path";
import { ShellLimitError, type Word } from "./syntax.ts";

/** Deepest nesting of scripts, substitutions and brackets. */
const DEPTH_MAX = 24;
/** Characters that are read in all, scripts within scripts counted again. */
const CHARS_MAX = 12_000_000;
/** Longest value of a variable that is put in for its name. */
const VALUE_CHARS_MAX = 1_000;
/** Simple commands that are read in all, and words of them. */
const COMMANDS_MAX = 5_000;
const WORDS_MAX = 20_000;
/** Folders that are kept as those where a command may run. */
const FOLDERS_MAX = 8;

/** What is known of the shell while its commands are read one after the other. */
export class Reading {
  readonly #variables = new Map<string, string | undefined>();
  readonly #home: string;
  readonly #limits: { depth: number; chars: number; commands: number; words: number };
  #folders: readonly string[];

  constructor(
    place: { readonly userHome: string; readonly folders: readonly string[] },
    limits = { depth: 0, chars: 0, commands: 0, words: 0 },
  ) {
    this.#home = place.userHome;
    this.#folders = place.folders;
    this.#limits = limits;
  }

  /** Another shell that is started in one of `folders`: it does not know our variables. */
  child(folders: readonly string[]): Reading {
    return new Reading({ userHome: this.#home, folders }, this.#limits);
  }

  /** Folders that the next command may run in: a branch may or may not have changed it. */
  get folders(): readonly string[] {
    return this.#folders;
  }

  /** The value of a variable; `undefined` when only the shell can know. */
  valueOf(name: string): string | undefined {
    if (this.#variables.has(name)) return this.#variables.get(name);
    switch (name) {
      case "HOME":
        return this.#home;
      case "PWD":
        return this.#folders.length === 1 ? this.#folders[0] : undefined;
      case "IFS":
        return " ";
      case "0":
      case "BASH":
      case "SHELL":
        return "bash";
      default:
        return undefined;
    }
  }

  /** Two values for one name are no known value: a branch decides which of them holds. */
  assign(name: string, value: string | undefined): void {
    const isSure = !this.#variables.has(name) || this.#variables.get(name) === value;
    const isShort = value !== undefined && value.length <= VALUE_CHARS_MAX;
    this.#variables.set(name, isSure && isShort ? value : undefined);
  }

  /** A script that is called with arguments. */
  setArguments(words: readonly Word[]): void {
    const isKnown = words.every((word) => word.isKnown);
    this.#variables.set("@", isKnown ? words.map(({ text }) => text).join(" ") : undefined);
    this.#variables.set("*", this.#variables.get("@"));
    for (let index = 1; index < 10; index++) {
      const word = words[index - 1];
      this.#variables.set(String(index), word?.isKnown === false ? undefined : word?.text ?? "");
    }
  }

  changeFolder(target: string): void {
    const path = target.replace(/^~(?=\/|$)/, this.#home);
    const added = this.#folders.map((folder) => resolve(folder, path));
    this.#folders = [...new Set([...added, ...this.#folders])].slice(0, FOLDERS_MAX);
  }

  /** Counts what is read. @throws ShellLimitError when it is more than can be looked at. */
  count(chars: number): void {
    this.#limits.chars += chars;
    if (this.#limits.chars > CHARS_MAX) throw new ShellLimitError("it is too long");
  }

  /** Counts a command that is looked at. @throws ShellLimitError when it is one too many. */
  countCommand(): void {
    if (++this.#limits.commands > COMMANDS_MAX) {
      throw new ShellLimitError("it has too many commands");
    }
  }

  /** Counts words that were read. @throws ShellLimitError when there are too many. */
  countWords(words: number): void {
    this.#limits.words += words;
    if (this.#limits.words > WORDS_MAX) throw new ShellLimitError("it has too many words");
  }

  /** Runs `work` one level deeper. @throws ShellLimitError when that is too deep. */
  nested<T>(work: () => T): T {
    if (this.#limits.depth >= DEPTH_MAX) throw new ShellLimitError("it is nested too deeply");
    this.#limits.depth++;
    try {
      return work();
    } finally {
      this.#limits.depth--;
    }
  }
}
