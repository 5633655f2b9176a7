import { nearest } from "./nearest.ts";
import { ORIGINAL_BOOKKEEPING, ORIGINAL_KEYS, ORIGINAL_VARIABLES } from "./original_keys.ts";
import type { RawMap, RawValue } from "./raw_value.ts";
import { ALL_SETTINGS } from "./settings.ts";

/** A name that sets nothing; `predicate` goes on after its name and place. */
export interface UnknownKey {
  readonly key: string;
  readonly line: number | undefined;
  readonly predicate: string;
}

const NOT_SUPPORTED_YET =
  "is a setting of the Python original that is not supported yet and has no effect";

/** Every key of config.yaml that no setting reads, each with what it may have been meant to be. */
export function* unknownKeys(root: RawMap): Generator<UnknownKey> {
  for (const [key, value] of root.entries) yield* visit([key], value);
}

/** The names in `.env` that look like settings of ours and are none. */
export function* unknownVariables(
  entries: Iterable<{ readonly name: string; readonly line: number }>,
): Generator<UnknownKey> {
  for (const { name: key, line } of entries) {
    const predicate = describeVariable(key);
    if (predicate !== undefined) yield { key, line, predicate };
  }
}

/**
 * The names in the environment that are misspellings of ours. Others are not: a container platform
 * sets variables like MATTERMOST_PORT by itself.
 */
export function* misspelledVariables(names: Iterable<string>): Generator<UnknownKey> {
  for (const key of names) {
    if (!OUR_PREFIX.test(key) || VARIABLES.includes(key) || isOriginalVariable(key)) continue;
    const meant = nearest(key, VARIABLES);
    if (meant !== undefined) yield { key, line: undefined, predicate: unknownPredicate(meant) };
  }
}

const OUR_PREFIX = /^(?:MATTERMOST|GATEWAY|HERMES)_/;
/** Read by `resolveHome`, before there is a `.env`. */
const HOME_VARIABLE = "HERMES_HOME";
const VARIABLES = [HOME_VARIABLE, ...ALL_SETTINGS.flatMap((row) => row.env ?? [])];

const KNOWN = ALL_SETTINGS
  .flatMap((row) => [
    row.key,
    ...(row.otherKeys ?? []),
    ...(row.keysBelow ?? []).map((below) => `${row.key}.${below}`),
  ])
  .concat(ORIGINAL_BOOKKEEPING)
  .map((key) => key.split("."));
const ORIGINAL = ORIGINAL_KEYS.map((key) => key.split("."));

function* visit(path: readonly string[], value: RawValue): Generator<UnknownKey> {
  const isSection = KNOWN.some((known) =>
    known.length > path.length && matches(known.slice(0, path.length), path)
  );
  if (isSection && (value.kind === "map" || value.kind === "list")) {
    const children = value.kind === "map"
      ? value.entries
      : value.items.map((item, index) => [String(index), item] as const);
    for (const [name, child] of children) yield* visit([...path, name], child);
    return;
  }
  if (KNOWN.some((known) => matches(known, path))) return;
  if (isSection && value.kind === "empty") return;
  yield { key: path.join("."), line: value.line, predicate: describeKey(path, isSection) };
}

function describeKey(path: readonly string[], isSection: boolean): string {
  if (isSection) {
    return "is a single value and has no effect: indent the settings of this block below it";
  }
  const isOriginal = ORIGINAL.some((known) => matches(known, path.slice(0, known.length)));
  return isOriginal ? NOT_SUPPORTED_YET : unknownPredicate(nearestKey(path));
}

/** Whether a path is the one that `pattern` describes, in which `*` stands for any name. */
function matches(pattern: readonly string[], path: readonly string[]): boolean {
  return pattern.length === path.length &&
    pattern.every((name, index) => name === "*" || name === path[index]);
}

/** The setting a path was meant to be: one of the same block, or of that name in another block. */
function nearestKey(path: readonly string[]): string | undefined {
  const block = path.slice(0, -1);
  const name = path.at(-1) ?? "";
  const siblings = KNOWN
    .filter((known) => known.length > block.length && matches(known.slice(0, block.length), block))
    .map((known) => known[block.length] ?? "");
  const sibling = nearest(name, siblings);
  if (sibling !== undefined) return [...block, sibling].join(".");
  const elsewhere = KNOWN.filter((known) => !known.includes("*"));
  const lastNames = elsewhere.map((known) => known.at(-1) ?? "");
  const found = nearest(name, lastNames);
  return found === undefined ? undefined : elsewhere[lastNames.indexOf(found)]?.join(".");
}

function describeVariable(name: string): string | undefined {
  if (name === HOME_VARIABLE) {
    return "has no effect in .env, which lies in that folder: set it in the environment";
  }
  if (VARIABLES.includes(name)) return undefined;
  if (isOriginalVariable(name)) return NOT_SUPPORTED_YET;
  return OUR_PREFIX.test(name) ? unknownPredicate(nearest(name, VARIABLES)) : undefined;
}

function isOriginalVariable(name: string): boolean {
  return ORIGINAL_VARIABLES.some((known) =>
    known.endsWith("*") ? name.startsWith(known.slice(0, -1)) : name === known
  );
}

function unknownPredicate(meant: string | undefined): string {
  return meant === undefined
    ? "is not a known setting and has no effect: delete it or look its name up in the README"
    : `is not a known setting and has no effect: did you mean ${meant}?`;
}
