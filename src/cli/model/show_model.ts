import { systemClock } from "../../runtime/clock.ts";
import type { Config } from "../../config/load_config.ts";
import type { ChosenModel } from "../../models/choose_model.ts";
import { listModels } from "../../models/list_models.ts";
import { printableText } from "../../sandbox/chat_text.ts";
import { chooseConfiguredModel, composeModelNetwork } from "../compose.ts";
import { EXIT } from "../exit_codes.ts";
import type { CliIo } from "../io.ts";
import { loadUsableConfig } from "../load_usable_config.ts";
import { sentence } from "../render_error.ts";
import { ENDPOINT_KEYS } from "./endpoint_keys.ts";

/** How long a server may take to list its models. */
const LIST_MS_MAX = 15_000;

interface JsonFlag {
  readonly json?: boolean;
}

/** `hermes model show`: the model of the settings. Gives the exit code. */
export async function showModel({ json }: JsonFlag, io: CliIo): Promise<number> {
  const loaded = await loadUsableConfig(io);
  if (loaded === undefined) return EXIT.config;
  const { config } = loaded;
  const chosen = chosenModel(config, io);
  if (chosen === undefined) return EXIT.config;
  const { fallbacks } = config.providers;
  if (json === true) {
    io.out(JSON.stringify({
      provider: chosen.providerId,
      model: chosen.modelId,
      base_url: chosen.baseUrl,
      context_tokens: chosen.contextTokensMax,
      reasoning_effort: chosen.reasoningEffort,
      fallbacks: fallbacks.map(({ provider, model }) => ({ provider, model })),
    }));
    return EXIT.ok;
  }
  for (const line of modelLines(chosen, config)) io.out(line);
  return EXIT.ok;
}

/** The model in a few lines, for people. */
export function modelLines(chosen: ChosenModel, { providers }: Config): string[] {
  const window = chosen.contextTokensMax.toLocaleString("en-US");
  const standIns = providers.fallbacks.map(({ model, provider }) =>
    [model, provider].filter((part) => part !== undefined).join(" of ")
  );
  return [
    `Model:     ${chosen.modelId}`,
    `Provider:  ${chosen.providerName}, ${chosen.baseUrl}`,
    `Window:    ${window} tokens`,
    `Reasoning: ${chosen.reasoningEffort}`,
    ...(standIns.length === 0 ? [] : [`Stand-ins: ${standIns.join(", ")}`]),
  ];
}

export interface ListFlags extends JsonFlag {
  readonly provider?: string;
}

/** `hermes model list`: what the provider serves. Gives the exit code. */
export async function listProviderModels(
  { json, provider }: ListFlags,
  io: CliIo,
  signal: AbortSignal,
): Promise<number> {
  const flags = provider === undefined
    ? {}
    : { "model.provider": provider, "model.default": "any" };
  const ignored = new Set(provider === undefined ? [] : ENDPOINT_KEYS);
  const loaded = await loadUsableConfig(io, flags, ignored);
  if (loaded === undefined) return EXIT.config;
  const chosen = chosenModel(loaded.config, io);
  if (chosen === undefined) return EXIT.config;
  const { apiKey, baseUrl, providerName, wire } = chosen;
  const { fetch } = composeModelNetwork(loaded.config);
  const request = { apiKey, msMax: LIST_MS_MAX, wire };
  const models = await listModels(baseUrl, request, { fetch, clock: systemClock }, signal);
  if (models === undefined) {
    io.err(`Cannot list the models of ${providerName}: ${baseUrl} did not tell them.`);
    io.err("  Check its key and its address: hermes doctor --live");
    return EXIT.failure;
  }
  if (json === true) io.out(JSON.stringify({ provider: chosen.providerId, models }));
  else for (const id of models) io.out(printableText(id));
  return EXIT.ok;
}

function chosenModel(config: Config, io: CliIo): ChosenModel | undefined {
  const chosen = chooseConfiguredModel(config);
  if (chosen.kind === "chosen") return chosen;
  io.err(sentence(`Cannot choose a model: ${chosen.problem}`));
  io.err(`  ${chosen.hint}`);
  return undefined;
}
