import { homePaths } from "../../config/paths.ts";
import { HermesError } from "../../errors.ts";
import { readGatewayState } from "../../gateway/read_gateway_state.ts";
import { EXIT } from "../exit_codes.ts";
import type { CliIo } from "../io.ts";
import { installCommand } from "../service/install_command.ts";
import { knownManagers } from "../service/known_managers.ts";
import { openServiceContext, type ServiceContext } from "../service/service_context.ts";
import { startCommand } from "../service/start_command.ts";
import { restartCommand } from "../service/stop_command.ts";
import type { Prompter } from "./prompter.ts";
import { sayProblem } from "./settle.ts";

/** How the bot runs at the end of the setup. `failed` has been told. */
export type StartResult = "running" | "failed" | "not_started";

/** A way to have the new settings used. */
interface Way {
  readonly doing: string;
  readonly work: (service: ServiceContext) => Promise<number>;
}

const INSTALL: Way = {
  doing: "Making it a service",
  work: (service) =>
    installCommand(service, { runAs: undefined, force: false, prints: false, starts: true }),
};
const START: Way = { doing: "Starting it", work: startCommand };
const RESTART: Way = { doing: "Restarting it", work: restartCommand };

/** Has the bot run with the new settings, as far as the person wants it. */
export async function offerStart(
  prompter: Prompter,
  host: { readonly home: string; readonly io: CliIo; readonly installsService: boolean },
): Promise<StartResult> {
  if (host.installsService) return await takeWay(INSTALL, prompter, host.io);
  const isRunning = (await readGatewayState(homePaths(host.home))).kind === "running";
  if (!prompter.isInteractive) {
    if (isRunning) prompter.say("note", "A gateway runs: hermes gateway restart gives it these.");
    return isRunning ? "running" : "not_started";
  }
  if (isRunning) {
    const question = "A gateway runs with the settings of before. Restart it?";
    return await prompter.confirm(question, true) ? takeWay(RESTART, prompter, host.io) : "running";
  }
  const hasManager = await prompter.busy(
    "Looking at this machine",
    (signal) => hasServiceManager(host.io, signal),
  );
  const way = await prompter.choose<Way | undefined>({
    message: "Start the bot?",
    options: [
      ...(hasManager
        ? [{ value: INSTALL, label: "As a service", hint: "starts by itself from now on" }]
        : []),
      { value: START, label: "In the background", hint: "until this machine restarts" },
      { value: undefined, label: "Not now" },
    ],
  });
  return way === undefined ? "not_started" : await takeWay(way, prompter, host.io);
}

/** Does it, and shows afterwards what it had to say. */
async function takeWay({ doing, work }: Way, prompter: Prompter, io: CliIo): Promise<StartResult> {
  const told: string[] = [];
  const quiet = {
    ...io,
    out: (line: string) => told.push(line),
    err: (line: string) => told.push(line),
  };
  try {
    const exitCode = await prompter.busy(
      doing,
      async (signal) => await work(await openServiceContext({ system: false }, quiet, signal)),
    );
    prompter.say(exitCode === EXIT.ok ? "good" : "problem", told.join("\n"));
    return exitCode === EXIT.ok ? "running" : "failed";
  } catch (error) {
    if (!(error instanceof HermesError) || error.code === "setup.cancelled") throw error;
    for (const line of told) prompter.say("note", line);
    sayProblem({ problem: error.message, remedy: error.hint }, prompter);
    return "failed";
  }
}

async function hasServiceManager(io: CliIo, signal: AbortSignal): Promise<boolean> {
  const { world } = await openServiceContext({ system: false }, io, signal);
  const manager = knownManagers(world).find(({ scope }) => scope === "user");
  return manager !== undefined && manager.isAtWork(await world.call(manager.askAtWork));
}
