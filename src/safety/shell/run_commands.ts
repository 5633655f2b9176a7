import { takeOptions, wrappedWords } from "./call_parts.ts";
import { innerCommands, innerScripts } from "./inner_commands.ts";
import { printedBy } from "./printed_text.ts";
import { readScript } from "./read_script.ts";
import type { Reading } from "./reading.ts";
import { joinWords, plainWord, type ShellCommand, ShellLimitError, type Word } from "./syntax.ts";
import { SCHEDULERS, SHELLS, WRAPPERS } from "./wrappers.ts";

/** A command that is run in the end, with what runs it stripped off. */
export interface RunCommand {
  /** Without its folder, in lower case. */
  readonly name: string;
  /** The words after the name. */
  readonly args: readonly Word[];
  /** All its words, the name included. */
  readonly words: readonly Word[];
  /** Commands that run it, the outermost first, e.g. `sudo`, `xargs`. */
  readonly runBy: readonly string[];
  readonly shell: ShellCommand;
  /** It may read what something around it is given: braces, a loop, a function, a shell. */
  readonly isFed: boolean;
}

/** What is run without being written down, so that nobody can look at it beforehand. */
export type HiddenRun =
  | "computed_name"
  | "shell_option"
  | "shell_input"
  | "shell_download"
  | "shell_file"
  | "eval";

/** Everything that a script runs. */
export interface Runs {
  readonly commands: readonly RunCommand[];
  readonly hidden: ReadonlySet<HiddenRun>;
}

/** Wrappers around one command. */
const WRAPPERS_MAX = 16;
/** Commands of a pipeline that are looked at for where a script comes from. */
const SOURCES_MAX = 16;
const DOWNLOADERS = /^(?:curl|wget|fetch|aria2c|http|https|lynx|nc|ncat|ftp|scp|rsync|aws|gsutil)$/;

/**
 * Everything that `script` runs: the commands that it names, those that `sudo`, `xargs`, `find -exec`
 * and the like run for it, and those of scripts within it, as in `sh -c '…'`.
 *
 * @throws ShellSyntaxError when it cannot be read for certain.
 */
export function runsOf(script: string, reading: Reading): Runs {
  const walk = new Walk();
  walk.script(script, reading, []);
  return walk;
}

class Walk implements Runs {
  readonly commands: RunCommand[] = [];
  readonly hidden = new Set<HiddenRun>();

  /** @param fedBy What is around the script and has an input of its own, which passes it on. */
  script(script: string, reading: Reading, fedBy: readonly ShellCommand[]): void {
    reading.nested(() => {
      const all = readScript(script, reading).flat();
      const functions = new Set(all.flatMap((command) => command.functions));
      const around = all.filter((command) => hasInput(command) && isAround(command, functions));
      const place = { reading, functions, fedBy: [...fedBy, ...around] };
      for (const shell of all) this.#command(shell.words, [], { ...place, shell });
    });
  }

