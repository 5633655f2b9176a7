import { silentLog } from "../../runtime/log.ts";
import { systemClock } from "../../runtime/clock.ts";
import { systemRandom } from "../../runtime/random.ts";
import { type AgentParts, composeAgent } from "../compose_agent.ts";
import type { CliIo } from "../io.ts";
import { loadUsableConfig } from "../load_usable_config.ts";

/** The parts of an agent to look at, without a model; `undefined` when the settings are not usable. */
export async function openOfflineAgent(io: CliIo): Promise<AgentParts | undefined> {
  const loaded = await loadUsableConfig(io);
  if (loaded === undefined) return undefined;
  return composeAgent({
    ...loaded,
    clock: systemClock,
    random: systemRandom,
    log: silentLog,
    environment: io.environment,
    secrets: () => [],
    wake: () => {},
  });
}
