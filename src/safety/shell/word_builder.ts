import { expandBraces } from "./expand_braces.ts";
import { ShellLimitError, type Word } from "./syntax.ts";

/** Private characters that stand in a word while it is made: where it is split, and for `""`. */
const SPLIT = "\u{f0000}";
const EMPTY = "\u{f0001}";
/** Signs of braces that stand for themselves, with what stands for them meanwhile. */
const GUARDED: readonly [sign: string, guard: string][] = [
  ["{", "\u{f0002}"],
  ["}", "\u{f0003}"],
  [",", "\u{f0004}"],
  ["..", "\u{f0005}"],
];

/** Puts a word together from its parts, or several where the shell makes several of it. */
export class WordBuilder {
  #text = "";
  #bare = "";
  #isKnown = true;
  #isGlob = false;
  #hasBraces = false;
  #hasOpenName = false;

  /** Text in quotation marks, or after a backslash. */
  addQuoted(text: string): void {
    this.#add(text === "" ? EMPTY : guard(text));
  }

  /** Text as it stands, in which patterns and braces mean something. */
  addPlain(text: string): void {
    this.#add(text);
    if (/[*?[]/.test(text)) this.#isGlob = true;
    if (text.includes("{")) this.#hasBraces = true;
  }

  /** The known value of a variable outside of quotation marks, which is split at spaces. */
  addSplit(value: string): void {
    this.#add(guard(value.replace(/\s+/g, SPLIT)));
    if (/[*?[]/.test(value)) this.#isGlob = true;
  }

  /** The same for `$NAME`, of which braces beside it may make another name. */
  addNamed(value: string): void {
    this.#hasOpenName = true;
    this.addSplit(value);
  }

  /** What only the shell can know, as it is written. */
  addUnknown(source: string): void {
    this.#text += guard(source);
    this.#bare += EMPTY;
    this.#isKnown = false;
  }

  /** Braces come first and splitting after, as in the shell. */
  finish(): readonly Word[] {
    const texts = this.#split(this.#text);
    const isOdd = this.#hasOpenName || !isBalanced(this.#text);
    if (this.#hasBraces && isOdd) this.#isKnown = false;
    const bares = this.#isKnown ? texts : this.#split(this.#bare);
    return texts.map((text, index) => {
      return { text, bare: bares[index] ?? "", isKnown: this.#isKnown, isGlob: this.#isGlob };
    });
  }

  #add(text: string): void {
    this.#text += text;
    this.#bare += text;
  }

  #split(text: string): readonly string[] {
    const words = this.#hasBraces ? expandBraces(text) : [text];
    if (words === undefined) throw new ShellLimitError("it has braces that stand for many words");
    return words.flatMap((word) => word.split(SPLIT)).filter((word) => word !== "")
      .map((word) => unguard(word.replaceAll(EMPTY, "")));
  }
}

/** Of braces that do not fit each other, shells make what nobody expects. */
function isBalanced(text: string): boolean {
  return text.split("{").length === text.split("}").length;
}

function guard(text: string): string {
  if (!/[{},.]/.test(text)) return text;
  return GUARDED.reduce((rest, [sign, guard]) => rest.replaceAll(sign, guard), text);
}

function unguard(text: string): string {
  if (!text.includes("\u{f0002}"[0] ?? "")) return text;
  return GUARDED.reduce((rest, [sign, guard]) => rest.replaceAll(guard, sign), text);
}