  #command(words: readonly Word[], runBy: readonly string[], place: Place): void {
    const [first, ...args] = words;
    if (first === undefined) {
      if (place.shell.redirects.length === 0 && place.shell.assignments.length === 0) return;
      return this.#add("", words, args, runBy, place);
    }
    if (runBy.length > WRAPPERS_MAX) throw new ShellLimitError("it is nested too deeply");
    if (runBy.length > 0) place.reading.countCommand();
    if (!first.isKnown || (first.isGlob && first.text !== "[")) this.hidden.add("computed_name");
    const name = nameOf(first);
    this.#add(name, words, args, runBy, place);
    const inner = [...runBy, name];
    if (SHELLS.has(name)) this.#shell(args, place);
    else if (SCHEDULERS.has(name)) this.#input([], place);
    else if (name === "source" || name === ".") this.#file(args[0], place);
    else if (place.functions.has(first.text)) this.#command(args, inner, place);
    else this.#wrapped(name, words, inner, place);
  }

  #add(
    name: string,
    words: readonly Word[],
    args: readonly Word[],
    runBy: readonly string[],
    { shell, fedBy }: Place,
  ): void {
    this.commands.push({ name, words, args, runBy, shell, isFed: fedBy.length > 0 });
  }

  #wrapped(name: string, words: readonly Word[], runBy: readonly string[], place: Place): void {
    for (const script of innerScripts(name, words.slice(1))) this.#text(script, [], name, place);
    const wrapper = WRAPPERS.get(name);
    if (wrapper !== undefined) {
      const inner = wrappedWords(words, wrapper);
      if (inner === undefined) return name === "ssh" ? this.#input([], place) : undefined;
      if (wrapper.isScript === true) return this.#text(joinWords(inner), [], name, place);
      return this.#command(name === "xargs" ? withInput(inner, words) : inner, runBy, place);
    }
    for (const inner of innerCommands(name, words.slice(1))) this.#command(inner, runBy, place);
  }

  /** `sh -c script`, `sh file`, or `sh` with a script as its input. */
  #shell(args: readonly Word[], place: Place): void {
    const { flags, rest } = takeOptions(args, "-o -O +o +O --rcfile --init-file");
    const [first, ...others] = rest.filter(({ text }) => !/^\+[A-Za-z]+$/.test(text));
    if (flags.has("-c")) return this.#text(first ?? plainWord(""), others.slice(1), "sh", place);
    if (first === undefined || flags.has("-s")) return this.#input(rest, place);
    this.#file(first, place);
  }

  #file(file: Word | undefined, place: Place): void {
    if (file === undefined) return;
    if (/^(?:-|\/dev\/(?:stdin|fd\/\d+)|\/proc\/self\/fd\/\d+)$/.test(file.text)) {
      return this.#input([], place);
    }
    if (/^[<>]\(/.test(file.text)) {
      this.hidden.add(DOWNLOAD.test(file.text) ? "shell_download" : "shell_file");
    }
  }

  /** A script that a shell reads from its input. */
  #input(args: readonly Word[], place: Place): void {
    const sources = hasInput(place.shell) ? [place.shell] : place.fedBy;
    for (const source of sources) this.#inputOf(source, args, place);
  }

  #inputOf(source: ShellCommand, args: readonly Word[], place: Place): void {
    const script = inputOf(source);
    if (script === "file") return;
    if (script !== undefined) return this.#text(script, args, "input", place);
    const { pipeline, index } = source;
    const isDownload = pipeline.slice(Math.max(0, index - SOURCES_MAX), index)
      .some(({ words }) => words.some((word) => DOWNLOADERS.test(nameOf(word))));
    this.hidden.add(isDownload ? "shell_download" : "shell_input");
  }

  /** A script that is written down within another one. */
  #text(script: Word, args: readonly Word[], how: string, place: Place): void {
    const { shell, reading } = place;
    if (!script.isKnown) this.hidden.add(how === "eval" ? "eval" : "shell_option");
    const inner = how === "eval" ? reading : reading.child(shell.folders);
    if (how !== "eval") inner.setArguments(args);
    const fedBy = hasInput(shell) ? [shell] : place.fedBy;
    this.script(script.text, inner, how === "input" ? [] : fedBy);
  }
}

/** Where a command stands. */
interface Place {
  readonly shell: ShellCommand;
  readonly reading: Reading;
  /** Functions that the script defines. */
  readonly functions: ReadonlySet<string>;
  /** What is around it and has an input of its own. */
  readonly fedBy: readonly ShellCommand[];
}

/** What a download looks like within a substitution. */
const DOWNLOAD = /\b(?:curl|wget|fetch|http)\b/;

function nameOf(word: Word): string {
  const [name = ""] = word.bare.trim().split("/").slice(-1);
  return name.toLowerCase();
}

/** What `xargs` runs: its input takes the place of the mark that `-I` names, or comes last. */
function withInput(inner: readonly Word[], words: readonly Word[]): readonly Word[] {
  const at = words.findIndex(({ text }) => /^(?:-[A-Za-z0-9]*[Ii]|--replace)/.test(text));
  const attached = words[at]?.text.replace(/^(?:-[A-Za-z0-9]*?[Ii]|--replace=?)/, "") ?? "";
  const mark = attached || (words[at]?.text.endsWith("I") === true ? words[at + 1]?.text : "") ||
    "{}";
  const filled = inner.map((word) => word.text.includes(mark) ? { ...word, isKnown: false } : word);
  return [...filled, { text: "{}", bare: "", isKnown: false, isGlob: false }];
}

/** Whether a command has an input that is not that of what is around it. */
function hasInput({ redirects, index }: ShellCommand): boolean {
  return index > 0 || redirects.some(({ operator }) => /^<(?!&)/.test(operator));
}

/** Whether others have their input from it: it stands for brackets or a loop, or is a function. */
function isAround(
  { words, opensGroup }: ShellCommand,
  functions: ReadonlySet<string>,
): boolean {
  const [first] = words;
  return opensGroup || first === undefined || functions.has(first.text);
}

/** The input of a command as far as it is written down; `file` when it is a file. */
function inputOf(shell: ShellCommand): Word | "file" | undefined {
  const redirect = shell.redirects.findLast(({ operator }) => /^<(?!&)/.test(operator));
  if (redirect?.operator === "<<<") return redirect.target;
  if (redirect?.operator.startsWith("<<") === true) return plainWord(redirect.body);
  if (redirect !== undefined) return redirect.target.isKnown ? "file" : undefined;
  const source = shell.pipeline[shell.index - 1];
  if (source === undefined) return "file"; // The terminal, of which there is none.
  const printed = printedBy(source) ?? documentOf(source);
  return printed === undefined ? undefined : plainWord(printed);
}

/** What `cat <<END` passes on. */
function documentOf(source: ShellCommand): string | undefined {
  const [redirect] = source.redirects;
  const isCat = source.words.length === 1 && source.words[0]?.text === "cat";
  return isCat && redirect?.operator.startsWith("<<") === true && redirect.operator !== "<<<"
    ? redirect.body
    : undefined;
}
