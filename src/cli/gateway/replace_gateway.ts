import type { EndGatewayDeps } from "./end_gateway.ts";
import { endGateway } from "./end_gateway.ts";
import { AlreadyRunningError, type GatewayOwner, takeGatewayLocks } from "./gateway_locks.ts";

/** One holds the home and another the token; whoever comes in between is the winner. */
const TRIES_MAX = 3;

/**
 * Takes the locks of this home and this token, and first ends whoever holds them.
 * @throws AlreadyRunningError, CannotStopError
 */
export async function replaceGateway(
  owner: GatewayOwner,
  deps: EndGatewayDeps,
  signal: AbortSignal,
): Promise<AsyncDisposable> {
  for (let attempt = 1;; attempt++) {
    try {
      return await takeGatewayLocks(owner);
    } catch (error) {
      if (!(error instanceof AlreadyRunningError) || attempt === TRIES_MAX) throw error;
      const { pid } = error.holder;
      deps.tell(`Stopping the gateway with pid ${pid}, to take its place.`);
      const end = await endGateway(error.holder, deps, signal);
      if (end === "killed") {
        deps.tell(`The gateway with pid ${pid} did not end in time and was killed.`);
      }
    }
  }
}
