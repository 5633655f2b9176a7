import type { Document, Pair, ParsedNode, YAMLMap } from "yaml";
import { HermesError } from "../errors.ts";

/** What can be written for a setting. */
export type YamlValue = string | number | boolean | readonly string[];
/** Changes by dotted path, e.g. `model.default`: the new value, or `undefined` to take it out. */
export type YamlChanges = Readonly<Record<string, YamlValue | undefined>>;

/** A config.yaml that cannot be changed as asked. */
export class YamlEditError extends HermesError {
  override readonly name = "YamlEditError";
  override readonly code = "config.yaml_write";

  constructor(path: string, reason: string) {
    super(`Cannot change ${path} in config.yaml: ${reason}`, { hint: "Edit the file by hand." });
  }
}

type Yaml = typeof import("yaml");

/** Spaces by which a block is indented when the file shows none. */
const INDENT_DEFAULT = 2;
/** `model: x` is short for this key in a block. */
const SHORT_FORMS: Readonly<Record<string, string>> = { model: "default" };

/**
 * The text of a config.yaml with `changes` made and every other line as it was: the library finds
 * the places, and only these are written. What comes out was read again and says what was meant.
 *
 * @throws YamlEditError for a file that is not valid, and for places that cannot be changed alone.
 */
export async function editYaml(text: string, changes: YamlChanges): Promise<string> {
  const yaml = await import("yaml");
  let edited = text;
  for (const [path, value] of Object.entries(changes)) {
    const before = parse(yaml, edited, path);
    const next = new YamlEditor(yaml, edited, path).apply(value);
    verify(before, parse(yaml, next, path), path, value);
    edited = next;
  }
  return edited;
}

function parse(yaml: Yaml, text: string, path: string): Document.Parsed {
  // As the settings are read: every scalar is text, and the last of equal keys counts.
  const document = yaml.parseDocument<ParsedNode>(text, {
    schema: "failsafe",
    customTags: ["null"],
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: "error",
  });
  const [error] = document.errors;
  if (error === undefined) return document;
  const line = text.slice(0, error.pos[0]).split("\n").length;
  throw new YamlEditError(path, `line ${line} is not valid YAML`);
}

/** One change of one text. */
class YamlEditor {
  readonly #yaml: Yaml;
  readonly #text: string;
  readonly #path: string;
  readonly #newline: string;

  constructor(yaml: Yaml, text: string, path: string) {
    this.#yaml = yaml;
    this.#text = text;
    this.#path = path;
    this.#newline = text.includes("\r\n") ? "\r\n" : "\n";
  }

