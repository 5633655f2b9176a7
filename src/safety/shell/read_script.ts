import { followCommand } from "./follow_command.ts";
import { printedBy } from "./printed_text.ts";
import { readDocument, readWord, type WordReaderDeps } from "./read_word.ts";
import type { Reading } from "./reading.ts";
import { Source } from "./source.ts";
import {
  type Assignment,
  joinWords,
  type ShellCommand,
  ShellLimitError,
  ShellSyntaxError,
  type Word,
} from "./syntax.ts";

export type Pipeline = readonly ShellCommand[];

/**
 * Every command that `script` would or might run, pipeline by pipeline: in functions, loops, branches,
 * substitutions and documents as well. What a variable holds is put in where the script itself says
 * it.
 *
 * @throws ShellSyntaxError when it cannot be read for certain.
 */
export function readScript(script: string, reading: Reading): readonly Pipeline[] {
  reading.count(script.length);
  const pipelines: Pipeline[] = [];
  reading.nested(() => new ScriptReader(new Source(script), reading, pipelines, []).readList(""));
  return pipelines;
}

/** Where a list of commands ends: with the text, at a bracket, or with a branch of `case`. */
type ListEnd = "" | ")" | "esac";

/** The same as in `ShellCommand`, while it is read. */
interface Draft {
  readonly words: Word[];
  readonly assignments: Assignment[];
  readonly redirects: DraftRedirect[];
  opensGroup: boolean;
}

interface DraftRedirect {
  readonly operator: string;
  readonly target: Word;
  body: string;
}

/** A document of which the lines follow. */
interface Awaited {
  readonly redirect: DraftRedirect;
  readonly hasTabs: boolean;
  readonly isLiteral: boolean;
}

