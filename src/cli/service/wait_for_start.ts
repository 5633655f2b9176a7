import type { GatewayStatus } from "../../gateway/gateway_status.ts";
import { readGatewayState } from "../../gateway/read_gateway_state.ts";
import type { ServiceContext } from "./service_context.ts";

/** What became of a gateway that was started. */
export type StartOutcome =
  | { readonly kind: "connected"; readonly status: GatewayStatus }
  /** It runs, and waits for its server. */
  | { readonly kind: "waiting"; readonly status: GatewayStatus | undefined }
  | { readonly kind: "failed"; readonly exitCode: number; readonly reason: string };

export interface StartedProcess {
  /** Whether the gateway with this pid is the one that was started. */
  readonly isIt: (pid: number) => boolean;
  /** How it ended; `undefined` while it runs, or may run yet. */
  readonly ended: () => Promise<
    { readonly exitCode: number; readonly printed: string } | undefined
  >;
}

const POLL_MS = 100;
/** Longer than a server takes to answer. */
const WAIT_MS_MAX = 15_000;
/** The same once something is known to be in the way: that may last. */
const TROUBLED_MS_MAX = 3_000;

/** Waits until the gateway is connected or has ended, but not for a server that is away. */
export async function waitForStart(
  { clock, paths, signal }: ServiceContext,
  started: StartedProcess,
): Promise<StartOutcome> {
  const sinceMs = clock.nowMs();
  for (;;) {
    const end = await started.ended();
    if (end !== undefined) return { kind: "failed", exitCode: end.exitCode, reason: end.printed };
    const state = await readGatewayState(paths);
    const isIt = state.kind === "running" && started.isIt(state.holder.pid);
    const status = isIt ? state.status : undefined;
    if (status?.connection.kind === "connected") return { kind: "connected", status };
    const waitMsMax = status?.lastProblem === undefined ? WAIT_MS_MAX : TROUBLED_MS_MAX;
    if (clock.nowMs() - sinceMs >= waitMsMax) return { kind: "waiting", status };
    await clock.sleep(POLL_MS, signal);
    signal.throwIfAborted();
  }
}
