import type { Config } from "../../config/load_config.ts";
import { accessOf } from "../../config/require_mattermost.ts";
import { CUSTOM_PROVIDER, findModelProvider } from "../../models/provider_table.ts";
import { wantsKey } from "./model_key.ts";
import { currentModel, variableWithKey } from "./model_source.ts";
import type { SetupAnswers } from "./setup_options.ts";

/** A flag to give, and what it is for. */
export type MissingFlag = readonly [flag: string, purpose: string];

/** Every answer that neither the command line nor the settings have, where nobody can be asked. */
export function missingFlags(given: SetupAnswers, config: Config): MissingFlag[] {
  const missing: MissingFlag[] = [];
  const { mattermost } = config;
  if (given.url === undefined && mattermost.url === undefined) {
    missing.push(["--url URL", "address of the Mattermost server"]);
  }
  if (given.token === undefined && mattermost.token === undefined) {
    missing.push(["--token-stdin", "token of the bot, or MATTERMOST_TOKEN in the environment"]);
  }
  // Where a server is set already, nobody listed is an answer.
  if (given.people === undefined && mattermost.url === undefined && isNobodyAllowed(config)) {
    missing.push(["--allow PEOPLE", "who may talk to it, or --allow-everyone, --allow-nobody"]);
  }
  return [...missing, ...missingModelFlags(given, config)];
}

function isNobodyAllowed(config: Config): boolean {
  const access = accessOf(config);
  return access.kind === "listed" && access.userIds.size === 0;
}

function missingModelFlags(given: SetupAnswers, config: Config): MissingFlag[] {
  const { provider: wanted, baseUrl, model, apiKey } = given;
  if (wanted === undefined && baseUrl === undefined) {
    if (currentModel(config) !== undefined) return [];
    return [["--provider ID", "who serves the model, or --base-url for a server of your own"]];
  }
  const provider = findModelProvider(wanted ?? CUSTOM_PROVIDER.id);
  if (provider === undefined) return []; // Of `custom_providers`, or wrong: the question finds out.
  const missing: MissingFlag[] = [];
  if (provider.id === CUSTOM_PROVIDER.id && baseUrl === undefined) {
    missing.push(["--base-url URL", "address of the model server"]);
  }
  if (model === undefined && provider.defaultModel === undefined) {
    missing.push(["--model ID", "the model, as its provider spells it"]);
  }
  const hasKey = apiKey !== undefined || variableWithKey(provider, config) !== undefined;
  if (wantsKey({ provider, baseUrl }) && !hasKey) {
    missing.push(["--api-key-stdin", "key of the provider, or --api-key-env NAME"]);
  }
  return missing;
}
