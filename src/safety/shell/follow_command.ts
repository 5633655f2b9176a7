import type { Reading } from "./reading.ts";
import type { Assignment, Word } from "./syntax.ts";

/** Builtins that set variables from words such as `NAME=value`. */
const DECLARING = new Set(["export", "declare", "typeset", "local", "readonly"]);
/** Builtins that set the variables whose names they are given. */
const FILLING = new Set(["read", "mapfile", "readarray", "getopts", "let", "printf", "unset"]);

/** Takes note of what a command changes for those after it: variables, and the folder. */
export function followCommand(
  { words, assignments }: {
    readonly words: readonly Word[];
    readonly assignments: readonly Assignment[];
  },
  reading: Reading,
): void {
  const [name, ...rest] = words.map(({ text }) => text);
  if (name === undefined) {
    for (const { name, value } of assignments) {
      reading.assign(name, value.isKnown ? value.text : undefined);
    }
    return;
  }
  if (DECLARING.has(name)) { for (const word of words.slice(1)) declare(word, reading); }
  if (FILLING.has(name)) { for (const each of rest) reading.assign(each, undefined); }
  if (name !== "cd" && name !== "pushd") return;
  const target = words.slice(1).find(({ text }) => !/^-./.test(text));
  if (target === undefined) reading.changeFolder(reading.valueOf("HOME") ?? "~");
  else if (target.isKnown) reading.changeFolder(target.text);
}

function declare({ text, isKnown }: Word, reading: Reading): void {
  const [, name, value] = text.match(/^(\w+)\+?=(.*)$/s) ?? [];
  if (name !== undefined) reading.assign(name, isKnown ? value : undefined);
}
