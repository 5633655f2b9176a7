import { Secret } from "../runtime/secret.ts";
import {
  CUSTOM_PROVIDER,
  findModelProvider,
  MODEL_PROVIDERS,
  type ModelProvider,
  type Wire,
} from "./provider_table.ts";
import type { ReasoningEffort } from "./reasoning_options.ts";

/** What the operator said about the model; everything is optional. */
export interface ModelSettings {
  readonly model?: string | undefined;
  /** An id or alias of the provider table, `auto`, `custom` or `custom:<name>`. */
  readonly provider?: string | undefined;
  readonly baseUrl?: string | undefined;
  readonly apiKey?: Secret | undefined;
  /** `chat_completions`, `anthropic_messages` or `codex_responses`, where the URL does not tell. */
  readonly apiMode?: string | undefined;
  readonly contextTokensMax?: number | undefined;
  readonly outputTokensMax?: number | undefined;
  /** `none` unless it is set. */
  readonly reasoningEffort?: ReasoningEffort | undefined;
  /** Whether somebody reads what the model thinks. */
  readonly showsReasoning?: boolean | undefined;
  /** Whether the model sees images, where somebody knows. */
  readonly seesImages?: boolean | undefined;
  readonly customProviders: readonly CustomProvider[];
}

/** An endpoint that the operator gave a name, chosen with `custom:<name>`. */
export interface CustomProvider {
  readonly name: string;
  readonly baseUrl: string;
  readonly apiKey?: Secret | undefined;
  /** Environment variable that holds the key. */
  readonly apiKeyVariable?: string | undefined;
  readonly apiMode?: string | undefined;
  readonly model?: string | undefined;
  readonly contextTokensMax?: number | undefined;
}

/** Whom to ask, how, and with which key. */
export interface ChosenModel {
  readonly kind: "chosen";
  readonly providerId: string;
  /** For people, e.g. `OpenRouter`. */
  readonly providerName: string;
  readonly modelId: string;
  /** Without a slash at the end. */
  readonly baseUrl: string;
  readonly wire: Wire;
  /** `no-key-required` where none is needed: some servers refuse a request without a header. */
  readonly apiKey: Secret;
  /** The setting to change when the key is refused. */
  readonly apiKeySetting: string;
  readonly contextTokensMax: number;
  /** Images are told of, not sent. A model of which nobody knows is sent them until it refuses. */
  readonly isBlind: boolean;
  readonly outputTokensMax: number | undefined;
  readonly reasoningEffort: ReasoningEffort;
  readonly showsReasoning: boolean;
}

/** The settings name no usable model. Both texts are for the operator; `problem` follows a colon. */
export interface NoModel {
  readonly kind: "no_model";
  readonly problem: string;
  readonly hint: string;
}

/**
 * How much a model is taken to read when nobody says: what nearly every hosted model holds, so that a
 * conversation is shortened before a provider refuses it.
 */
export const CONTEXT_TOKENS_DEFAULT = 128_000;

/** Families that take text alone, and would make the first try with an image a failure. */
const KNOWN_BLIND = /deepseek-(?:chat|reasoner|coder|r1|v3)|gpt-3\.5|\bo[13]-mini\b|codestral/i;

const NO_KEY = "no-key-required";

const WIRE_OF_API_MODE: Readonly<Record<string, Wire>> = {
  chat_completions: "openai-compatible",
  codex_responses: "openai",
  anthropic_messages: "anthropic",
};

type Environment = (name: string) => string | undefined;

/** A provider at an address, before its key and model are settled. */
interface Endpoint {
  readonly kind: "endpoint";
  readonly provider: ModelProvider;
  readonly baseUrl: string;
  /** Whether `provider`'s keys in the environment may be sent to `baseUrl`. */
  readonly takesProviderKey: boolean;
  readonly custom?: CustomProvider;
}

