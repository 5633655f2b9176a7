import type { Secret } from "../runtime/secret.ts";
import { FieldReader, summary } from "./field_reader.ts";
import { blockSchema } from "./json_schema.ts";
import {
  accepted,
  choice,
  described,
  emptyRecord,
  integer,
  type Parser,
  plainText,
  refused,
  seconds,
  secret,
  webUrl,
} from "./parsers.ts";

/** The wires a model can be spoken to over; the names are those of the Python original. */
export type ApiMode = "chat_completions" | "anthropic_messages" | "codex_responses";

/** An endpoint of one's own: one entry of `custom_providers`. */
export interface CustomProvider {
  readonly name: string;
  readonly baseUrl: string;
  readonly apiKey: Secret | undefined;
  /** The variable of the environment or `.env` that holds the key. */
  readonly apiKeyVariable: string | undefined;
  readonly apiMode: ApiMode | undefined;
  readonly model: string | undefined;
  /** Size of the window in tokens, by model id. */
  readonly contextTokensMax: Readonly<Record<string, number>>;
}

/** How long one provider may take: one entry of `providers`. `undefined` leaves the general limit. */
export interface ProviderTimeouts {
  readonly idleTimeoutMs: number | undefined;
  readonly totalTimeoutMs: number | undefined;
}

export const CONTEXT_TOKENS = integer(1_000, 100_000_000);
export const TIMEOUT_SECONDS = seconds(1, 86_400);
export const MODEL_URL = webUrl("https://openrouter.ai/api/v1");
export const apiMode: Parser<ApiMode> = choice([
  "chat_completions",
  "anthropic_messages",
  "codex_responses",
]);

/** Where settings below `custom_providers` may stand. */
export const CUSTOM_PROVIDER_KEYS = [
  "*.name",
  "*.base_url",
  "*.api_key",
  "*.key_env",
  "*.api_mode",
  "*.model",
  "*.models.*.context_length",
];

export const customProviders: Parser<readonly CustomProvider[]> = described(
  {
    type: "array",
    items: blockSchema({
      name: plainText,
      base_url: MODEL_URL,
      api_key: secret,
      key_env: plainText,
      api_mode: apiMode,
      model: plainText,
    }, ["name", "base_url"]),
  },
  (raw) => {
    if (raw.kind === "empty") return accepted([]);
    if (raw.kind !== "list") return refused("is not a list: begin each entry with - name:");
    const fields = raw.items.map((item, index) => new FieldReader(item, `.${index}`));
    const providers = fields.map((entry) => ({
      name: entry.required("name", plainText) ?? "",
      baseUrl: entry.required("base_url", MODEL_URL) ?? "",
      apiKey: entry.apiKey(),
      apiKeyVariable: entry.optional("key_env", plainText),
      apiMode: entry.optional("api_mode", apiMode),
      model: entry.optional("model", plainText),
      contextTokensMax: entry.optional("models", contextTokensByModel) ?? emptyRecord<number>(),
    }));
    return summary(providers, fields);
  },
);

/** Where settings below `providers` may stand. */
export const PROVIDER_TIMEOUT_KEYS = ["*.request_timeout_seconds", "*.stale_timeout_seconds"];

export const providerTimeouts: Parser<Readonly<Record<string, ProviderTimeouts>>> = described(
  {
    type: "object",
    additionalProperties: blockSchema({
      request_timeout_seconds: TIMEOUT_SECONDS,
      stale_timeout_seconds: TIMEOUT_SECONDS,
    }),
  },
  (raw) => {
    const timeouts = emptyRecord<ProviderTimeouts>();
    if (raw.kind === "empty") return accepted(timeouts);
    if (raw.kind !== "map") return refused("is not a map: write one provider: a line");
    const fields: FieldReader[] = [];
    for (const [provider, item] of raw.entries) {
      const entry = new FieldReader(item, `.${provider}`);
      fields.push(entry);
      timeouts[provider] = {
        idleTimeoutMs: entry.optional("stale_timeout_seconds", TIMEOUT_SECONDS),
        totalTimeoutMs: entry.optional("request_timeout_seconds", TIMEOUT_SECONDS),
      };
    }
    return summary(timeouts, fields);
  },
);

const contextTokensByModel: Parser<Readonly<Record<string, number>>> = (raw) => {
  if (raw.kind !== "map") return refused("is not a map: write one model: a line");
  const tokens = emptyRecord<number>();
  const fields: FieldReader[] = [];
  for (const [model, item] of raw.entries) {
    const entry = new FieldReader(item, `.${model}`);
    fields.push(entry);
    const contextTokensMax = entry.optional("context_length", CONTEXT_TOKENS);
    if (contextTokensMax !== undefined) tokens[model] = contextTokensMax;
  }
  return summary(tokens, fields);
};
