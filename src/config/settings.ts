import {
  absolutePath,
  boolean,
  channelIdList,
  channelTexts,
  choice,
  id,
  integer,
  type Parser,
  plainText,
  proxyUrl,
  seconds,
  secret,
  textList,
  userIdList,
  webUrl,
} from "./parsers.ts";
import {
  apiMode,
  CONTEXT_TOKENS,
  CUSTOM_PROVIDER_KEYS,
  customProviders,
  MODEL_URL,
  PROVIDER_TIMEOUT_KEYS,
  providerTimeouts,
  TIMEOUT_SECONDS,
} from "./provider_settings.ts";

/** One row of the table of settings. */
export interface Setting<T> {
  /** Where it stands in config.yaml; also its name in `sources` and `flags`. */
  readonly key: string;
  /** Other places in config.yaml that mean the same. */
  readonly otherKeys?: readonly string[];
  /** Names in the environment and in `.env`, the one to recommend first. */
  readonly env?: readonly string[];
  /** Where further names may stand below `key`; `*` stands for any name and any list entry. */
  readonly keysBelow?: readonly string[];
  readonly parse: Parser<T>;
  /** As one would write it; "" for an empty list or map; `undefined` leaves the setting unset. */
  readonly initial: string | undefined;
  /** One sentence for `.env.example`, config.example.yaml and the README. */
  readonly doc: string;
  /** Whether the value is never shown and belongs in `.env`. */
  readonly isSecret?: true;
}

/**
 * Every setting of Hermes. From this table come the validation, the type of `Config`, the two
 * example files and the table in the README (`scripts/generate_settings.ts`).
 */
