import process from "node:process";
import { listenForStopSignals } from "../../runtime/process_signals.ts";
import { runDemoChat } from "./demo_chat.ts";
import { runDemoScript } from "./demo_script.ts";
import { EXIT } from "../exit_codes.ts";
import type { CliIo } from "../io.ts";

export interface DemoOptions {
  /** File with the conversation; `-` is the standard input. */
  readonly script?: string;
}

/** `hermes demo`: a workspace in memory and a bot in it, to talk to. Gives the exit code. */
export async function runDemoCommand(options: DemoOptions, io: CliIo): Promise<number> {
  const signals = listenForStopSignals(["SIGHUP"]);
  try {
    if (options.script !== undefined) return await runDemoScript(options.script, io, signals.stop);
    if (!io.outTerminal.isTty || process.stdin.isTTY !== true) {
      io.err("There is no terminal to chat in: give the conversation with --script FILE.");
      return EXIT.usage;
    }
    await runDemoChat(io, signals.stop);
    return EXIT.ok;
  } catch (error) {
    if (!signals.stop.aborted) throw error;
    return options.script === undefined ? EXIT.ok : EXIT.failure;
  } finally {
    signals.dispose();
  }
}