const SPACES = /(?:[ \t]|\\\n)+/y;
const WORD_END = "(?=[ \\t\\n;&|<>()]|$)";
/** Words that stand before a command and are none, or end something. */
const KEYWORD = new RegExp(
  `(?:if|then|elif|else|fi|while|until|do|done|esac|coproc|!|\\{|\\})${WORD_END}`,
  "y",
);
const ESAC = new RegExp(`esac${WORD_END}`, "y");
const COMPOUND = new RegExp(`(?:for|select|case|function|\\[\\[)${WORD_END}`, "y");
const REDIRECT = /(?:\d{1,5}|\{\w{1,40}\})?(?:<<<|<<-|<<|<>|<&|>>|>&|>\||<(?!\()|>(?!\())|&>>|&>/y;
const ASSIGNED = /[A-Za-z_]\w*(?:\[[^\]\n]*\])?\+?=/y;
const FUNCTION_MARK = /[ \t]*\([ \t]*\)/y;
/** Braces that are open at a time. */
const BRACES_MAX = 64;

class ScriptReader {
  readonly #source: Source;
  readonly #reading: Reading;
  readonly #pipelines: Pipeline[];
  readonly #deps: WordReaderDeps;
  /** For each open brace the function whose body it begins, or `""`. */
  readonly #braces: string[];
  /** The function whose body comes next. */
  #defined = "";
  #awaited: Awaited[] = [];

  constructor(
    source: Source,
    reading: Reading,
    pipelines: Pipeline[],
    functions: readonly string[],
  ) {
    this.#source = source;
    this.#reading = reading;
    this.#pipelines = pipelines;
    this.#braces = [...functions];
    this.#deps = {
      reading,
      readSubstitution: (from) => this.#readApart(from, ")"),
      readScript: (script) => {
        reading.count(script.length);
        return this.#readApart(new Source(script), "");
      },
      isInFunction: () => this.#functions().length > 0,
    };
  }

  /** Reads the commands up to `end` and past it; `esac` is left for `case`. */
  readList(end: ListEnd): void {
    for (;;) {
      this.#source.takeMatch(SPACES);
      if (this.#source.peek() === "#") this.#source.takeMatch(/[^\n]+/y);
      if (this.#source.isAtEnd) {
        if (end !== "") throw new ShellSyntaxError(`it lacks a closing ${end}`);
        return;
      }
      if (this.#source.take("\n")) this.#readDocuments();
      else if (end === ")" && this.#source.take(")")) return;
      else if (end === "esac" && this.#endsBranch()) return;
      else if (this.#source.takeMatch(/&&|\|\||[;&]/y) === "") this.#readPipeline();
    }
  }

  #endsBranch(): boolean {
    if (this.#source.takeMatch(/;;&|;;|;&/y) !== "") return true;
    const start = this.#source.at;
    const isEnd = this.#source.takeMatch(ESAC) !== "";
    this.#source.at = start;
    return isEnd;
  }

  #readPipeline(): void {
    const start = this.#source.at;
    const drafts = [this.#readCommand()];
    while (!this.#source.startsWith("||") && this.#source.takeMatch(/\|&?/y) !== "") {
      this.#skipLines();
      drafts.push(this.#readCommand());
    }
    if (this.#source.at === start) throw new ShellSyntaxError("it has a sign in the wrong place");
    const isBackground = this.#source.peek() === "&" && this.#source.peek(1) !== "&";
    const pipeline: ShellCommand[] = [];
    const facts = {
      pipeline,
      isBackground,
      functions: this.#functions(),
      folders: this.#reading.folders,
    };
    for (const [index, draft] of drafts.entries()) {
      this.#reading.countCommand();
      pipeline.push({ ...draft, ...facts, index });
    }
    this.#pipelines.push(pipeline);
    for (const draft of drafts) followCommand(draft, this.#reading);
  }

  /** Reads one command up to what ends it, with the brackets and loops that it may be. */
  #readCommand(): Draft {
    const draft: Draft = { words: [], assignments: [], redirects: [], opensGroup: false };
    for (;;) {
      this.#source.takeMatch(SPACES);
      const isFirst = draft.words.length === 0;
      if (this.#source.peek() === "#") this.#source.takeMatch(/[^\n]+/y);
      else if (/^[;|\n)]?$/.test(this.#source.peek()) || this.#isBackgroundMark()) return draft;
      else if (this.#source.peek() === "(") this.#readBrackets(draft);
      else if (this.#readRedirect(draft)) continue;
      else if (isFirst && (this.#readAssignment(draft) || this.#readKeyword(draft))) continue;
      else this.#readWords(draft);
    }
  }

  #isBackgroundMark(): boolean {
    return this.#source.peek() === "&" && this.#source.peek(1) !== ">";
  }

  #readWord(): readonly Word[] {
    const words = readWord(this.#source, this.#deps);
    this.#reading.countWords(words.length);
    return words;
  }

  #readWords(draft: Draft): void {
    const start = this.#source.at;
    draft.words.push(...this.#readWord());
    if (this.#source.at === start) throw new ShellSyntaxError("it has a sign in the wrong place");
    if (draft.words.length !== 1 || this.#source.takeMatch(FUNCTION_MARK) === "") return;
    this.#defined = draft.words.pop()?.text ?? "";
    this.#skipLines();
  }

  /** `( … )`, and `(( … ))`, which is read as if commands stood in it. */
  #readBrackets(draft: Draft): void {
    this.#source.at++;
    if (draft.words.at(-1)?.text.endsWith("=") === true) {
      draft.words.push(...this.#readArray()); // `declare NAME=( … )`
      return;
    }
    if (draft.words.length > 0) throw new ShellSyntaxError("it has a bracket in the wrong place");
    this.#within(() => this.#reading.nested(() => this.readList(")")));
  }

  /** Braces and brackets may be the body of the function that was named before them. */
  #within(work: () => void): void {
    this.#openBody();
    work();
    this.#braces.pop();
  }

  #openBody(): void {
    if (this.#braces.length >= BRACES_MAX) throw new ShellLimitError("it is nested too deeply");
    this.#braces.push(this.#defined);
    this.#defined = "";
  }

  #functions(): readonly string[] {
    return this.#braces.filter((name) => name !== "");
  }

  #readRedirect(draft: Draft): boolean {
    const mark = this.#source.takeMatch(REDIRECT);
    if (mark === "") return false;
    this.#source.takeMatch(SPACES);
    const operator = mark.replace(/^(?:\d+|\{\w+\})/, "");
    const start = this.#source.at;
    const target = joinWords(this.#readWord());
    const redirect = { operator, target, body: "" };
    draft.redirects.push(redirect);
    if (operator !== "<<" && operator !== "<<-") return true;
    const isLiteral = /["'\\]/.test(this.#source.text.slice(start, this.#source.at));
    this.#awaited.push({ redirect, hasTabs: operator === "<<-", isLiteral });
    return true;
  }

  #readAssignment(draft: Draft): boolean {
    const mark = this.#source.takeMatch(ASSIGNED);
    if (mark === "") return false;
    const name = mark.match(/^\w+/)?.[0] ?? "";
    const isWhole = name.length + 1 === mark.length;
    const value = joinWords(
      this.#source.take("(") ? this.#readArray() : this.#readWord(),
    );
    draft.assignments.push({ name, value: { ...value, isKnown: value.isKnown && isWhole } });
    return true;
  }

  #readArray(): readonly Word[] {
    const words: Word[] = [];
    for (;;) {
      this.#skipLines();
      if (this.#source.take(")")) return words;
      const start = this.#source.at;
      words.push(...this.#readWord());
      if (this.#source.at === start) throw new ShellSyntaxError("it lacks a closing )");
    }
  }

  /** Reads a word of the shell's own, with what belongs to it; the command goes on after it. */
  #readKeyword(draft: Draft): boolean {
    const keyword = this.#source.takeMatch(KEYWORD);
    if (/^(?:\{|if|while|until)$/.test(keyword)) draft.opensGroup = true;
    if (keyword === "{") this.#openBody();
    if (keyword === "}") this.#braces.pop();
    if (keyword !== "") return true;
    const compound = this.#source.takeMatch(COMPOUND);
    if (/^(?:for|select|case)$/.test(compound)) draft.opensGroup = true;
    switch (compound) {
      case "for":
      case "select":
        this.#readLoop();
        return true;
      case "case":
        this.#readCase();
        return true;
      case "function":
        this.#source.takeMatch(SPACES);
        this.#defined = joinWords(this.#readWord()).text;
        this.#source.takeMatch(FUNCTION_MARK);
        this.#skipLines();
        return true;
      case "[[":
        this.#readTest();
        return true;
      default:
        return false;
    }
  }

  /** `for NAME in words`. With one word the variable is known. */
  #readLoop(): void {
    this.#source.takeMatch(SPACES);
    const name = this.#source.takeMatch(/[A-Za-z_]\w*/y);
    if (name === "") return; // `for ((…))`
    this.#skipLines();
    const words: Word[] = [];
    if (this.#source.takeMatch(/in(?=[ \t\n;&|<>()]|$)/y) === "") {
      return this.#reading.assign(name, undefined);
    }
    for (;;) {
      this.#source.takeMatch(SPACES);
      const start = this.#source.at;
      words.push(...this.#readWord());
      if (this.#source.at === start) break;
    }
    const only = words.length === 1 && words[0]?.isKnown === true && !words[0].isGlob;
    this.#reading.assign(name, only ? words[0]?.text : undefined);
  }

  #readCase(): void {
    this.#source.takeMatch(SPACES);
    this.#readWord();
    this.#skipLines();
    if (this.#source.takeMatch(/in(?=[ \t\n])/y) === "") {
      throw new ShellSyntaxError("its case has no in");
    }
    for (;;) {
      this.#skipLines();
      if (this.#source.takeMatch(ESAC) !== "") return;
      this.#source.take("(");
      this.#readPatterns();
      this.#reading.nested(() => this.readList("esac"));
    }
  }

  /** The patterns of a branch, up to the bracket and past it. */
  #readPatterns(): void {
    for (;;) {
      this.#source.takeMatch(SPACES);
      if (this.#source.take(")")) return;
      const start = this.#source.at;
      if (!this.#source.take("|")) this.#readWord();
      if (this.#source.at === start) throw new ShellSyntaxError("its case has no pattern");
    }
  }

  /** `[[ … ]]`, where signs compare and do not redirect. */
  #readTest(): void {
    for (;;) {
      this.#skipLines();
      if (this.#source.takeMatch(/\]\](?=[ \t\n;&|<>()]|$)/y) !== "") return;
      if (this.#source.takeMatch(/[<>&|()](?!\()/y) !== "") continue;
      const start = this.#source.at;
      this.#readWord();
      if (this.#source.at === start) throw new ShellSyntaxError("it lacks a closing ]]");
    }
  }

  /** Skips spaces, ends of lines and comments. */
  #skipLines(): void {
    for (;;) {
      if (this.#source.takeMatch(SPACES) !== "") continue;
      if (this.#source.peek() === "#") this.#source.takeMatch(/[^\n]+/y);
      else if (this.#source.take("\n")) this.#readDocuments();
      else return;
    }
  }

  /** Reads the lines of the documents that the line before has named. */
  #readDocuments(): void {
    for (const { redirect, hasTabs, isLiteral } of this.#awaited.splice(0)) {
      redirect.body = readLines(this.#source, redirect.target.text, hasTabs);
      if (isLiteral) continue;
      const document = new Source(redirect.body);
      this.#reading.count(redirect.body.length);
      this.#reading.nested(() => readDocument(document, this.#deps));
    }
  }

  /** Reads a list of its own, and gives what it would print if that is known. */
  #readApart(source: Source, end: ListEnd): string | undefined {
    const pipelines: Pipeline[] = [];
    new ScriptReader(source, this.#reading, pipelines, this.#functions()).readList(end);
    for (const pipeline of pipelines) this.#pipelines.push(pipeline);
    const [only] = pipelines;
    return pipelines.length === 1 && only?.length === 1 ? printedBy(only[0]) : undefined;
  }
}

/** The lines up to the one that is `end`, or to the end of the text, as the shell takes them. */
function readLines(source: Source, end: string, hasTabs: boolean): string {
  const start = source.at;
  while (!source.isAtEnd) {
    const lineStart = source.at;
    const line = source.takeMatch(/[^\n]*/y);
    source.take("\n");
    if ((hasTabs ? line.replace(/^\t+/, "") : line) === end) {
      return source.text.slice(start, lineStart);
    }
  }
  return source.text.slice(start);
}
