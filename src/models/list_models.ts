import type { Clock } from "../runtime/clock.ts";
import type { FetchFn } from "../runtime/network.ts";
import type { Secret } from "../runtime/secret.ts";
import { withinTime } from "../runtime/within_time.ts";
import { MODEL_PROVIDERS, type ModelProvider } from "./provider_table.ts";

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

/**
 * GET {baseUrl}/models, as OpenAI has it: the ids in the server's order. `undefined` when the server
 * does not say, for whatever reason: a list is a help and not a test.
 */
export async function listModels(
  baseUrl: string,
  request: { readonly apiKey: Secret | undefined; readonly msMax: number },
  deps: ListModelsDeps,
  signal: AbortSignal,
): Promise<readonly string[] | undefined> {
  const { apiKey, msMax } = request;
  const headers = apiKey === undefined ? {} : { authorization: `Bearer ${apiKey.reveal()}` };
  try {
    const asked = await withinTime(
      async (limited) => {
        const response = await deps.fetch(`${baseUrl}/models`, {
          headers,
          redirect: "manual",
          signal: limited,
        });
        return response.ok ? decodeModelIds(await response.json()) : undefined;
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

function decodeModelIds(value: unknown): readonly string[] | undefined {
  const isList = typeof value === "object" && value !== null && "data" in value &&
    Array.isArray(value.data);
  if (!isList) return undefined;
  const ids = (value.data as unknown[]).map((item) =>
    typeof item === "object" && item !== null && "id" in item ? item.id : undefined
  );
  return ids.filter((id) => typeof id === "string" && id !== "").slice(0, MODELS_MAX) as string[];
}
