import { EXIT } from "../exit_codes.ts";
import { loadReadyConfig } from "../gateway/load_ready_config.ts";
import { readLockHolder } from "../../runtime/lock_file.ts";
import { findService } from "./find_service.ts";
import { installService, planService } from "./install_service.ts";
import type { ServiceContext } from "./service_context.ts";
import { SERVICE_ENVIRONMENT, startGatewayOf, tellOutcome } from "./start_command.ts";
import { stopGateway } from "./stop_command.ts";

export interface InstallCommandOptions {
  readonly runAs: string | undefined;
  readonly force: boolean;
  /** Whether only to show what would be written. */
  readonly prints: boolean;
  readonly starts: boolean;
}

/** `hermes gateway install`: has the gateway run from now on, and after each start of the machine. */
export async function installCommand(
  context: ServiceContext,
  { prints, starts, ...options }: InstallCommandOptions,
): Promise<number> {
  const { home, io, paths, world } = context;
  const ready = await loadReadyConfig({ home, environment: SERVICE_ENVIRONMENT, flags: {} }, io);
  if (ready === undefined) return EXIT.config;
  const install = { ...options, drainMs: ready.config.gateway.drainMs };
  const planned = await planService(context, install);
  if (prints) {
    io.out(planned.text.trimEnd());
    return EXIT.ok;
  }
  const { isChanged } = await installService(context, planned, install);
  if (!starts) return EXIT.ok;
  const found = await findService(world, context);
  const holder = await readLockHolder(paths.gatewayLockFile);
  if (holder !== undefined && holder.pid === found?.state.pid && !isChanged) {
    io.out(`The gateway runs already (pid ${holder.pid}).`);
    return EXIT.ok;
  }
  // One that was started in another way makes room; the service is started anew as it is now.
  await stopGateway(context, found);
  return tellOutcome(context, await startGatewayOf(context, found));
}
