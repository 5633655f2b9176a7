import { CONTEXT_TOKENS_DEFAULT } from "../../models/choose_model.ts";
import { ModelChain } from "../../models/model_chain.ts";
import type { ModelClient } from "../../models/model_client.ts";
import { silentLog } from "../../runtime/log.ts";
import { systemClock } from "../../runtime/clock.ts";
import type { MessageSender } from "../../tools/send_message_tool.ts";
import { systemRandom } from "../../runtime/random.ts";
import { type AgentParts, composeAgent } from "../compose_agent.ts";
import type { CliIo } from "../io.ts";
import { loadUsableConfig } from "../load_usable_config.ts";

/** Stands where a model would: what is only looked at asks none. */
const nobody: ModelClient = {
  modelId: "",
  contextTokensMax: CONTEXT_TOKENS_DEFAULT,
  stream() {
    throw new Error("an agent to look at asks no model");
  },
};

const nowhere: MessageSender = {
  send: () => Promise.reject(new Error("an agent to look at sends nothing")),
  permit: () => Promise.resolve(undefined),
  targets: () => Promise.resolve([]),
};

/** The parts of an agent to look at, without a model; `undefined` when the settings are not usable. */
export async function openOfflineAgent(io: CliIo): Promise<AgentParts | undefined> {
  const loaded = await loadUsableConfig(io);
  if (loaded === undefined) return undefined;
  return composeAgent({
    ...loaded,
    models: { chain: new ModelChain([nobody], systemClock), auxiliary: () => nobody },
    clock: systemClock,
    random: systemRandom,
    log: silentLog,
    environment: io.environment,
    secrets: () => [],
    wake: () => {},
    messages: () => nowhere,
  });
}
