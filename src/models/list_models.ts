import type { Clock } from "../runtime/clock.ts";
import type { FetchFn } from "../runtime/network.ts";
import type { Secret } from "../runtime/secret.ts";
import { withinTime } from "../runtime/within_time.ts";
import { MODEL_PROVIDERS, type ModelProvider, type Wire } from "./provider_table.ts";

/** Most models that are listed: OpenRouter has some hundreds. */
const MODELS_MAX = 1_000;
/** A server on this machine answers at once, or is none. */
const LOCAL_MS_MAX = 1_500;

export interface ListModelsDeps {
  readonly fetch: FetchFn;
  readonly clock: Clock;
}

/** A program on this machine that serves models. */
export interface LocalModelServer {
  readonly provider: ModelProvider;
  readonly baseUrl: string;
  /** Ids, as the server spells them. */
  readonly models: readonly string[];
}

/**
 * Looks for the programs of the table that serve models on this machine, each at its usual port or
 * where its variable says.
 */
export async function findLocalModelServers(
  environment: (name: string) => string | undefined,
  deps: ListModelsDeps,
  signal: AbortSignal,
): Promise<readonly LocalModelServer[]> {
  const local = MODEL_PROVIDERS.filter((provider) => !provider.needsKey);
  const found = await Promise.all(local.map(async (provider) => {
    const ownUrl = provider.baseUrlKeys.map(environment).find((url) => url);
    const baseUrl = (ownUrl ?? provider.baseUrl).replace(/\/+$/, "");
    const limits = { msMax: LOCAL_MS_MAX, apiKey: undefined };
    const models = await listModels(baseUrl, limits, deps, signal);
    return models === undefined ? [] : [{ provider, baseUrl, models }];
  }));
  return found.flat();
}

export interface ListModelsRequest {
  readonly apiKey: Secret | undefined;
  readonly msMax: number;
  /** `openai-compatible` unless it is given. */
  readonly wire?: Wire;
}

/**
 * The ids in the server's order. `undefined` when the server does not say, for whatever reason: a list
 * is a help and not a test.
 */
export async function listModels(
  baseUrl: string,
  { apiKey, msMax, wire = "openai-compatible" }: ListModelsRequest,
  deps: ListModelsDeps,
  signal: AbortSignal,
): Promise<readonly string[] | undefined> {
  const { field, headersWith, path } = LIST_OF[wire];
  const headers = apiKey === undefined ? {} : headersWith(apiKey.reveal());
  try {
    const asked = await withinTime(
      async (limited) => {
        const response = await deps.fetch(`${baseUrl}${path}`, {
          headers,
          redirect: "manual",
          signal: limited,
        });
        return response.ok ? decodeModelIds(await response.json(), field) : undefined;
      },
      { msMax, clock: deps.clock },
      signal,
    );
    return asked.kind === "done" ? asked.value : undefined;
  } catch {
    signal.throwIfAborted();
    return undefined; // Whatever it was, the call of the model will name it.
  }
}

interface ModelList {
  readonly path: string;
  /** Which field of the answer holds the list, and which of each entry the id. */
  readonly field: readonly [list: string, id: string];
  readonly headersWith: (key: string) => Record<string, string>;
}

const OPENAI_LIST: ModelList = {
  path: "/models",
  field: ["data", "id"],
  headersWith: (key) => ({ authorization: `Bearer ${key}` }),
};

/** Where each kind of server lists its models. Sources: the providers' API references. */
const LIST_OF: Readonly<Record<Wire, ModelList>> = {
  "openai-compatible": OPENAI_LIST,
  openai: OPENAI_LIST,
  anthropic: {
    path: "/v1/models?limit=1000",
    field: ["data", "id"],
    headersWith: (key) => ({ "x-api-key": key, "anthropic-version": "2023-06-01" }),
  },
  google: {
    path: "/models?pageSize=1000",
    field: ["models", "name"],
    headersWith: (key) => ({ "x-goog-api-key": key }),
  },
};

function decodeModelIds(
  value: unknown,
  [listField, idField]: ModelList["field"],
): readonly string[] | undefined {
  const list = fieldOf(value, listField);
  if (!Array.isArray(list)) return undefined;
  const ids = list.map((item) => fieldOf(item, idField))
    .filter((id) => typeof id === "string" && id !== "") as string[];
  return ids.slice(0, MODELS_MAX).map((id) => id.replace(/^models\//, "")); // Google's prefix.
}

function fieldOf(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  return (value as Readonly<Record<string, unknown>>)[name];
}
