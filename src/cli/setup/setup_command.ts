import process from "node:process";
import { homePaths, resolveHome } from "../../config/paths.ts";
import { HermesError } from "../../errors.ts";
import { checkWritable } from "../../runtime/check_writable.ts";
import { systemClock } from "../../runtime/clock.ts";
import { listenForStopSignals } from "../../runtime/process_signals.ts";
import { systemRandom } from "../../runtime/random.ts";
import { EXIT } from "../exit_codes.ts";
import type { CliIo } from "../io.ts";
import { renderError, sentence } from "../render_error.ts";
import { openDraft } from "./draft.ts";
import { finishSetup } from "./finish_setup.ts";
import { type MissingFlag, missingFlags } from "./missing_flags.ts";
import { createPlainPrompter } from "./plain_prompter.ts";
import { SetupCancelledError } from "./prompter.ts";
import { runSetup } from "./run_setup.ts";
import { readFlags, type SetupFlags } from "./setup_flags.ts";
import { openTerminalPrompter } from "./terminal_prompter.ts";

/** Errors of the command line itself. */
const USAGE_CODES = ["setup.usage", "setup.malformed"];

/** `hermes gateway setup`: from nothing to settings that work. Gives the exit code. */
export async function runSetupCommand(flags: SetupFlags, io: CliIo): Promise<number> {
  const { environment } = io;
  const isInteractive = process.stdin.isTTY === true && io.outTerminal.isTty &&
    flags.json !== true;
  const streams = { input: process.stdin, output: process.stdout, clock: systemClock };
  const signals = listenForStopSignals(["SIGHUP"]);
  let isWritten = false;
  let end = io.err;
  try {
    const given = await readFlags(flags, { environment, input: process.stdin, isInteractive });
    const home = resolveHome(environment);
    await checkWritable(home); // Not at the end, when all has been asked.
    const { draft, problems } = await openDraft({ home, environment });
    const missing = isInteractive ? [] : missingFlags(given, await draft.config());
    if (missing.length > 0) {
      for (const line of missingLines(missing)) io.err(line);
      return EXIT.usage;
    }
    using prompter = isInteractive
      ? await openTerminalPrompter(streams, signals.stop)
      : createPlainPrompter(io.err, signals.stop);
    end = prompter.end;
    prompter.begin("Hermes setup");
    for (const { message } of problems) prompter.say("warning", sentence(message));
    const context = {
      prompter,
      draft,
      environment,
      given,
      isChecked: flags.check,
      clock: systemClock,
      random: systemRandom,
    };
    const paths = homePaths(home);
    const isConfirmed = flags.yes === true;
    const outcome = await runSetup(context, { paths, isConfirmed });
    if (outcome.kind === "unconfirmed") {
      io.err("Nothing was written: add --yes to write this.");
      return EXIT.usage;
    }
    isWritten = outcome.plan.lines.length > 0;
    const { greet: greets = false, installService: installsService = false } = flags;
    const report = await finishSetup(outcome, context, { home, io, greets, installsService });
    if (flags.json === true) io.out(JSON.stringify(report, undefined, 2));
    return report.gateway === "failed" ? EXIT.failure : EXIT.ok;
  } catch (error) {
    if (error instanceof SetupCancelledError || signals.stop.aborted) {
      end(isWritten ? "The settings are written; the rest was left out." : "Nothing was changed.");
      return EXIT.cancelled;
    }
    if (!(error instanceof HermesError)) throw error;
    io.err(renderError(error));
    return USAGE_CODES.includes(error.code) ? EXIT.usage : EXIT.failure;
  } finally {
    signals.dispose();
  }
}

function missingLines(missing: readonly MissingFlag[]): string[] {
  const width = Math.max(...missing.map(([flag]) => flag.length));
  return [
    "There is no terminal to ask in. What is missing:",
    ...missing.map(([flag, purpose]) => `  ${flag.padEnd(width)}  ${purpose}`),
    "Give these, or run hermes gateway setup in a terminal.",
  ];
}
