import process from "node:process";
import { confirm, isCancel, password } from "@clack/prompts";
import { listenForStopSignals } from "../../runtime/process_signals.ts";

/** Asks at the terminal for a text that is not shown; `undefined` when the person gives up. */
export async function askHidden(message: string): Promise<string | undefined> {
  const answer = await ask((common) => password({ ...common, message }));
  return typeof answer === "string" ? answer.trim() : undefined;
}

/** Asks at the terminal for a yes or no; giving up is a no. */
export async function askYesNo(message: string, initialValue: boolean): Promise<boolean> {
  return await ask((common) => confirm({ ...common, message, initialValue })) === true;
}

/** A signal, or the end of the terminal, is giving up: the terminal is left as it was found. */
async function ask<Answer>(
  prompt: (common: { output: NodeJS.WriteStream; signal: AbortSignal }) => Promise<Answer | symbol>,
): Promise<Answer | undefined> {
  const signals = listenForStopSignals(["SIGHUP"]);
  try {
    // On the error output: the other one is for what scripts read.
    const answer = await prompt({ output: process.stderr, signal: signals.stop });
    return isCancel(answer) ? undefined : answer as Answer; // The only symbol is that of giving up.
  } finally {
    signals.dispose();
  }
}
