import type { Config } from "../config/load_config.ts";
import type { AuxiliaryTask, OtherModel } from "../config/other_models.ts";
import type { ModelSettings } from "../models/choose_model.ts";
import { ModelChain } from "../models/model_chain.ts";
import type { ModelClient } from "../models/model_client.ts";
import { REASONING_EFFORTS } from "../models/reasoning_options.ts";
import { NewestEntries } from "../runtime/newest_entries.ts";
import { Secret } from "../runtime/secret.ts";
import type { SessionChoices } from "../sessions/session_store.ts";
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
  /** The models with what somebody chose in place of the settings. @throws NoModelError */
  choose(choices: SessionChoices): ModelChain;
  /** For the log to leave out; grows with what is chosen. */
  readonly apiKeys: readonly Secret[];
}

/** The models of an agent; without `choose` nobody can choose another. */
export type UsableModels =
  & Pick<ComposedModels, "chain" | "auxiliary">
  & Partial<Pick<ComposedModels, "choose">>;

/** Choices whose models are kept; others are made anew. */
const CHOSEN_MAX = 100;

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
  const chain = new ModelChain([primary.client, ...standIns.map(toClient)], foundations.clock);
  const apiKeys = all.map(({ apiKey }) => apiKey);
  const chosen = new NewestEntries<string, ModelChain>(CHOSEN_MAX);
  return {
    chain,
    auxiliary: (task) => helpers.get(task)?.client ?? primary.client,
    choose: (choices) => {
      const settings = choiceSettings(choices, config);
      if (Object.keys(settings).length === 0) return chain;
      const name = JSON.stringify([choices.model, choices.provider, choices.reasoningEffort]);
      const known = chosen.get(name);
      if (known !== undefined) return known;
      const { client, apiKey } = composeModel(config, foundations, {
        settings,
        hurries: fallbacks.length > 0,
      });
      apiKeys.push(apiKey);
      const models = chain.startingWith(client);
      chosen.put(name, models);
      return models;
    },
    apiKeys,
  };
}

/** What of the settings is another with these choices. */
function choiceSettings(
  { model, provider, reasoningEffort }: SessionChoices,
  config: Config,
): Partial<ModelSettings> {
  const effort = REASONING_EFFORTS.find((each) => each === reasoningEffort);
  const endpoint = { baseUrl: undefined, apiKey: undefined, apiKeyVariable: undefined };
  return {
    ...(model !== undefined && endpointSettings({ ...endpoint, provider, model }, config)),
    ...(effort !== undefined && { reasoningEffort: effort }),
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
  { provider, model, baseUrl, apiKey, apiKeyVariable }: Omit<OtherModel, "totalTimeoutMs">,
  config: Config,
): Partial<ModelSettings> {
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
