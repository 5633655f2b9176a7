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
  yield* visit([], root.entries, KNOWN, ORIGINAL);
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
 * The names in the environment that are settings of the original or misspellings of ours. About
 * others there is nothing to say: a container platform sets names like MATTERMOST_PORT by itself.
 */
export function* unknownInEnvironment(names: Iterable<string>): Generator<UnknownKey> {
  for (const key of names) {
    if (!OUR_PREFIX.test(key) || VARIABLES.includes(key)) continue;
    const meant = nearest(key, VARIABLES);
    const isOriginal = isOriginalVariable(key);
    if (!isOriginal && meant === undefined) continue;
    const predicate = isOriginal ? NOT_SUPPORTED_YET : unknownPredicate(meant);
    yield { key, line: undefined, predicate };
  }
}

const OUR_PREFIX = /^(?:MATTERMOST|GATEWAY|HERMES)_/;
/** Read by `resolveHome`, before there is a `.env`. */
const HOME_VARIABLE = "HERMES_HOME";
const VARIABLES = [HOME_VARIABLE, ...ALL_SETTINGS.flatMap((row) => row.env ?? [])];

/** Names and what may stand below them; `*` stands for any name and any list entry. */
interface KeyTree {
  /** Whether a key ends here, and not only begins. */
  isKey: boolean;
  readonly below: Map<string, KeyTree>;
}

const KNOWN_KEYS = ALL_SETTINGS
  .flatMap((row) => [
    row.key,
    ...(row.otherKeys ?? []),
    ...(row.keysBelow ?? []).map((below) => `${row.key}.${below}`),
  ])
  .concat(ORIGINAL_BOOKKEEPING);
const KNOWN = keyTree(KNOWN_KEYS);
const ORIGINAL = keyTree(ORIGINAL_KEYS);

function keyTree(keys: readonly string[]): KeyTree {
  const root: KeyTree = { isKey: false, below: new Map() };
  for (const key of keys) {
    const end = key.split(".").reduce((tree, name) => {
      const next = tree.below.get(name) ?? { isKey: false, below: new Map() };
      tree.below.set(name, next);
      return next;
    }, root);
    end.isKey = true;
  }
  return root;
}

function step(tree: KeyTree | undefined, name: string): KeyTree | undefined {
  return tree?.below.get(name) ?? tree?.below.get("*");
}

/** Looks at what stands below `path`, for which `known` and `original` have the names. */
function* visit(
  path: readonly string[],
  children: Iterable<readonly [name: string, value: RawValue]>,
  known: KeyTree,
  original: KeyTree | undefined,
): Generator<UnknownKey> {
  for (const [name, value] of children) {
    const here = [...path, name];
    const knownHere = step(known, name);
    const originalHere = original?.isKey ? original : step(original, name);
    const isSection = knownHere !== undefined && knownHere.below.size > 0;
    if (isSection && (value.kind === "map" || value.kind === "list")) {
      yield* visit(here, childrenOf(value), knownHere, originalHere);
    } else if (knownHere?.isKey !== true && !(isSection && value.kind === "empty")) {
      const predicate = isSection
        ? "is a single value and has no effect: indent the settings of this block below it"
        : originalHere?.isKey
        ? NOT_SUPPORTED_YET
        : unknownPredicate(nearestKey(here, known));
      yield { key: here.join("."), line: value.line, predicate };
    }
  }
}

function childrenOf(
  value: Extract<RawValue, { kind: "map" | "list" }>,
): Iterable<readonly [name: string, value: RawValue]> {
  return value.kind === "map"
    ? value.entries
    : value.items.map((item, index) => [String(index), item] as const);
}

/** The setting a path was meant to be: one of the same block, or of that name in another block. */
function nearestKey(path: readonly string[], block: KeyTree): string | undefined {
  const name = path.at(-1) ?? "";
  const sibling = nearest(name, [...block.below.keys()].filter((each) => each !== "*"));
  if (sibling !== undefined) return [...path.slice(0, -1), sibling].join(".");
  const elsewhere = KNOWN_KEYS.filter((key) => !key.includes("*"));
  const lastNames = elsewhere.map((key) => key.slice(key.lastIndexOf(".") + 1));
  const found = nearest(name, lastNames);
  return found === undefined ? undefined : elsewhere[lastNames.indexOf(found)];
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
