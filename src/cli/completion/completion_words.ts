import { ALL_SETTINGS } from "../../config/settings.ts";
import { TOOLSETS } from "../../tools/toolsets.ts";
import type { CommandNode, OptionWord, ValueName } from "./command_tree.ts";

/** What can stand for an argument or for the value of an option. */
export type Values =
  | { readonly kind: "words"; readonly words: readonly string[] }
  | { readonly kind: "files" }
  | { readonly kind: "none" };

const NONE: Values = { kind: "none" };
const FILES: Values = { kind: "files" };
const KEYS = ALL_SETTINGS.map(({ key }) => key);

/** Values whose name in the help says what they are. */
const BY_NAME: ReadonlyMap<string, Values> = new Map<string, Values>([
  ["key", words(KEYS)],
  ["key=value", words(KEYS.map((key) => `${key}=`))],
  ["set", words(Object.keys(TOOLSETS))],
  ["file", FILES],
  ["folder", FILES],
  ["path", FILES],
]);

export function valuesOf({ name, choices }: ValueName): Values {
  return choices === undefined ? BY_NAME.get(name) ?? NONE : words(choices);
}

/** An option that takes a value, in one of its spellings. */
export interface ValueOption {
  /** Place and option, e.g. `gateway --set`. */
  readonly at: string;
  readonly values: Values;
}

export function valueOptions(nodes: readonly CommandNode[]): readonly ValueOption[] {
  return nodes.flatMap(({ path, options }) =>
    options.flatMap((option) => {
      const { value } = option;
      if (value === undefined) return [];
      const values = valuesOf(value);
      return spellings(option).map((spelling) => ({ at: `${path} ${spelling}`, values }));
    })
  );
}

function spellings({ name, short }: OptionWord): string[] {
  return short === undefined ? [name] : [name, short];
}

/** Every place but the first. */
export function placesOf(nodes: readonly CommandNode[]): readonly string[] {
  return nodes.map(({ path }) => path).filter((path) => path !== "");
}

function words(words: readonly string[]): Values {
  return { kind: "words", words };
}
