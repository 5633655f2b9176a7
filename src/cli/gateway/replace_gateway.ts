import { stopHolder, type StopHolderDeps } from "../service/stop_holder.ts";
import { AlreadyRunningError, type GatewayOwner, takeGatewayLocks } from "./gateway_locks.ts";

/** One holds the home and another the token; whoever comes in between is the winner. */
const TRIES_MAX = 3;

/**
 * Takes the locks of this home and this token, and first ends whoever holds them.
 * @throws AlreadyRunningError, CannotStopError
 */
export async function replaceGateway(
  owner: GatewayOwner,
  deps: StopHolderDeps,
  signal: AbortSignal,
): Promise<AsyncDisposable> {
  for (let attempt = 1;; attempt++) {
    try {
      return await takeGatewayLocks(owner);
    } catch (error) {
      if (!(error instanceof AlreadyRunningError) || attempt === TRIES_MAX) throw error;
      deps.tell(`Stopping the gateway with pid ${error.holder.pid}, to take its place.`);
      const service = await stopHolder(error.holder, deps, signal);
      if (service !== undefined) {
        deps.tell(`The service ${service.place.name} is stopped until its next start.`);
      }
    }
  }
}
