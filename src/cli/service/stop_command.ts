import { readLockHolder } from "../../runtime/lock_file.ts";
import { EXIT } from "../exit_codes.ts";
import { callManager } from "./call_manager.ts";
import { findService, type FoundService } from "./find_service.ts";
import type { ServiceContext } from "./service_context.ts";
import { isReady, startGatewayOf, tellOutcome } from "./start_command.ts";
import { stopHolder } from "./stop_holder.ts";

/** `hermes gateway stop`: ends the gateway after the answers under way, however it was started. */
export async function stopCommand(context: ServiceContext): Promise<number> {
  const isStopped = await stopGateway(context, await findService(context.world, context));
  context.io.out(isStopped ? "The gateway has stopped." : "No gateway is running.");
  return EXIT.ok;
}

/** `hermes gateway restart`: starts it also when it does not run. */
export async function restartCommand(context: ServiceContext): Promise<number> {
  const found = await findService(context.world, context);
  if (!await isReady(context, found)) return EXIT.config;
  await stopGateway(context, found);
  return tellOutcome(context, await startGatewayOf(context, found));
}

/** False when there was nothing to stop. */
export async function stopGateway(
  context: ServiceContext,
  found: FoundService | undefined,
): Promise<boolean> {
  const { clock, io, paths, signal, world } = context;
  const holder = await readLockHolder(paths.gatewayLockFile);
  if (holder !== undefined) await stopHolder(holder, { world, clock, tell: io.err }, signal);
  // It may wait for its next try, or for another gateway to end.
  const isWaiting = found?.state.isActive === true && found.state.pid !== holder?.pid;
  if (isWaiting) await callManager(world, found.manager, found.manager.stop(found.place));
  return holder !== undefined || isWaiting;
}
