import type { LockHolder } from "../../runtime/lock_file.ts";
import { endGateway, type EndGatewayDeps } from "../gateway/end_gateway.ts";
import { callManager } from "./call_manager.ts";
import { findService, type FoundService } from "./find_service.ts";
import type { ServiceWorld } from "./service_world.ts";

export interface StopHolderDeps extends Pick<EndGatewayDeps, "clock" | "tell"> {
  readonly world: ServiceWorld;
}

/**
 * Ends the gateway that holds a lock. One that is a service is ended by its manager, which would
 * start it again otherwise; gives this service. @throws CannotStopError, ServiceCallError
 */
export async function stopHolder(
  holder: LockHolder,
  { world, clock, tell }: StopHolderDeps,
  signal: AbortSignal,
): Promise<FoundService | undefined> {
  const found = await findService(world, { home: holder.description, binary: undefined });
  const service = found?.state.pid === holder.pid ? found : undefined;
  const ask = service &&
    (() => callManager(world, service.manager, service.manager.stop(service.place)));
  const end = await endGateway(holder, { clock, tell, ask }, signal);
  if (end === "killed") tell(`The gateway did not end in time and was killed (pid ${holder.pid}).`);
  return service;
}