/** Decides which model answers, from the settings and the environment. */
export function chooseModel(
  settings: ModelSettings,
  environment: Environment,
): ChosenModel | NoModel {
  const endpoint = chooseEndpoint(settings, environment);
  if (endpoint.kind === "no_model") return endpoint;
  const { provider, custom } = endpoint;

  const apiKeySetting = keySetting(endpoint, settings);
  const apiKey = findKey(endpoint, settings, environment);
  if (apiKey === undefined && provider.needsKey && endpoint.takesProviderKey) {
    return noModel(`there is no API key for ${provider.name}`, `Set ${apiKeySetting} in .env.`);
  }
  const modelId = settings.model || custom?.model || provider.defaultModel;
  if (modelId === undefined) {
    return noModel(
      `no model is chosen for ${provider.name}`,
      "Set model.default in config.yaml to a model that it serves.",
    );
  }
  const apiMode = settings.apiMode || custom?.apiMode;
  if (apiMode !== undefined && WIRE_OF_API_MODE[apiMode] === undefined) {
    return noModel(
      `model.api_mode is "${apiMode}"`,
      `Set model.api_mode to one of ${Object.keys(WIRE_OF_API_MODE).join(", ")}, or remove it.`,
    );
  }
  const forKimiCoding = provider.id === "kimi-coding" && endpoint.baseUrl === provider.baseUrl &&
    apiKey?.reveal().startsWith("sk-kimi-") === true;
  const baseUrl = forKimiCoding ? "https://api.kimi.com/coding" : endpoint.baseUrl;
  const wire = WIRE_OF_API_MODE[apiMode ?? ""] ??
    (forKimiCoding ? "anthropic" : wireOf(provider, baseUrl));
  return {
    kind: "chosen",
    providerId: custom === undefined ? provider.id : `custom:${custom.name}`,
    providerName: custom?.name ?? provider.name,
    modelId,
    baseUrl,
    wire,
    apiKey: apiKey ?? new Secret(NO_KEY),
    apiKeySetting,
    contextTokensMax: settings.contextTokensMax ?? custom?.contextTokensMax ??
      CONTEXT_TOKENS_DEFAULT,
    isBlind: !(settings.seesImages ?? !KNOWN_BLIND.test(modelId)),
    outputTokensMax: settings.outputTokensMax,
    reasoningEffort: settings.reasoningEffort ?? "none",
    showsReasoning: settings.showsReasoning ?? false,
  };
}

function chooseEndpoint(settings: ModelSettings, environment: Environment): Endpoint | NoModel {
  const wanted = settings.provider?.trim() || "auto";
  if (wanted.toLowerCase() === "auto") return chooseAutomatically(settings, environment);
  const customName = wanted.replace(/^custom:/i, "").toLowerCase();
  const custom = settings.customProviders.find(({ name }) => name.toLowerCase() === customName);
  const provider = findModelProvider(wanted);
  if (provider !== undefined) return endpointOf(provider, settings.baseUrl, environment);
  if (custom !== undefined) return customEndpoint(custom.baseUrl, custom);
  const names = [
    ...MODEL_PROVIDERS.map(({ id }) => id),
    "custom",
    ...settings.customProviders.map(({ name }) => `custom:${name}`),
  ];
  return noModel(
    `model.provider is "${wanted}", which is unknown`,
    `Set model.provider to auto or one of ${names.join(", ")}.`,
  );
}

function chooseAutomatically(
  settings: ModelSettings,
  environment: Environment,
): Endpoint | NoModel {
  if (settings.baseUrl) return endpointOf(CUSTOM_PROVIDER, settings.baseUrl, environment);
  const ready = MODEL_PROVIDERS.find(({ environmentKeys, baseUrlKeys }) =>
    [...environmentKeys, ...baseUrlKeys].some((name) => environment(name))
  );
  if (ready !== undefined) return endpointOf(ready, undefined, environment);
  if (settings.apiKey !== undefined) {
    return noModel(
      "model.api_key is set, but not whose key it is",
      "Set model.provider in config.yaml, e.g. to openrouter, or model.base_url.",
    );
  }
  return noModel(
    "none is set up",
    "Set a key such as OPENROUTER_API_KEY in .env, or model.base_url in " +
      "config.yaml for a server of your own.",
  );
}

