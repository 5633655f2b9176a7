import type { Config } from "../../config/load_config.ts";
import { MODEL_URL } from "../../config/provider_settings.ts";
import { rawText } from "../../config/raw_value.ts";
import { parseBaseUrl } from "../../models/choose_model.ts";
import type { LocalModelServer } from "../../models/list_models.ts";
import {
  CUSTOM_PROVIDER,
  findModelProvider,
  MODEL_PROVIDERS,
  type ModelProvider,
} from "../../models/provider_table.ts";
import { chooseConfiguredModel } from "../compose.ts";
import type { Option } from "./prompter.ts";
import type { Verdict } from "./settle.ts";

/** Somebody who serves models, as far as the setup has to know. */
export interface ModelSource {
  readonly provider: ModelProvider;
  /** For `model.provider`: the provider's id, or `custom:NAME`. */
  readonly providerId: string;
  /** For people. */
  readonly name: string;
  /** Where it is. */
  readonly address: string;
  /** For `model.base_url`; `undefined` where the address is known without it. */
  readonly baseUrl: string | undefined;
  /** What it serves, as far as it is known. */
  readonly models: readonly string[];
}

/** The model of the settings as they are. */
export interface CurrentModel {
  readonly source: ModelSource;
  readonly modelId: string;
}

export type ModelChoice =
  | { readonly kind: "current"; readonly current: CurrentModel }
  | { readonly kind: "source"; readonly source: ModelSource }
  /** A server at an address that has to be asked for. */
  | { readonly kind: "address" }
  | { readonly kind: "later" };

/** What one can choose from: what works already comes first, then what is near, then the rest. */
export function modelChoices(
  config: Config,
  local: readonly LocalModelServer[],
): Option<ModelChoice>[] {
  const current = currentModel(config);
  const hosted = MODEL_PROVIDERS.filter((provider) => provider.needsKey);
  const [ready, others] = [true, false].map((isReady) =>
    hosted.filter((provider) => (variableWithKey(provider, config) !== undefined) === isReady)
  ) as [ModelProvider[], ModelProvider[]];
  return [
    ...(current === undefined ? [] : [currentOption(current)]),
    ...local.map(localOption),
    ...ready.map((provider) => hostedOption(provider, "its key is set")),
    ...config.providers.custom.map(({ name }) => ({
      ...sourceOption(namedSource(name, config)),
      hint: "from custom_providers",
    })),
    ...others.map((provider) => hostedOption(provider, new URL(provider.baseUrl).host)),
    {
      value: { kind: "address" },
      label: "Another server",
      hint: "any that speaks the OpenAI API, by its address",
    },
    { value: { kind: "later" }, label: "Decide later", hint: "the bot does not start without one" },
  ];
}

/** `undefined` when the settings name none. */
export function currentModel(config: Config): CurrentModel | undefined {
  const chosen = chooseConfiguredModel(config);
  if (chosen.kind === "no_model") return undefined;
  const { providerId, providerName: name, modelId, baseUrl: address } = chosen;
  const provider = findModelProvider(providerId) ?? CUSTOM_PROVIDER;
  const { baseUrl } = config.model;
  return { source: { provider, providerId, name, address, baseUrl, models: [] }, modelId };
}

/** The variable of the environment or of `.env` that holds a key of this provider. */
export function variableWithKey(provider: ModelProvider, config: Config): string | undefined {
  return provider.environmentKeys.find((name) => config.environment.get(name) !== undefined);
}

export function providerSource(provider: ModelProvider): ModelSource {
  const { id: providerId, name, baseUrl: address } = provider;
  return { provider, providerId, name, address, baseUrl: undefined, models: [] };
}

/** An entry of `custom_providers`. */
export function namedSource(name: string, config: Config): ModelSource {
  const custom = config.providers.custom.find((entry) => entry.name === name);
  const models = custom?.model === undefined ? [] : [custom.model];
  const address = custom?.baseUrl ?? "";
  return {
    ...providerSource(CUSTOM_PROVIDER),
    providerId: `custom:${name}`,
    name,
    address,
    models,
  };
}

/** A server at an address of one's own, e.g. of a program of the table, or of nobody we know. */
export function readModelUrl(
  typed: string,
  provider: ModelProvider = CUSTOM_PROVIDER,
): Verdict<ModelSource> {
  const parsed = MODEL_URL(rawText(typed));
  if (parsed.kind === "refused") {
    const problem = `The address of the model server ${parsed.problems[0]?.predicate}`;
    return { kind: "malformed", problem, remedy: "" };
  }
  const address = parseBaseUrl(parsed.value) ?? parsed.value;
  const name = new URL(address).host;
  const answer = { ...providerSource(provider), name, address, baseUrl: address };
  return { kind: "good", answer };
}

function currentOption(current: CurrentModel): Option<ModelChoice> {
  const { modelId, source } = current;
  return { value: { kind: "current", current }, label: `Keep ${modelId}`, hint: source.name };
}

function hostedOption(provider: ModelProvider, hint: string): Option<ModelChoice> {
  return { ...sourceOption(providerSource(provider)), hint };
}

function localOption({ provider, baseUrl, models }: LocalModelServer): Option<ModelChoice> {
  const isUsual = baseUrl === provider.baseUrl;
  const own = isUsual ? {} : { baseUrl, address: baseUrl };
  const source = { ...providerSource(provider), models, ...own };
  const hint = models.length === 1 ? "1 model" : `${models.length} models`;
  return { ...sourceOption(source), label: `${provider.name} on this machine`, hint };
}

function sourceOption(source: ModelSource): Option<ModelChoice> {
  return { value: { kind: "source", source }, label: source.name };
}
