import { homePaths } from "../../config/paths.ts";
import { HermesError } from "../../errors.ts";
import type { GatewayStatus } from "../../gateway/gateway_status.ts";
import { readGatewayState } from "../../gateway/read_gateway_state.ts";
import type { Clock } from "../../runtime/clock.ts";
import { endProcess } from "../../runtime/end_process.ts";
import type { LockHolder } from "../../runtime/lock_file.ts";
import { plural } from "../plural.ts";

/** Time to close posts and files after the answers. */
export const STOP_MARGIN_MS = 10_000;
/** For a gateway that has not said yet how long its answers may take. */
const DRAIN_MS_DEFAULT = 10_000;
/** How often somebody who waits is told what for. */
const TELL_INTERVAL_MS = 500;

/** The gateway lives on. */
export class CannotStopError extends HermesError {
  override readonly name = "CannotStopError";
  override readonly code = "gateway.cannot_stop";

  constructor({ pid }: LockHolder, outcome: "not_permitted" | "survived") {
    const [reason, hint] = outcome === "not_permitted"
      ? ["it belongs to another user", "Stop it as that user, or with sudo."]
      : ["it does not end", `End it yourself: kill -9 ${pid}`];
    super(`Cannot stop the gateway with pid ${pid}: ${reason}`, { hint });
  }
}

export interface EndGatewayDeps {
  readonly clock: Clock;
  /** Told what is waited for, one line at a time. */
  readonly tell: (line: string) => void;
  /** Has the gateway end in another way than by a signal; it may wait for that. */
  readonly ask?: (() => Promise<void>) | undefined;
}

/**
 * Asks the gateway that holds a lock to end, and waits for the answers under way: as long as it gives
 * them itself. One that takes longer is killed; its next start finishes what it left.
 * @throws CannotStopError
 */
export async function endGateway(
  holder: LockHolder,
  { clock, tell, ask }: EndGatewayDeps,
  signal: AbortSignal,
): Promise<"ended" | "killed"> {
  const readStatus = () => readStatusOf(holder);
  const status = await readStatus();
  const asks = ask === undefined && status?.stoppingSinceMs === undefined;
  const graceMs = (status?.drainMs ?? DRAIN_MS_DEFAULT) + STOP_MARGIN_MS;
  const done = new AbortController();
  const telling = tellWhatRuns(readStatus, { clock, tell }, AbortSignal.any([signal, done.signal]));
  try {
    await ask?.();
    const end = await endProcess(holder, { asks, graceMs }, clock, signal);
    if (end === "not_permitted" || end === "survived") throw new CannotStopError(holder, end);
    return end;
  } finally {
    done.abort();
    await telling;
  }
}

/** Its lock says where its home is. To stop it one can do without what it tells. */
async function readStatusOf(holder: LockHolder): Promise<GatewayStatus | undefined> {
  const state = await readGatewayState(homePaths(holder.description)).catch(() => undefined);
  return state?.kind === "running" ? state.status : undefined;
}

async function tellWhatRuns(
  readStatus: () => Promise<GatewayStatus | undefined>,
  { clock, tell }: Pick<EndGatewayDeps, "clock" | "tell">,
  signal: AbortSignal,
): Promise<void> {
  let told = 0;
  while (!signal.aborted) {
    await clock.sleep(TELL_INTERVAL_MS, signal);
    if (signal.aborted) return;
    const { running = 0, waiting = 0 } = (await readStatus())?.messages ?? {};
    const left = running + waiting;
    if (left > 0 && left !== told) tell(`Waiting for ${plural(left, "answer")} to be finished.`);
    told = left;
  }
}
