import { readLockHolder } from "../../runtime/lock_file.ts";
import { EXIT } from "../exit_codes.ts";
import { loadReadyConfig } from "../gateway/load_ready_config.ts";
import { sentence } from "../render_error.ts";
import { callManager } from "./call_manager.ts";
import { findService, type FoundService } from "./find_service.ts";
import type { ServiceContext } from "./service_context.ts";
import { ServiceError } from "./service_errors.ts";
import { startDetached } from "./start_detached.ts";
import { watchService } from "./watch_service.ts";
import { type StartOutcome, waitForStart } from "./wait_for_start.ts";

/** `hermes gateway start`: as a service if one is installed, else in the background. */
export async function startCommand(context: ServiceContext): Promise<number> {
  const found = await findService(context.world, context);
  if (!await isReady(context, found)) return EXIT.config;
  const holder = await readLockHolder(context.paths.gatewayLockFile);
  if (holder !== undefined) {
    context.io.err(`The gateway runs already (pid ${holder.pid}).`);
    return EXIT.failure;
  }
  return tellOutcome(context, await startGatewayOf(context, found));
}

/** What cannot work is told at once, and before anything else is stopped for it. */
export async function isReady(
  { home, io }: ServiceContext,
  found: FoundService | undefined,
): Promise<boolean> {
  const environment = found === undefined ? io.environment : SERVICE_ENVIRONMENT;
  return await loadReadyConfig({ home, environment, flags: {} }, io) !== undefined;
}

/** A service knows nothing of the variables of this shell. */
export const SERVICE_ENVIRONMENT = {};

/** Starts what does not run, and waits until it is connected or has failed. */
export async function startGatewayOf(
  context: ServiceContext,
  found: FoundService | undefined,
): Promise<StartOutcome> {
  const { binary, clock, world } = context;
  if (found !== undefined) {
    const startedAtMs = clock.nowMs();
    await callManager(world, found.manager, found.manager.start(found.place));
    return await waitForStart(context, watchService(context, found, startedAtMs));
  }
  if (binary === undefined) {
    const hint = "Build the program with deno task build, and run that.";
    throw new ServiceError("Cannot start a program in the background that runs from source", hint);
  }
  const child = await startDetached(context, binary);
  return await waitForStart(context, { isIt: (pid) => pid === child.pid, ended: child.ended });
}

/** Says how the start went, and gives the exit code. */
export function tellOutcome({ io }: ServiceContext, outcome: StartOutcome): number {
  switch (outcome.kind) {
    case "connected": {
      const { bot, pid, server } = outcome.status;
      io.out(`The gateway runs (pid ${pid}) and is connected to ${server} as @${bot?.username}.`);
      return EXIT.ok;
    }
    case "waiting": {
      const { lastProblem } = outcome.status ?? {};
      const why = lastProblem === undefined ? "" : ` ${sentence(lastProblem.message)}`;
      io.out(`The gateway runs, but it is not connected yet.${why}`);
      io.out("It goes on trying. To see how it gets on: hermes gateway status");
      return EXIT.ok;
    }
    case "failed":
      io.err("The gateway did not start.");
      io.err(outcome.reason);
      return outcome.exitCode === EXIT.config ? EXIT.config : EXIT.failure;
  }
}