export const SETTINGS = {
  mattermost: {
    url: optional({
      key: "mattermost.url",
      env: ["MATTERMOST_URL"],
      parse: webUrl("https://chat.example.com", { orSocket: true }),
      doc: "Address of the Mattermost server.",
    }),
    token: optional({
      key: "mattermost.token",
      env: ["MATTERMOST_TOKEN"],
      parse: secret,
      doc: "Access token of the bot account.",
      isSecret: true,
    }),
    allowedUsers: setting({
      key: "mattermost.allowed_users",
      env: ["MATTERMOST_ALLOWED_USERS"],
      parse: userIdList,
      initial: "",
      doc: "Ids of the users who may talk to Hermes, with commas; * is everyone.",
    }),
    allowAllUsers: setting({
      key: "mattermost.allow_all_users",
      env: ["MATTERMOST_ALLOW_ALL_USERS"],
      parse: boolean,
      initial: "false",
      doc: "Whether everyone on the server may talk to Hermes.",
    }),
    replyMode: setting({
      key: "mattermost.reply_mode",
      otherKeys: ["platforms.mattermost.extra.reply_mode"],
      env: ["MATTERMOST_REPLY_MODE"],
      parse: choice(["off", "thread"], { false: "off" }),
      initial: "off",
      doc: "off answers in the channel, thread answers in a thread under the message.",
    }),
    homeChannel: optional({
      key: "mattermost.home_channel",
      env: ["MATTERMOST_HOME_CHANNEL"],
      parse: notSupportedYet(id("channel")),
      doc: "Id of the channel for scheduled messages and notices; not supported yet.",
    }),
    requireMention: setting({
      key: "mattermost.require_mention",
      env: ["MATTERMOST_REQUIRE_MENTION"],
      parse: boolean,
      initial: "true",
      doc: "Whether a message in a channel must mention the bot to be answered.",
    }),
    freeResponseChannels: setting({
      key: "mattermost.free_response_channels",
      env: ["MATTERMOST_FREE_RESPONSE_CHANNELS"],
      parse: channelIdList,
      initial: "",
      doc: "Ids of channels where no mention is needed.",
    }),
    allowedChannels: setting({
      key: "mattermost.allowed_channels",
      otherKeys: ["platforms.mattermost.extra.allowed_channels"],
      env: ["MATTERMOST_ALLOWED_CHANNELS"],
      parse: channelIdList,
      initial: "",
      doc: "Ids of the only channels to answer in, besides direct messages; empty is all.",
    }),
    channelPrompts: setting({
      key: "mattermost.channel_prompts",
      keysBelow: ["*"],
      parse: channelTexts,
      initial: "",
      doc: "Instructions for the model, by channel id.",
    }),
    caFile: optional({
      key: "mattermost.ca_file",
      env: ["MATTERMOST_CA_FILE"],
      parse: absolutePath,
      doc: "PEM file with the certificate authority of the server, if it is a private one.",
    }),
    proxy: optional({
      key: "mattermost.proxy",
      env: ["MATTERMOST_PROXY"],
      parse: proxyUrl,
      doc: "HTTP proxy for Mattermost alone; without it HTTPS_PROXY and HTTP_PROXY count.",
      isSecret: true,
    }),
  },
  gateway: {
    allowedUsers: setting({
      key: "gateway.allowed_users",
      env: ["GATEWAY_ALLOWED_USERS"],
      parse: userIdList,
      initial: "",
      doc: "Further user ids, added to MATTERMOST_ALLOWED_USERS.",
    }),
    allowAllUsers: setting({
      key: "gateway.allow_all_users",
      env: ["GATEWAY_ALLOW_ALL_USERS"],
      parse: boolean,
      initial: "false",
      doc: "Whether everyone may talk to Hermes while no user is listed.",
    }),
    drainMs: setting({
      key: "gateway.drain_seconds",
      parse: seconds(0, 3_600),
      initial: "10",
      doc: "How long answers may be finished after the first SIGTERM.",
    }),
  },
  network: {
    httpsProxy: optional({
      key: "network.https_proxy",
      env: ["HTTPS_PROXY", "https_proxy"],
      parse: proxyUrl,
      doc: "HTTP proxy for https addresses.",
      isSecret: true,
    }),
    httpProxy: optional({
      key: "network.http_proxy",
      env: ["HTTP_PROXY", "http_proxy"],
      parse: proxyUrl,
      doc: "HTTP proxy for http addresses.",
      isSecret: true,
    }),
    noProxy: setting({
      key: "network.no_proxy",
      env: ["NO_PROXY", "no_proxy"],
      parse: textList,
      initial: "",
      doc: "Hosts and domains that are reached without a proxy.",
    }),
  },
  sessions: {
    groupPerUser: setting({
      key: "group_sessions_per_user",
      parse: boolean,
      initial: "true",
      doc: "Whether each person in a channel has a conversation of their own.",
    }),
    threadPerUser: setting({
      key: "thread_sessions_per_user",
      parse: boolean,
      initial: "true",
      doc: "Whether each person in a thread has a conversation of their own.",
    }),
  },
  streaming: {
    enabled: setting({
      key: "streaming.enabled",
      parse: boolean,
      initial: "true",
      doc: "Whether an answer appears while it grows.",
    }),
  },
  model: {
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
  },
  providers: {
    custom: setting({
      key: "custom_providers",
      keysBelow: CUSTOM_PROVIDER_KEYS,
      parse: customProviders,
      initial: "",
      doc: "OpenAI-compatible endpoints of one's own: a list of name, base_url and key_env.",
    }),
    timeouts: setting({
      key: "providers",
      keysBelow: PROVIDER_TIMEOUT_KEYS,
      parse: providerTimeouts,
      initial: "",
      doc:
        "By provider: request_timeout_seconds and stale_timeout_seconds, which beat those of model.",
    }),
  },
  agent: {
    stepsMax: setting({
      key: "agent.max_turns",
      env: ["HERMES_MAX_ITERATIONS"],
      parse: integer(1, 10_000),
      initial: "90",
      doc: "Most steps of the model for one message.",
    }),
    apiRetriesMax: setting({
      key: "agent.api_max_retries",
      parse: integer(0, 20),
      initial: "3",
      doc: "How often a failed call of the model is tried again.",
    }),
    reasoningEffort: setting({
      key: "agent.reasoning_effort",
      parse: unsupportedUnless(
        "none",
        choice(["none", "minimal", "low", "medium", "high", "xhigh"], { false: "none" }),
      ),
      initial: "none",
      doc: "How much the model thinks first; only none is supported yet.",
    }),
  },
  log: {
    level: setting({
      key: "logging.level",
      env: ["HERMES_LOG_LEVEL"],
      parse: choice(["debug", "info", "warn", "error"], { warning: "warn", critical: "error" }),
      initial: "info",
      doc: "The least important lines to log: debug, info, warn or error.",
    }),
    format: setting({
      key: "logging.format",
      env: ["HERMES_LOG_FORMAT"],
      parse: choice(["auto", "text", "json"]),
      initial: "auto",
      doc: "text for people, json for machines; auto is text on a terminal, else json.",
    }),
  },
};

/** The rows one after the other. */
export const ALL_SETTINGS: readonly Setting<unknown>[] = Object.values(SETTINGS)
  .flatMap((section) => Object.values(section));

/** The values of all settings, in the sections of the table. */
export type SettingValues = {
  readonly [Section in keyof typeof SETTINGS]: {
    readonly [Name in keyof (typeof SETTINGS)[Section]]: (typeof SETTINGS)[Section][Name] extends
      Setting<infer Value> ? Value : never;
  };
};

function setting<T>(row: Setting<T> & { readonly initial: string }): Setting<T> {
  return row;
}

function optional<T>(row: Omit<Setting<T>, "initial">): Setting<T | undefined> {
  return { ...row, initial: undefined };
}

/** Checks the value, and says that it does nothing yet. */
function notSupportedYet<T>(parse: Parser<T>): Parser<T> {
  return (raw) => {
    const parsed = parse(raw);
    if (parsed.kind === "refused") return parsed;
    return { ...parsed, warnings: [{ predicate: "is not supported yet and has no effect" }] };
  };
}

/** Accepts every value of the original, and says of all but one that it does nothing here yet. */
function unsupportedUnless<T extends string>(supported: T, parse: Parser<T>): Parser<T> {
  return (raw) => {
    const parsed = parse(raw);
    if (parsed.kind === "refused" || parsed.value === supported) return parsed;
    const predicate = `is ${parsed.value}, which is not supported yet and has no effect`;
    return { ...parsed, warnings: [{ predicate }] };
  };
}
