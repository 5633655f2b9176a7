import { decodeEscapes } from "./decode_escapes.ts";
import type { ShellCommand } from "./syntax.ts";

/** What `echo` or `printf` prints; `undefined` for other commands, and when only the shell can know. */
export function printedBy(command: ShellCommand | undefined): string | undefined {
  if (command === undefined || command.redirects.length > 0) return undefined;
  if (!command.words.every(({ isKnown, isGlob }) => isKnown && !isGlob)) return undefined;
  const [name, ...rest] = command.words.map(({ text }) => text);
  if (name === "echo") {
    const first = rest.findIndex((word) => !/^-[neE]+$/.test(word));
    return first === -1 ? "" : decodeEscapes(rest.slice(first).join(" "));
  }
  return name === "printf" ? printFormat(rest) : undefined;
}

/** As `printf`: the format is used again until the words are used up. */
function printFormat([format = "", ...words]: readonly string[]): string {
  const waiting = [...words];
  let text = "";
  do {
    const before = waiting.length;
    text += decodeEscapes(format).replace(
      /%[-+ #0-9.]*[a-zA-Z%]/g,
      (mark) => mark.endsWith("%") ? "%" : decodeEscapes(waiting.shift() ?? ""),
    );
    if (waiting.length === before) break;
  } while (waiting.length > 0);
  return text;
}
