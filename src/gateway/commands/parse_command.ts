/** What a person typed as a command, such as `!approve session`. */
export interface TypedCommand {
  /** In lower case. */
  readonly name: string;
  /** What follows the name, without spaces around it; `""` when nothing does. */
  readonly args: string;
}

/**
 * `!` as Mattermost leaves it alone, and `/` for those who get it past the web app, which takes a
 * slash at the very start for one of its own commands. `！` is what a Chinese keyboard writes.
 */
const COMMAND = /^ {0,3}[!/！]([a-z][a-z0-9_-]*)(?:\s+([\s\S]*))?$/i;

/** The command that a text is, if it begins with one; what stands in code or further on is none. */
export function parseCommand(text: string): TypedCommand | undefined {
  const [, name, args = ""] = text.match(COMMAND) ?? [];
  return name === undefined ? undefined : { name: name.toLowerCase(), args: args.trim() };
}
