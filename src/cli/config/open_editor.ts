import { spawn } from "node:child_process";
import { once } from "node:events";
import { findProgram } from "../../runtime/find_program.ts";
import { listenForStopSignals } from "../../runtime/process_signals.ts";
import type { CliIo } from "../io.ts";

/** How a shell says that there is no such program. */
const NOT_FOUND = 127;

/** Opens a file in the person's editor, and waits until they close it. False when that failed. */
export async function openEditor(file: string, { environment, err }: CliIo): Promise<boolean> {
  const editor = await chooseEditor(environment);
  if (editor === undefined) {
    err("There is no editor: set EDITOR to the one that you use.");
    return false;
  }
  const { exitCode, signal } = await runAtTerminal(editor, file);
  if (exitCode === 0) return true;
  if (exitCode === NOT_FOUND) err(`There is no editor ${editor}: set EDITOR to one that is there.`);
  else err(`The editor ${editor} ended with ${signal ?? `exit code ${exitCode}`}.`);
  return false;
}

async function runAtTerminal(command: string, file: string) {
  const signals = listenForStopSignals(["SIGHUP"]); // Ctrl-C is for the editor, and ends nothing here.
  try {
    // As git does: the variable may hold options, so a shell takes it apart.
    const child = spawn("/bin/sh", ["-c", `${command} "$1"`, "sh", file], { stdio: "inherit" });
    const [exitCode, signal] = await once(child, "exit");
    return { exitCode, signal };
  } finally {
    signals.dispose();
  }
}

async function chooseEditor(
  { VISUAL = "", EDITOR = "", PATH = "" }: CliIo["environment"],
): Promise<string | undefined> {
  const chosen = [VISUAL, EDITOR].find((command) => command.trim() !== "");
  return chosen ?? await findProgram("nano", PATH) ?? await findProgram("vi", PATH);
}
