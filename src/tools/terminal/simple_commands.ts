import { readScript } from "../../safety/shell/read_script.ts";
import { Reading } from "../../safety/shell/reading.ts";
import { type ShellCommand, ShellSyntaxError } from "../../safety/shell/syntax.ts";

/** The simple commands of a command line, in order and without quotation marks. */
export function simpleCommands(commandLine: string): string[] {
  return commandsOf(commandLine)
    .map(({ words }) => words.map(({ text }) => text).join(" "))
    .map((command) => command.replace(/^(?:(?:sudo|exec|command)\s+)+/, ""))
    .filter((command) => command !== "");
}

/** Whether it leaves a program running behind it. */
export function startsInBackground(commandLine: string): boolean {
  return commandsOf(commandLine).some(({ isBackground }) => isBackground);
}

/** None of what no shell would run. */
function commandsOf(commandLine: string): readonly ShellCommand[] {
  try {
    return readScript(commandLine, new Reading({ userHome: "~", folders: ["."] })).flat();
  } catch (error) {
    if (error instanceof ShellSyntaxError) return [];
    throw error;
  }
}