  apply(value: YamlValue | undefined): string {
    const root = parse(this.#yaml, this.#text, this.#path).contents;
    const keys = this.#path.split(".");
    if (root === null || (this.#yaml.isScalar(root) && !root.value)) {
      return value === undefined
        ? this.#text
        : this.#insertLines(this.#text.length, 0, keys, value);
    }
    if (!this.#yaml.isMap(root)) throw this.#refusal("the file is not a list of settings");
    return this.#applyIn(root, keys, value);
  }

  #applyIn(map: YAMLMap, keys: readonly string[], value: YamlValue | undefined): string {
    const [key = "", ...below] = keys;
    const pair = findPair(map, key);
    if (pair === undefined) return value === undefined ? this.#text : this.#add(map, keys, value);
    if (below.length === 0) {
      return value === undefined ? this.#remove(map, pair) : this.#replace(map, pair, value);
    }
    const inner = pair.value;
    if (this.#yaml.isMap(inner)) {
      if (inner.items.length > 0) return this.#applyIn(inner, below, value);
      throw this.#refusal(`${key} is an empty {}`);
    }
    if (value === undefined) {
      const isShortForm = SHORT_FORMS[key] === below.join(".") && this.#yaml.isScalar(inner);
      return isShortForm && !isEmpty(inner) ? this.#remove(map, pair) : this.#text;
    }
    if (this.#yaml.isAlias(inner)) throw this.#refusal(`${key} is an alias`);
    if (isEmpty(inner)) {
      const at = this.#lineEnd(rangeOf(pair.key)[1]);
      return this.#insertLines(at, this.#indentOf(pair) + this.#indentStep(), below, value);
    }
    return this.#expandShortForm(map, pair, below, value);
  }

  /** Makes a block of `model: x`, with `x` under the name that it is short for. */
  #expandShortForm(
    map: YAMLMap,
    pair: Pair,
    below: readonly string[],
    value: YamlValue,
  ): string {
    const key = keyOf(pair);
    const long = SHORT_FORMS[key];
    if (long === undefined || !this.#yaml.isScalar(pair.value) || map.flow === true) {
      throw this.#refusal(`${key} is a single value`);
    }
    const [start, end] = rangeOf(pair.value);
    const keyEnd = this.#text.indexOf(":", rangeOf(pair.key)[1]) + 1;
    const indent = " ".repeat(this.#indentOf(pair) + this.#indentStep());
    const kept = `${long}: ${this.#text.slice(start, end)}`;
    const expanded = this.#text.slice(0, keyEnd) + this.#newline + indent + kept +
      this.#text.slice(end);
    return new YamlEditor(this.#yaml, expanded, `${key}.${below.join(".")}`).apply(value);
  }

  #replace(map: YAMLMap, pair: Pair, value: YamlValue): string {
    const { value: node } = pair;
    if (this.#yaml.isAlias(node)) throw this.#refusal("its value is an alias");
    if (this.#yaml.isNode(node) && node.anchor !== undefined) {
      throw this.#refusal("its value is used elsewhere by an alias");
    }
    const written = this.#write(value, map.flow === true);
    const keyEnd = this.#text.indexOf(":", rangeOf(pair.key)[1]) + 1;
    if (isEmpty(node)) return this.#splice(keyEnd, keyEnd, ` ${written}`);
    const isInline = isFlow(node) || (this.#yaml.isScalar(node) && !this.#isBlockText(node));
    if (isInline) return this.#splice(rangeOf(node)[0], rangeOf(node)[1], written);
    return this.#splice(keyEnd, this.#endOf(node), ` ${written}`);
  }

  #remove(map: YAMLMap, pair: Pair): string {
    if (map.flow === true) throw this.#refusal("it stands within { }");
    const start = this.#text.lastIndexOf("\n", rangeOf(pair.key)[0]) + 1;
    const lead = this.#text.slice(start, rangeOf(pair.key)[0]);
    if (lead.replace(/^\uFEFF/, "").trim() !== "") throw this.#refusal("it shares its line");
    const end = this.#lineEnd(this.#endOfPair(pair));
    const next = this.#text.indexOf("\n", end);
    const mark = lead.startsWith("\uFEFF") ? "\uFEFF" : "";
    return this.#splice(start, next === -1 ? this.#text.length : next + 1, mark);
  }

  #add(map: YAMLMap, keys: readonly string[], value: YamlValue): string {
    const last = map.items.at(-1);
    if (map.flow === true) {
      if (keys.length > 1 || last === undefined) throw this.#refusal("it would stand within { }");
      const written = `, ${keys[0]}: ${this.#write(value, true)}`;
      return this.#splice(this.#endOfPair(last), this.#endOfPair(last), written);
    }
    if (last === undefined) throw this.#refusal("there is no place for it");
    const at = this.#lineEnd(this.#endOfPair(last));
    return this.#insertLines(at, this.#indentOf(last), keys, value);
  }

  /** Puts `a:`, `  b: value` on lines of their own behind the line that ends at `at`. */
  #insertLines(at: number, indent: number, keys: readonly string[], value: YamlValue): string {
    const step = this.#indentStep();
    const lines = keys.map((key, depth) => {
      const isLast = depth === keys.length - 1;
      const written = isLast ? ` ${this.#write(value, false)}` : "";
      return `${" ".repeat(indent + depth * step)}${key}:${written}`;
    });
    const before = this.#text.slice(0, at);
    const isLineOpen = before !== "" && before !== "\uFEFF" && !before.endsWith("\n");
    const after = this.#text.slice(at);
    const end = after === "" ? this.#newline : "";
    return before + (isLineOpen ? this.#newline : "") + lines.join(this.#newline) + end + after;
  }

  #write(value: YamlValue, isInFlow: boolean): string {
    if (typeof value === "object") {
      return `[${value.map((item) => this.#scalar(item, true)).join(", ")}]`;
    }
    return typeof value === "string" ? this.#scalar(value, isInFlow) : String(value);
  }

  /** On one line, in quotation marks where it would be read as something else. */
  #scalar(text: string, isInFlow: boolean): string {
    if (text.trim() === "" || /[\r\n]/.test(text)) return JSON.stringify(text);
    if (isInFlow && /[,[\]{}]/.test(text)) return JSON.stringify(text);
    return this.#yaml.stringify(text, { lineWidth: 0, blockQuote: false, schema: "core" })
      .trimEnd();
  }

  #indentOf(pair: Pair): number {
    const start = rangeOf(pair.key)[0];
    const lineStart = this.#text.lastIndexOf("\n", start - 1) + 1;
    return this.#text.slice(lineStart, start).replace("\uFEFF", "").length;
  }