function endpointOf(
  provider: ModelProvider,
  settingsUrl: string | undefined,
  environment: Environment,
): Endpoint | NoModel {
  const ownVariableUrl = settingsUrl
    ? undefined
    : provider.baseUrlKeys.map(environment).find((url) => url);
  const text = settingsUrl || ownVariableUrl || provider.baseUrl;
  if (provider.id === CUSTOM_PROVIDER.id) return customEndpoint(text);
  const baseUrl = parseBaseUrl(text);
  if (baseUrl === undefined) return invalidUrl(text);
  // Somebody who sets a provider's own URL variable speaks of its key, too. Any other address is a
  // foreign host, which never gets a key that the environment holds for the provider.
  const takesProviderKey = ownVariableUrl !== undefined || isSameHost(baseUrl, provider.baseUrl);
  return { kind: "endpoint", provider, baseUrl, takesProviderKey };
}

function customEndpoint(text: string, custom?: CustomProvider): Endpoint | NoModel {
  if (text === "") {
    return noModel(
      "model.provider is custom, but there is no address",
      "Set model.base_url in config.yaml, e.g. to http://127.0.0.1:8000/v1.",
    );
  }
  const baseUrl = parseBaseUrl(text);
  if (baseUrl === undefined) return invalidUrl(text);
  const owner = MODEL_PROVIDERS.find((known) =>
    known.needsKey && isSameHost(baseUrl, known.baseUrl)
  );
  return {
    kind: "endpoint",
    provider: owner ?? CUSTOM_PROVIDER,
    baseUrl,
    takesProviderKey: owner !== undefined,
    ...(custom !== undefined && { custom }),
  };
}

/** An address as the wire wants it, or `undefined` when it is none that we can call. */
export function parseBaseUrl(text: string): string | undefined {
  if (!URL.canParse(text.trim())) return undefined;
  const url = new URL(text.trim());
  if (!["http:", "https:"].includes(url.protocol) || url.username !== "") return undefined;
  // People paste the whole address of the call.
  return (url.origin + url.pathname).replace(/\/(chat\/completions)?\/*$/, "");
}

/** Whether `baseUrl` is the provider's own host, or below it, and as well protected. */
function isSameHost(baseUrl: string, providerUrl: string): boolean {
  const [url, own] = [new URL(baseUrl), new URL(providerUrl)];
  return url.protocol === own.protocol &&
    (url.host === own.host || url.host.endsWith(`.${own.host}`));
}

/** The setting that `findKey` reads, or would have to find. */
function keySetting(
  { provider, custom, takesProviderKey }: Endpoint,
  settings: ModelSettings,
): string {
  if (custom?.apiKey !== undefined) return `the api_key of custom_providers "${custom.name}"`;
  if (custom?.apiKeyVariable) return custom.apiKeyVariable;
  const variable = takesProviderKey ? provider.environmentKeys[0] : undefined;
  return settings.apiKey === undefined && variable !== undefined ? variable : "model.api_key";
}

function findKey(
  { provider, custom, takesProviderKey }: Endpoint,
  settings: ModelSettings,
  environment: Environment,
): Secret | undefined {
  const read = (name: string) => {
    const key = environment(name)?.trim();
    return key ? new Secret(key) : undefined;
  };
  return custom?.apiKey ??
    (custom?.apiKeyVariable ? read(custom.apiKeyVariable) : undefined) ??
    (settings.apiKey?.reveal() ? settings.apiKey : undefined) ??
    (takesProviderKey ? provider.environmentKeys : []).map(read).find((key) => key);
}

function wireOf(provider: ModelProvider, baseUrl: string): Wire {
  if (/\/anthropic(\/v1)?$/.test(baseUrl)) return "anthropic";
  if (baseUrl.endsWith("/openai")) return "openai-compatible";
  // What stands in for OpenAI elsewhere seldom speaks its newest wire.
  const isForeign = provider.baseUrl === "" || !isSameHost(baseUrl, provider.baseUrl);
  return isForeign && provider.wire === "openai" ? "openai-compatible" : provider.wire;
}

function invalidUrl(text: string): NoModel {
  return noModel(
    `"${text.replace(/\/\/[^/]*@/, "//***@")}" is not the address of a model server`,
    "Set model.base_url to an http:// or https:// address, most end in /v1.",
  );
}

function noModel(problem: string, hint: string): NoModel {
  return { kind: "no_model", problem, hint };
}
