/** What the text of a call's arguments turns out to be. */
export type ReadArguments =
  | { readonly kind: "read"; readonly value: unknown }
  /** It ends in the middle: what is there may be half of what was meant. */
  | { readonly kind: "cut_off" }
  | { readonly kind: "malformed" };

/** A fence of Markdown around the whole. */
const FENCE = /^```(?:json)?\s*\n?([\s\S]*?)\n?```$/;

/**
 * Reads the arguments of a call, also where a model wrote them nearly as JSON: in a fence, with
 * commas at the end, names without quotes or in single ones, Python's constants, line breaks inside
 * of a text. It repairs only what can mean but one thing, and never closes what was left open.
 */
export function readArguments(written: string): ReadArguments {
  const text = (FENCE.exec(written.trim())?.[1] ?? written).trim();
  if (text === "") return { kind: "read", value: {} };
  try {
    return { kind: "read", value: JSON.parse(text) };
  } catch {
    return readNearlyJson(text);
  }
}

function readNearlyJson(text: string): ReadArguments {
  const repair = new Repair(text);
  const ending = repair.run();
  if (ending !== "whole") return { kind: ending };
  try {
    return { kind: "read", value: JSON.parse(repair.json) };
  } catch {
    return { kind: "malformed" };
  }
}

const CONSTANTS: Readonly<Record<string, string>> = { True: "true", False: "false", None: "null" };

/** Copies nearly JSON to JSON, once from left to right. */
class Repair {
  json = "";
  readonly #text: string;
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  run(): "whole" | "cut_off" | "malformed" {
    while (this.#at < this.#text.length) {
      const character = this.#text.charAt(this.#at);
      if (character === '"' || character === "'") {
        if (!this.#copyText(character)) return "cut_off";
        continue;
      }
      if (/[A-Za-z_]/.test(character)) this.#copyWord();
      else this.#copyMark(character);
      if (this.#depth < 0) return "malformed";
      if (this.#depth === 0 && this.#at < this.#text.length) return "malformed";
    }
    return this.#depth > 0 ? "cut_off" : "whole";
  }

  #copyMark(character: string): void {
    if ("{[".includes(character)) this.#depth++;
    if ("}]".includes(character)) {
      this.#depth--;
      this.json = this.json.replace(/,\s*$/, "");
    }
    this.json += character;
    this.#at++;
  }

  /** A name without quotes, or a constant. */
  #copyWord(): void {
    const word = /^\w+/.exec(this.#text.slice(this.#at))?.[0] ?? "";
    this.#at += word.length;
    const isName = /^\s*:/.test(this.#text.slice(this.#at));
    this.json += isName ? JSON.stringify(word) : CONSTANTS[word] ?? word;
  }

  /** A text in quotes, to its end; false when it has none. */
  #copyText(quote: string): boolean {
    this.json += '"';
    for (this.#at++; this.#at < this.#text.length; this.#at++) {
      const character = this.#text.charAt(this.#at);
      if (character === quote && (quote === '"' || this.#endsHere())) {
        this.json += '"';
        this.#at++;
        return true;
      }
      if (character === "\\") {
        const escaped = this.#text.charAt(++this.#at);
        this.json += escaped === "'" ? "'" : `\\${escaped}`;
      } else this.json += character === '"' ? '\\"' : escapeControl(character);
    }
    return false;
  }

  /** An apostrophe within a text in single quotes is followed by more of it. */
  #endsHere(): boolean {
    return /^\s*(?:[,:}\]]|$)/.test(this.#text.slice(this.#at + 1));
  }
}

function escapeControl(character: string): string {
  return character < " " ? JSON.stringify(character).slice(1, -1) : character;
}