  /** As the first indented line of the file. */
  #indentStep(): number {
    const indented = this.#text.match(/^( +)[^\s#-]/m)?.[1];
    return indented?.length ?? INDENT_DEFAULT;
  }

  /** Where the line of `offset` ends, without its line end. */
  #lineEnd(offset: number): number {
    if (this.#text[offset - 1] === "\n") offset--; // A text block ends behind its last line.
    const newline = this.#text.indexOf("\n", offset);
    if (newline === -1) return this.#text.length;
    return this.#text[newline - 1] === "\r" ? newline - 1 : newline;
  }

  #endOfPair(pair: Pair): number {
    return isEmpty(pair.value) ? rangeOf(pair.key)[1] : this.#endOf(pair.value);
  }

  /** Where a value ends, without the comments and blank lines behind it. */
  #endOf(node: unknown): number {
    const { isMap, isSeq } = this.#yaml;
    if (isMap(node) && !node.flow) {
      const last = node.items.at(-1);
      if (last !== undefined) return this.#endOfPair(last);
    }
    if (isSeq(node) && !node.flow && node.items.length > 0) return this.#endOf(node.items.at(-1));
    const end = rangeOf(node)[1];
    return this.#isBlockText(node) ? this.#lineEnd(end) : end;
  }

  #isBlockText(node: unknown): boolean {
    return this.#yaml.isScalar(node) && /^BLOCK_/.test(node.type ?? "");
  }

  #splice(start: number, end: number, written: string): string {
    return this.#text.slice(0, start) + written + this.#text.slice(end);
  }

  #refusal(reason: string): YamlEditError {
    return new YamlEditError(this.#path, reason);
  }
}

/** The last pair of this key, which is the one that counts. */
function findPair(map: YAMLMap, key: string): Pair | undefined {
  return map.items.findLast((pair) => keyOf(pair) === key);
}

function keyOf(pair: Pair): string {
  const key = pair.key as { readonly value?: unknown } | null;
  return typeof key?.value === "string" ? key.value : "";
}

function rangeOf(node: unknown): readonly [start: number, end: number] {
  const range = (node as { readonly range?: readonly number[] | null } | null)?.range;
  const [start, end] = range ?? [];
  if (start === undefined || end === undefined) throw new Error("a node without a place");
  return [start, end];
}

function isFlow(node: unknown): boolean {
  return (node as { readonly flow?: boolean } | null)?.flow === true;
}

/** `key:` and nothing behind it. */
function isEmpty(node: unknown): boolean {
  if (node === null || node === undefined) return true;
  const { value, source, items } = node as { value?: unknown; source?: unknown; items?: unknown };
  return items === undefined && (value === null || value === "") && !source;
}

/** Reads both texts: the change is what was meant, and nothing else has changed. */
function verify(
  before: Document.Parsed,
  after: Document.Parsed,
  path: string,
  value: YamlValue | undefined,
): void {
  const keys = path.split(".");
  const [old, changed] = [before, after].map((document) => toPlain(document));
  const wanted = value === undefined
    ? undefined
    : typeof value === "object"
    ? value.map(String)
    : String(value);
  const found = valueAt(changed, keys);
  const isMeant = JSON.stringify(found) === JSON.stringify(wanted) ||
    (value === undefined && found === null);
  const rest = (root: unknown) => JSON.stringify(withoutPath(expandShort(root, keys), keys));
  if (isMeant && rest(old) === rest(changed)) return;
  throw new YamlEditError(path, "the file is written in a way that cannot be changed in one place");
}

function toPlain(document: Document.Parsed): unknown {
  return document.toJS({ maxAliasCount: 1_000 });
}

function valueAt(root: unknown, keys: readonly string[]): unknown {
  return keys.reduce<unknown>((value, key) => asMap(value)?.[key], root);
}

/** `model: x` as the block that it is short for, if that is what is to be changed. */
function expandShort(root: unknown, [first = ""]: readonly string[]): unknown {
  const map = asMap(root);
  const long = SHORT_FORMS[first];
  const value = map?.[first];
  return map === undefined || long === undefined || typeof value !== "string"
    ? root
    : { ...map, [first]: { [long]: value } };
}

/** Without the value of a path, and without the blocks that hold nothing else. */
function withoutPath(root: unknown, keys: readonly string[]): unknown {
  const map = asMap(root);
  const [key = "", ...below] = keys;
  if (map === undefined) return root ?? {};
  const inner = below.length === 0 ? undefined : withoutPath(map[key], below);
  const isLeft = below.length > 0 &&
    (asMap(inner) === undefined || Object.keys(inner ?? {}).length > 0);
  const { [key]: _, ...rest } = map;
  const entries = Object.entries(isLeft ? { ...rest, [key]: inner } : rest);
  return Object.fromEntries(entries.toSorted(([a], [b]) => a < b ? -1 : 1));
}

function asMap(value: unknown): Record<string, unknown> | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? value as Record<string, unknown>
    : undefined;
}
