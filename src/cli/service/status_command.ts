import { readGatewayState } from "../../gateway/read_gateway_state.ts";
import { EXIT } from "../exit_codes.ts";
import { findService } from "./find_service.ts";
import type { ServiceContext } from "./service_context.ts";
import { statusReport } from "./status_report.ts";
import { statusText } from "./status_text.ts";

/** `hermes gateway status`: whether it runs, and what it does. */
export async function statusCommand(
  context: ServiceContext,
  { json }: { readonly json: boolean },
): Promise<number> {
  const { clock, home, io, paths, world } = context;
  const service = await findService(world, context);
  const state = await readGatewayState(paths);
  const facts = { home, state, service, logPath: paths.gatewayLogFile };
  if (json) io.out(JSON.stringify(statusReport(facts), undefined, 2));
  else for (const line of statusText(facts, clock.nowMs())) io.out(line);
  return state.kind === "running" ? EXIT.ok : EXIT.notRunning;
}
