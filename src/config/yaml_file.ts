import type { Alias, Document, LineCounter, Node, ParsedNode, YAMLError } from "yaml";
import { expandVariables, type RawMap, rawText, type RawValue } from "./raw_value.ts";

/** Most values a config.yaml may hold, counting what aliases repeat. */
export const YAML_VALUES_MAX = 20_000;
/** Deepest nesting. */
export const YAML_DEPTH_MAX = 32;
/** Most syntax errors that are told of one file. */
const YAML_ERRORS_MAX = 10;

export type YamlFile =
  | { readonly kind: "parsed"; readonly root: RawMap; readonly warnings: readonly YamlRemark[] }
  | { readonly kind: "refused"; readonly problems: readonly YamlRemark[] };

/** Something about one line; `predicate` goes on after "FILE, line 3,". */
export interface YamlRemark {
  readonly line: number | undefined;
  readonly predicate: string;
}

/**
 * Reads config.yaml. As in the original, `${NAME}` in a value becomes what `variable` knows under
 * that name, and stays as it is (with a warning) when it knows none.
 */
export async function parseYaml(
  text: string,
  variable: (name: string) => string | undefined,
): Promise<YamlFile> {
  const yaml = await import("yaml"); // Only here: most of the time it would cost is saved at start.
  const lines = new yaml.LineCounter();
  const document = parseDocument(yaml, text, lines);
  if (document === undefined) return refused("is nested too deeply: keep to settings");
  if (document.errors.length > 0) {
    const problems = document.errors.slice(0, YAML_ERRORS_MAX)
      .map((error) => describeError(error, lines));
    return { kind: "refused", problems };
  }
  const reader = new TreeReader(yaml, lines, variable);
  const root = reader.read(document.contents);
  if (reader.limit !== undefined) return refused(reader.limit);
  if (reader.problems.length > 0) return { kind: "refused", problems: reader.problems };
  if (root.kind === "map") return { kind: "parsed", root, warnings: reader.warnings };
  if (root.kind !== "empty") return refused("is not a list of settings: write key: value lines");
  const empty: RawMap = { kind: "map", entries: new Map(), line: undefined };
  return { kind: "parsed", root: empty, warnings: [] };
}

type Yaml = typeof import("yaml");

/** The document, or `undefined` when its nesting exhausts the stack. */
function parseDocument(
  yaml: Yaml,
  text: string,
  lines: LineCounter,
): Document.Parsed | undefined {
  try {
    return yaml.parseDocument<ParsedNode>(text, {
      lineCounter: lines,
      prettyErrors: false, // They quote the file, which may hold secrets.
      uniqueKeys: false, // Looking for duplicates takes the square of the number of keys.
      schema: "failsafe", // Every scalar is text; the parsers of the settings know what it means.
      customTags: ["null"],
      logLevel: "error", // With "silent" a second document would be dropped unsaid.
    });
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

const UNKNOWN_ALIAS = "names an alias that does not exist: quote a value that begins with *";

/** What people get wrong most, in our words: the library's may quote the file. */
const ERROR_WORDS: Readonly<Partial<Record<YAMLError["code"], string>>> = {
  BAD_ALIAS: UNKNOWN_ALIAS,
  BAD_INDENT: "is not indented like its neighbours: give it the same number of spaces",
  BAD_SCALAR_START: "has a value that begins with a reserved character: put it in quotation marks",
  BLOCK_AS_IMPLICIT_KEY: "has two keys on one line: put each on a line of its own",
  MISSING_CHAR: "lacks a quotation mark, a bracket or a comma: add it",
  MULTILINE_IMPLICIT_KEY: "is not key: value: add the colon and a space after it",
  MULTIPLE_DOCS: "begins a second document: delete the line ---",
  TAB_AS_INDENT: "is indented with a tab: use spaces",
};

function describeError(error: YAMLError, lines: LineCounter): YamlRemark {
  const { line, col } = lines.linePos(error.pos[0]);
  const words = ERROR_WORDS[error.code] ?? "is not valid YAML: check the line and the one above it";
  return { line, predicate: `column ${col}, ${words}` };
}

/** Walks the document once and keeps a line for every value. */
class TreeReader {
  readonly warnings: YamlRemark[] = [];
  readonly problems: YamlRemark[] = [];
  /** Set when a limit was reached, and then what was read is not to be used. */
  limit: string | undefined;
  #values = 0;
  readonly #anchors = new Map<string, Node>();
  readonly #yaml: Yaml;
  readonly #lines: LineCounter;
  readonly #variable: (name: string) => string | undefined;

  constructor(yaml: Yaml, lines: LineCounter, variable: (name: string) => string | undefined) {
    this.#yaml = yaml;
    this.#lines = lines;
    this.#variable = variable;
  }

  read(node: unknown, depth = 0): RawValue {
    const { isAlias, isMap, isNode, isScalar, isSeq } = this.#yaml;
    if (!isNode(node) || this.#isOverLimit(depth)) return { kind: "empty", line: undefined };
    const line = this.#lineOf(node);
    if (isAlias(node)) {
      const target = this.#anchors.get(node.source);
      if (target === undefined) this.problems.push({ line, predicate: UNKNOWN_ALIAS });
      return this.read(target, depth + 1);
    }
    if (node.anchor !== undefined) this.#anchors.set(node.anchor, node);
    if (isMap(node)) {
      const entries = new Map<string, RawValue>();
      for (const pair of node.items) this.#readPair(pair, entries, depth);
      return { kind: "map", entries, line };
    }
    if (isSeq(node)) {
      return { kind: "list", items: node.items.map((item) => this.read(item, depth + 1)), line };
    }
    if (isScalar(node) && typeof node.value === "string") return this.#expand(node.value, line);
    return { kind: "empty", line };
  }

  #isOverLimit(depth: number): boolean {
    this.#values++;
    if (depth > YAML_DEPTH_MAX) this.limit = "is nested too deeply: keep to settings";
    if (this.#values > YAML_VALUES_MAX) {
      this.limit = `holds more than ${YAML_VALUES_MAX} values: keep to settings`;
    }
    return this.limit !== undefined;
  }

  #readPair(
    pair: { key: unknown; value: unknown },
    entries: Map<string, RawValue>,
    depth: number,
  ): void {
    const { isNode, isScalar } = this.#yaml;
    const line = isNode(pair.key) ? this.#lineOf(pair.key) : undefined;
    if (!isScalar(pair.key) || typeof pair.key.value !== "string") {
      this.warnings.push({ line, predicate: "has a key that is not a word and has no effect" });
      return;
    }
    const key = pair.key.value;
    const earlier = entries.get(key);
    if (earlier !== undefined) {
      const place = earlier.line === undefined ? "" : `, after line ${earlier.line}`;
      const predicate = `sets ${key} once more${place}: the last one counts, keep one`;
      this.warnings.push({ line, predicate });
    }
    // The line of the key is where a person looks, also when the value begins below it.
    entries.set(key, { ...this.read(pair.value, depth + 1), line });
  }

  #expand(text: string, line: number | undefined): RawValue {
    const { expanded, missing } = expandVariables(rawText(text, line), this.#variable);
    for (const reference of missing) {
      this.warnings.push({
        line,
        predicate: `names ${reference}, which is not set: set it in .env`,
      });
    }
    return expanded;
  }

  #lineOf(node: Node | Alias): number | undefined {
    return node.range ? this.#lines.linePos(node.range[0]).line : undefined;
  }
}

function refused(predicate: string): YamlFile {
  return { kind: "refused", problems: [{ line: undefined, predicate }] };
}
