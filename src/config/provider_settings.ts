import type { Secret } from "../runtime/secret.ts";
import {
  accepted,
  choice,
  emptyRecord,
  integer,
  type Parser,
  plainText,
  refused,
  type Remark,
  seconds,
  secret,
  webUrl,
} from "./parsers.ts";
import type { RawMap, RawValue } from "./raw_value.ts";

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

export const customProviders: Parser<readonly CustomProvider[]> = (raw) => {
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
};

/** Where settings below `providers` may stand. */
export const PROVIDER_TIMEOUT_KEYS = ["*.request_timeout_seconds", "*.stale_timeout_seconds"];

export const providerTimeouts: Parser<Readonly<Record<string, ProviderTimeouts>>> = (raw) => {
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
};

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

/** Reads the fields of one entry and keeps what there is to say about them. */
class FieldReader {
  readonly problems: Remark[] = [];
  readonly warnings: Remark[] = [];
  readonly #below: string;
  readonly #line: number | undefined;
  readonly #entries: RawMap["entries"];

  constructor(raw: RawValue, below: string) {
    this.#below = below;
    this.#line = raw.line;
    this.#entries = raw.kind === "map" ? raw.entries : new Map<string, RawValue>();
    if (raw.kind === "map" || raw.kind === "empty") return;
    const predicate = "is not a block of settings: indent its settings below it";
    this.problems.push({ predicate, line: raw.line, below });
  }

  required<T>(name: string, parse: Parser<T>): T | undefined {
    const value = this.optional(name, parse);
    if (value === undefined && this.problems.length === 0) {
      const predicate = `has no ${name}: add one`;
      this.problems.push({ predicate, line: this.#line, below: this.#below });
    }
    return value;
  }

  optional<T>(name: string, parse: Parser<T>): T | undefined {
    const raw = this.#entries.get(name);
    if (raw === undefined || raw.kind === "empty") return undefined;
    const parsed = parse(raw);
    const inPlace = (remark: Remark) => ({
      predicate: remark.predicate,
      line: remark.line ?? raw.line,
      below: `${this.#below}.${name}${remark.below ?? ""}`,
    });
    if (parsed.kind === "refused") {
      this.problems.push(...parsed.problems.map(inPlace));
      return undefined;
    }
    this.warnings.push(...parsed.warnings.map(inPlace));
    return parsed.value;
  }

  /** The key itself, which had better stand in `.env`. */
  apiKey(): Secret | undefined {
    const raw = this.#entries.get("api_key");
    if (raw?.kind === "text" && raw.fromVariable === undefined) {
      const predicate = "is a secret: move it to .env, and name its variable here with key_env";
      this.warnings.push({ predicate, line: raw.line, below: `${this.#below}.api_key` });
    }
    return this.optional("api_key", secret);
  }
}

function summary<T>(value: T, fields: readonly FieldReader[]) {
  const problems = fields.flatMap((entry) => entry.problems);
  if (problems.length > 0) return { kind: "refused" as const, problems };
  return accepted(value, fields.flatMap((entry) => entry.warnings));
}
