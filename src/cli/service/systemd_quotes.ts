/** How texts are written in a unit file. Source: systemd.syntax(7), systemd.service(5). */

/** A text as one word, whatever it holds; for values that are split into words. */
export function quoteSystemd(text: string): string {
  if (/^[\w./:=-]+$/.test(text)) return text;
  const escaped = text.replaceAll("%", "%%").replaceAll(/[\\"\p{Cc}]/gu, escape);
  return `"${escaped}"`;
}

/** A program and its arguments: there `$` would be replaced as well, but in the path of the program. */
export function quoteSystemdCommand(argv: readonly [string, ...string[]]): string {
  const [program, ...rest] = argv;
  const quoted = rest.map((argument) => quoteSystemd(argument.replaceAll("$", "$$$$")));
  return [quoteSystemd(program), ...quoted].join(" ");
}

/** A path where systemd knows no quotes; `undefined` for one that cannot be written there. */
export function plainSystemdPath(path: string): string | undefined {
  if (/\p{Cc}|\\$|\s$/u.test(path)) return undefined;
  return path.replaceAll("%", "%%");
}

function escape(character: string): string {
  if (character === "\\" || character === '"') return `\\${character}`;
  return `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`;
}
