import type { Redact } from "../safety/redact.ts";

export interface PreviewOptions {
  /** All that the call was given, or what it is about. */
  readonly whole: boolean;
  /** Most characters. */
  readonly charsMax: number;
  readonly redact: Redact;
}

/** Arguments that say what a call is about; the first that is there counts. */
const TELLING_ARGUMENTS = [
  "command",
  "path",
  "pattern",
  "query",
  "url",
  "urls",
  "question",
  "goal",
  "target",
  "action",
  "name",
] as const;
/** How much longer it may be when all is shown. */
const WHOLE_FACTOR = 8;
/** What is looked through for secrets, and no more, before it is cut. */
const CHARS_READ_MAX = 10_000;

/** What a call was given, in one short line for people, without secrets; `""` when there is nothing to tell. */
export function callPreview(input: unknown, { whole, charsMax, redact }: PreviewOptions): string {
  const text = whole ? wholeText(input) : tellingText(input);
  // Secrets are taken out before it is cut: what is left of one would not be recognised.
  const line = redact(text.slice(0, CHARS_READ_MAX)).replaceAll(/\s+/g, " ").trim();
  return shorten(line.replaceAll("`", "'"), whole ? charsMax * WHOLE_FACTOR : charsMax);
}

function tellingText(input: unknown): string {
  if (typeof input !== "object" || input === null) return "";
  const values = input as Readonly<Record<string, unknown>>;
  for (const name of TELLING_ARGUMENTS) {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    const first = Array.isArray(value) ? value[0] : value;
    if (typeof first === "string" && first.trim() !== "") return first;
  }
  return "";
}

function wholeText(input: unknown): string {
  if (typeof input === "string") return input;
  const isEmpty = typeof input !== "object" || input === null || Object.keys(input).length === 0;
  return isEmpty ? "" : JSON.stringify(input);
}

function shorten(text: string, charsMax: number): string {
  const chars = [...text];
  return chars.length <= charsMax ? text : `${chars.slice(0, charsMax - 1).join("")}…`;
}
