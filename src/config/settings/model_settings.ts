import { integer, plainText, secret } from "../parsers.ts";
import { apiMode, CONTEXT_TOKENS, MODEL_URL, TIMEOUT_SECONDS } from "../provider_settings.ts";
import { optional, setting } from "../setting.ts";

/** The model, and how long it may take. */
export const MODEL_SETTINGS = {
  id: optional({
    key: "model.default",
    otherKeys: ["model", "model.model"],
    env: ["HERMES_MODEL"],
    parse: plainText,
    doc: "Id of the model, as the provider spells it.",
  }),
  provider: setting({
    key: "model.provider",
    env: ["HERMES_INFERENCE_PROVIDER"],
    parse: plainText,
    initial: "auto",
    doc: "Id of the provider, custom, custom:NAME, or auto for the first that has a key.",
  }),
  baseUrl: optional({
    key: "model.base_url",
    parse: MODEL_URL,
    doc: "Address of the provider's API, if it is not the usual one.",
  }),
  apiKey: optional({
    key: "model.api_key",
    parse: secret,
    doc: "Key for model.base_url; the keys of known providers belong in .env.",
    isSecret: true,
  }),
  apiMode: optional({
    key: "model.api_mode",
    parse: apiMode,
    doc: "How the API speaks: chat_completions, anthropic_messages or codex_responses.",
  }),
  contextTokensMax: optional({
    key: "model.context_length",
    parse: CONTEXT_TOKENS,
    doc: "Size of the model's window in tokens, if Hermes does not know it.",
  }),
  outputTokensMax: optional({
    key: "model.max_tokens",
    parse: integer(1, 10_000_000),
    doc: "Most tokens of one answer.",
  }),
  firstTokenTimeoutMs: setting({
    key: "model.first_token_timeout_seconds",
    env: ["HERMES_STREAM_READ_TIMEOUT"],
    parse: TIMEOUT_SECONDS,
    initial: "120",
    doc: "How long the model may take to begin, in seconds.",
  }),
  idleTimeoutMs: setting({
    key: "model.stale_timeout_seconds",
    env: ["HERMES_STREAM_STALE_TIMEOUT"],
    parse: TIMEOUT_SECONDS,
    initial: "180",
    doc: "How long the model may pause within an answer, in seconds.",
  }),
  totalTimeoutMs: setting({
    key: "model.request_timeout_seconds",
    env: ["HERMES_API_TIMEOUT"],
    parse: TIMEOUT_SECONDS,
    initial: "1800",
    doc: "How long one call of the model may take in all, in seconds.",
  }),
};
