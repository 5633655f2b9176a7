import { decodeEscapes } from "./decode_escapes.ts";
import type { Reading } from "./reading.ts";
import type { Source } from "./source.ts";
import { ShellSyntaxError, type Word } from "./syntax.ts";
import { WordBuilder } from "./word_builder.ts";

export interface WordReaderDeps {
  readonly reading: Reading;
  /** Reads commands up to the `)` that closes them, and gives what they would print if it is known. */
  readonly readSubstitution: (source: Source) => string | undefined;
  /** The same for commands that have a text of their own. */
  readonly readScript: (script: string) => string | undefined;
  /** Inside a function its arguments are not known; outside there are none. */
  readonly isInFunction: () => boolean;
}

/** Plain characters in one go. */
const PLAIN = /[^ \t\n;&|<>()"'`\\$~]+|~/y;
const PLAIN_IN_QUOTES = /[^"\\$`]+/y;
const NAME = /[A-Za-z_]\w*/y;

/** Reads the word that begins at `source`: none, one, or several where the shell makes several. */
export function readWord(source: Source, deps: WordReaderDeps): readonly Word[] {
  const builder = new WordBuilder();
  const start = source.at;
  while (!source.isAtEnd) {
    const plain = source.takeMatch(PLAIN);
    if (plain !== "") {
      const isFirst = source.at === start + plain.length;
      if (plain === "~" && isFirst) readTilde(source, builder, deps.reading);
      else if (plain === "~" && /[=:]/.test(source.peek(-2))) builder.addUnknown("~");
      else builder.addPlain(plain);
    } else if (!readMarked(source, builder, deps)) break;
  }
  return builder.finish();
}

/** At the beginning of a word: the home folder if it stands alone or before `/`. */
function readTilde(source: Source, builder: WordBuilder, reading: Reading): void {
  if (/^[+\d:-]/.test(source.peek())) return builder.addUnknown("~"); // Odd cases of bash.
  const isHome = /^[ \t\n;&|<>()/]?$/.test(source.peek());
  builder.addPlain(isHome ? reading.valueOf("HOME") ?? "~" : "~");
}

/** Reads one piece that begins with a mark; false when the word is over. */
function readMarked(source: Source, builder: WordBuilder, deps: WordReaderDeps): boolean {
  switch (source.peek()) {
    case "\\":
      source.at++;
      if (!source.take("\n")) builder.addQuoted(source.text.charAt(source.at++));
      return true;
    case "'":
      source.at++;
      builder.addQuoted(source.takeUntil("'"));
      return true;
    case '"':
      source.at++;
      readQuoted(source, builder, deps, '"');
      return true;
    case "`":
    case "$":
      readExpansion(source, builder, deps, { isQuoted: false });
      return true;
    case "<":
    case ">":
      if (source.peek(1) !== "(") return false;
      readProcess(source, builder, deps);
      return true;
    default:
      return false;
  }
}

/** Reads text in which only `$`, backticks and backslashes mean something, up to `end` and past it. */
function readQuoted(
  source: Source,
  builder: WordBuilder,
  deps: WordReaderDeps,
  end: '"' | "",
): void {
  const isArguments = /\$(?:@|\{@\})"/y; // Alone in quotation marks, no arguments are no word.
  isArguments.lastIndex = source.at;
  if (!isArguments.test(source.text)) builder.addQuoted("");
  for (;;) {
    const plain = source.takeMatch(PLAIN_IN_QUOTES);
    if (plain !== "") builder.addQuoted(plain);
    if (source.isAtEnd && end === "") return;
    if (source.isAtEnd) throw new ShellSyntaxError('it lacks a closing "');
    const mark = source.peek();
    if (mark === '"') {
      source.at++;
      if (end === '"') return;
      builder.addQuoted('"');
    } else if (mark === "\\") {
      const next = source.peek(1);
      source.at += 2;
      if (next !== "\n") builder.addQuoted(/["\\$`]/.test(next) ? next : `\\${next}`);
    } else readExpansion(source, builder, deps, { isQuoted: true });
  }
}

/** The text that a document within a script holds, with what runs in it. */
export function readDocument(source: Source, deps: WordReaderDeps): void {
  readQuoted(source, new WordBuilder(), deps, "");
}

interface Place {
  readonly isQuoted: boolean;
}

/** Reads what begins with `$` or a backtick. */
function readExpansion(
  source: Source,
  builder: WordBuilder,
  deps: WordReaderDeps,
  place: Place,
): void {
  deps.reading.nested(() => readNested(source, builder, deps, place));
}

function readNested(
  source: Source,
  builder: WordBuilder,
  deps: WordReaderDeps,
  place: Place,
): void {
  const start = source.at;
  const add = (value: string | undefined) =>
    addValue(value, source.text.slice(start, source.at), builder, place);
  if (source.take("`")) return add(readBackticks(source, deps));
  source.at++;
  if (source.take("((")) return add(readArithmetic(source, deps));
  if (source.take("(")) return add(deps.readSubstitution(source));
  if (source.take("{")) return add(readParameter(source, deps));
  if (!place.isQuoted && source.take("'")) {
    return builder.addQuoted(decodeEscapes(source.takeEscapedUntil("'")));
  }
  if (!place.isQuoted && source.take('"')) return readQuoted(source, builder, deps, '"');
  const name = source.takeMatch(NAME);
  if (name !== "") return add(deps.reading.valueOf(name));
  if (/[\d@*#?$!_-]/.test(source.peek())) return add(specialValue(source, deps));
  builder.addQuoted("$");
}

function addValue(
  value: string | undefined,
  written: string,
  builder: WordBuilder,
  { isQuoted }: Place,
): void {
  if (value === undefined) builder.addUnknown(written);
  else if (isQuoted && !/^\$(?:[@*]|\{\w+\[[@*]\]|\{[@*])/.test(written)) builder.addQuoted(value);
  else if (/^\$\w/.test(written)) builder.addNamed(value);
  else builder.addSplit(value);
}

/** `$1`, `$@`, `$?` and the like. A script on a command line has no arguments. */
function specialValue(
  source: Source,
  { reading, isInFunction }: WordReaderDeps,
): string | undefined {
  const name = source.peek();
  source.at++;
  if (name === "0") return reading.valueOf("0");
  return /[\d@*]/.test(name) && !isInFunction() ? reading.valueOf(name) ?? "" : undefined;
}

function readBackticks(source: Source, deps: WordReaderDeps): string | undefined {
  return deps.readScript(source.takeEscapedUntil("`").replace(/\\([$`\\])/g, "$1"));
}

/**
 * `$((…))`. What is no plain sum may be brackets within a substitution, and is read as commands. The
 * number is not known.
 */
function readArithmetic(source: Source, deps: WordReaderDeps): string | undefined {
  if (!isArithmetic(source)) {
    source.at--;
    return deps.readSubstitution(source);
  }
  for (let depth = 2; depth > 0;) {
    source.takeMatch(/[^()$]+/y);
    if (source.take("(")) depth++;
    else if (source.take(")")) depth--;
    else readExpansion(source, new WordBuilder(), deps, { isQuoted: true });
  }
  return undefined;
}

/** Whether `))` closes what begins here, and nothing in it could be a command. */
function isArithmetic(source: Source): boolean {
  let depth = 2;
  for (let at = source.at; at < source.text.length; at++) {
    const character = source.text.charAt(at);
    if (/["'`\\;\n]/.test(character)) return false;
    if (character === "(") depth++;
    if (character === ")" && --depth === 1) return source.text.charAt(at + 1) === ")";
  }
  return false;
}

/** `<(…)`, a file that holds what commands print. */
function readProcess(source: Source, builder: WordBuilder, deps: WordReaderDeps): void {
  const start = source.at;
  source.at += 2;
  deps.reading.nested(() => deps.readSubstitution(source));
  builder.addUnknown(source.text.slice(start, source.at));
}

/** `${NAME}`, `${NAME:-word}` and the like, after the brace. */
function readParameter(source: Source, deps: WordReaderDeps): string | undefined {
  const { reading } = deps;
  const mark = source.takeMatch(/[!#]?/y);
  const name = source.takeMatch(/[A-Za-z_]\w*|\d+|[@*#?$!-]/y);
  const isList = source.takeMatch(/\[[@*]\]/y) !== "" || /^[\d@*]$/.test(name);
  const value = isList && !deps.isInFunction()
    ? reading.valueOf(name) ?? ""
    : reading.valueOf(name);
  if (source.take("}")) return mark === "" ? value : undefined;
  const operator = source.takeMatch(/:?[-=+?]/y);
  const words = readBraced(source, deps);
  if (mark !== "" || !/[-=]$/.test(operator)) return undefined;
  if (value !== undefined && value !== "") return value;
  return words.every((word) => word.isKnown) ? words.map(({ text }) => text).join(" ") : undefined;
}

/** What stands in a parameter after its name, up to the closing brace and past it. */
function readBraced(source: Source, deps: WordReaderDeps): readonly Word[] {
  const builder = new WordBuilder();
  for (let depth = 1; depth > 0;) {
    builder.addQuoted(source.takeMatch(/[^{}"'`\\$]+/y));
    if (source.isAtEnd) throw new ShellSyntaxError("it lacks a closing }");
    if (source.take("{")) depth++;
    else if (source.take("}")) depth--;
    else readMarked(source, builder, deps);
  }
  return builder.finish();
}
