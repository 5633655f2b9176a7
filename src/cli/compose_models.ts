import type { Config } from "../config/load_config.ts";
import type { AuxiliaryTask, OtherModel } from "../config/other_models.ts";
import { ModelChain } from "../models/model_chain.ts";
import type { ModelClient } from "../models/model_client.ts";
import { Secret } from "../runtime/secret.ts";
import {
  type ComposedModel,
  composeModel,
  type Foundations,
  type ModelRole,
  NoModelError,
} from "./compose.ts";

/** All models that the settings name. */
export interface ComposedModels {
  /** The model that answers, and those that stand in for it. */
  readonly chain: ModelChain;
  /** The model for work beside the answer: the one that answers, unless the settings name another. */
  auxiliary(task: AuxiliaryTask): ModelClient;
  /** For the log to leave out. */
  readonly apiKeys: readonly Secret[];
}

/**
 * The models that the settings name. One beside the first that cannot be used is left out, and the
 * log says so: a stand-in is no reason not to answer.
 *
 * @throws NoModelError when the first cannot be used.
 */
export function composeModels(config: Config, foundations: Foundations): ComposedModels {
  const { fallbacks, auxiliary } = config.providers;
  const primary = composeModel(config, foundations, { hurries: fallbacks.length > 0 });
  const compose = (other: OtherModel, place: string, role: ModelRole) => {
    const settings = { ...endpointSettings(other, config), ...role.settings };
    const { totalTimeoutMs } = other;
    return composeOrLeaveOut(
      place,
      foundations,
      () => composeModel(config, foundations, { ...role, settings, totalTimeoutMs }),
    );
  };
  const standIns = fallbacks
    .flatMap((other, index) => {
      const hurries = index < fallbacks.length - 1;
      return compose(other, `fallback_providers.${index}`, { hurries }) ?? [];
    })
    .filter(({ name }) => name !== primary.name);
  const helpers = new Map(
    Object.entries(auxiliary).flatMap(([task, other]) => {
      if (isTheMainModel(other)) return [];
      const settings = { reasoningEffort: "none" } as const;
      const composed = compose(other, `auxiliary.${task}`, { settings });
      return composed === undefined ? [] : [[task, composed]];
    }),
  );
  const all = [primary, ...standIns, ...helpers.values()];
  return {
    chain: new ModelChain([primary.client, ...standIns.map(toClient)], foundations.clock),
    auxiliary: (task) => helpers.get(task)?.client ?? primary.client,
    apiKeys: all.map(({ apiKey }) => apiKey),
  };
}

function toClient({ client }: ComposedModel): ModelClient {
  return client;
}

function composeOrLeaveOut(
  place: string,
  { log }: Foundations,
  compose: () => ComposedModel,
): ComposedModel | undefined {
  try {
    return compose();
  } catch (error) {
    if (!(error instanceof NoModelError)) throw error;
    log("warn", "model.left_out", { setting: place, error: error.message, hint: error.hint });
    return undefined;
  }
}

function isTheMainModel({ provider, model, baseUrl }: OtherModel): boolean {
  return otherProvider(provider) === undefined && !model && !baseUrl;
}

/** `auto` and `main` are the words of the original for "no other one". */
function otherProvider(provider: string | undefined): string | undefined {
  return /^(?:auto|main)?$/i.test(provider ?? "") ? undefined : provider;
}

/** Without another provider or address, those of the main model count, and its key. */
function endpointSettings(
  { provider, model, baseUrl, apiKey, apiKeyVariable }: OtherModel,
  config: Config,
): ModelRole["settings"] {
  const variable = apiKeyVariable && config.environment.get(apiKeyVariable);
  const key = apiKey ?? (variable ? new Secret(variable) : undefined);
  const other = otherProvider(provider);
  if (other === undefined && !baseUrl) return { model, ...(key !== undefined && { apiKey: key }) };
  return {
    provider: other ?? "custom",
    model,
    baseUrl,
    apiKey: key,
    apiMode: undefined,
    contextTokensMax: undefined,
    outputTokensMax: undefined,
  };
}
