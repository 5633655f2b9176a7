import process from "node:process";
import { homePaths, resolveHome } from "../../config/paths.ts";
import { HermesError } from "../../errors.ts";
import { checkWritable } from "../../runtime/check_writable.ts";
import { systemClock } from "../../runtime/clock.ts";
import { readLockHolder } from "../../runtime/lock_file.ts";
import { systemRandom } from "../../runtime/random.ts";
import { chooseConfiguredModel } from "../compose.ts";
import { EXIT } from "../exit_codes.ts";
import type { CliIo } from "../io.ts";
import { renderError, sentence } from "../render_error.ts";
import { openDraft } from "../setup/draft.ts";
import { askModel } from "../setup/model_question.ts";
import { createPlainPrompter } from "../setup/plain_prompter.ts";
import { type Prompter, SetupCancelledError } from "../setup/prompter.ts";
import type { SetupAnswers } from "../setup/setup_options.ts";
import { openTerminalPrompter } from "../setup/terminal_prompter.ts";
import { writeAnswers } from "../setup/write_answers.ts";
import { modelLines } from "./show_model.ts";

/** What the command line says of the model. */
export interface ModelFlags {
  readonly model?: string;
  readonly provider?: string;
  readonly baseUrl?: string;
  /** Whether the model is asked one short thing before it is written. */
  readonly check: boolean;
}

const NOTHING_GIVEN: SetupAnswers = {
  url: undefined,
  caFile: undefined,
  token: undefined,
  people: undefined,
  homeChannel: undefined,
  replyMode: undefined,
  provider: undefined,
  baseUrl: undefined,
  model: undefined,
  apiKey: undefined,
};

/** `hermes model` in a terminal: shows the model, and lets the person choose another. */
export async function pickModel(io: CliIo, signal: AbortSignal): Promise<number> {
  const streams = { input: process.stdin, output: process.stdout, clock: systemClock };
  using prompter = await openTerminalPrompter(streams, signal);
  return await changeModel({ check: true }, prompter, io, signal);
}

/** `hermes model set`: nobody is asked, and what does not answer is not written. */
export async function setModel(flags: ModelFlags, io: CliIo, signal: AbortSignal): Promise<number> {
  using prompter = createPlainPrompter(io.err, signal);
  return await changeModel(flags, prompter, io, signal);
}

async function changeModel(
  { check: isChecked, model, provider, baseUrl }: ModelFlags,
  prompter: Prompter,
  io: CliIo,
  signal: AbortSignal,
): Promise<number> {
  const { environment } = io;
  const home = resolveHome(environment);
  const paths = homePaths(home);
  try {
    await checkWritable(home);
    const { draft, problems } = await openDraft({ home, environment });
    const config = await draft.config();
    const current = chooseConfiguredModel(config);
    prompter.begin("The model of Hermes");
    for (const { message } of problems) prompter.say("warning", sentence(message));
    if (current.kind === "chosen") {
      if (prompter.isInteractive) prompter.page("It is now", modelLines(current, config));
    } else if (!prompter.isInteractive && provider === undefined && baseUrl === undefined) {
      io.err("No provider is set up yet: give --provider, or --base-url for a server of your own.");
      return EXIT.usage;
    }
    const context = {
      prompter,
      draft,
      environment,
      given: { ...NOTHING_GIVEN, model, provider, baseUrl },
      isChecked,
      clock: systemClock,
      random: systemRandom,
    };
    await askModel(context);
    const plan = await writeAnswers(context, { paths, isConfirmed: !prompter.isInteractive });
    const isRunning = await readLockHolder(paths.gatewayLockFile) !== undefined;
    prompter.end(
      isRunning && plan !== undefined && plan.lines.length > 0
        ? "The gateway takes it up when it is restarted: hermes gateway restart"
        : "Done.",
    );
    return EXIT.ok;
  } catch (error) {
    if (error instanceof SetupCancelledError || signal.aborted) {
      prompter.end("Nothing was changed.");
      return EXIT.cancelled;
    }
    if (!(error instanceof HermesError)) throw error;
    io.err(renderError(error));
    return error.code === "setup.malformed" ? EXIT.usage : EXIT.failure;
  }
}
