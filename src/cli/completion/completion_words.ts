import { ALL_SETTINGS } from "../../config/settings.ts";
import { TOOLSETS } from "../../tools/toolsets.ts";
import type { CommandNode } from "./command_tree.ts";

/** What can stand for an argument or the value of an option, by its name in the help. */
export type Values =
  | { readonly kind: "words"; readonly words: readonly string[] }
  | { readonly kind: "files" }
  | { readonly kind: "none" };

const KEYS = ALL_SETTINGS.map(({ key }) => key);

/** Values whose names say what they are. */
const VALUES: Readonly<Record<string, Values>> = {
  "key": { kind: "words", words: KEYS },
  "key=value": { kind: "words", words: KEYS.map((key) => `${key}=`) },
  "set": { kind: "words", words: Object.keys(TOOLSETS) },
  "shell": { kind: "words", words: ["bash", "zsh", "fish"] },
  "off|thread": { kind: "words", words: ["off", "thread"] },
  "level": { kind: "words", words: ["debug", "info", "warn", "error"] },
  "file": { kind: "files" },
  "dir": { kind: "files" },
  "path": { kind: "files" },
};

export function valuesNamed(name: string | undefined): Values {
  return VALUES[name ?? ""] ?? { kind: "none" };
}

/** What the arguments of a command can be. */
export function argumentValues({ argumentNames }: CommandNode): Values {
  const [known] = argumentNames.map(valuesNamed).filter(({ kind }) => kind !== "none");
  return known ?? { kind: "none" };
}
