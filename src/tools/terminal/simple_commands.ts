/**
 * The simple commands of a command line, in order and without what stands in quotes: enough to tell
 * which programs it means to run. Not for safety: who wants to hide one can.
 */
export function simpleCommands(commandLine: string): string[] {
  return withoutQuoted(commandLine)
    .split(/\|\|?|&&|(?<![&>|<])&(?![&>])|[;\n(){}]/)
    .map((part) => part.trim().replace(BEFORE_PROGRAM, ""))
    .filter((part) => part !== "");
}

/** What may stand before the name of a program. */
const BEFORE_PROGRAM =
  /^(?:(?:[A-Za-z_]\w*=\S*|sudo|exec|command|time|if|then|elif|else|while|until|do|!)\s+)+/;

/** Whether it leaves a program running behind it. */
export function startsInBackground(commandLine: string): boolean {
  return /(?<![&>|<\\])&(?![&>])/.test(withoutQuoted(commandLine));
}

const QUOTED = new RegExp(
  [
    "\\\\[\\s\\S]", // An escaped character.
    "'[^']*'?",
    '"(?:[^"\\\\]|\\\\[\\s\\S])*"?',
    "(?<![^\\s;|&])#[^\\n]*", // A comment.
  ].join("|"),
  "g",
);
/** What stands up to the line that is the word alone is the input of a program. */
const HEREDOC = /(?<!<)<<-?(?!<)\s*(["']?)(\w+)\1/;

function withoutQuoted(commandLine: string): string {
  return withoutHeredocs(commandLine).replace(QUOTED, (quoted) => {
    if (quoted.startsWith("#")) return "";
    return quoted.startsWith("\\\n") ? " " : "_";
  });
}

function withoutHeredocs(commandLine: string): string {
  let end: string | undefined;
  return commandLine.split("\n").filter((line) => {
    if (end === undefined) {
      end = line.match(HEREDOC)?.[2];
      return true;
    }
    if (line.trim() === end) end = undefined;
    return false;
  }).join("\n");
}
