import { readGatewayState } from "../../gateway/read_gateway_state.ts";
import { EXIT } from "../exit_codes.ts";
import { sentence } from "../render_error.ts";
import { askState } from "./call_manager.ts";
import type { FoundService } from "./find_service.ts";
import type { ServiceContext } from "./service_context.ts";
import type { StartedProcess } from "./wait_for_start.ts";

/** How often the manager is asked. */
const ASK_INTERVAL_MS = 500;

/** Watches a service that was told to start at `startedAtMs`. */
export function watchService(
  context: ServiceContext,
  { manager, place }: FoundService,
  startedAtMs: number,
): StartedProcess {
  const { clock, world } = context;
  let askedAtMs = startedAtMs;
  return {
    isIt: () => true, // Nothing ran before, and whoever was quicker is as good.
    ended: async () => {
      if (clock.nowMs() - askedAtMs < ASK_INTERVAL_MS) return undefined;
      askedAtMs = clock.nowMs();
      const state = await askState(world, manager, place);
      const isComing = state.isActive && state.lastExitCode === undefined;
      if (state.pid !== undefined || isComing) return undefined;
      const printed = await reasonOf(context, startedAtMs) ??
        `The service ${place.name} is ${state.detail}. To see why: ${manager.logHint(place)}`;
      return { exitCode: state.lastExitCode ?? EXIT.failure, printed };
    },
  };
}

/** What the gateway itself said when it ended. */
async function reasonOf(
  { paths }: ServiceContext,
  startedAtMs: number,
): Promise<string | undefined> {
  const state = await readGatewayState(paths);
  const ended = state.kind === "stopped" ? state.status.ended : undefined;
  if (ended?.problem === undefined || ended.atMs < startedAtMs) return undefined;
  return sentence(ended.problem.message);
}
