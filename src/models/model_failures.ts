import type { ChosenModel } from "./choose_model.ts";
import { ModelError, type ModelErrorKind } from "./errors.ts";
import { type FailureFacts, readFailure } from "./failure_facts.ts";
import { redactKeys } from "./redact_keys.ts";
import { parseRetryAfterMs } from "./retry_after.ts";

/** Most characters of a provider's own words that we pass on. */
const DETAIL_CHARS_MAX = 200;

/**
 * What a failed call means: one kind, a reason and a hint that may be shown in the chat.
 *
 * @throws `error` itself when it is no failure of a call but a bug.
 */
export function toModelError(error: unknown, chosen: ChosenModel, nowMs: number): ModelError {
  if (error instanceof ModelError) return error;
  const facts = readFailure(error);
  if (facts === undefined) throw error;
  const kind = kindOf(facts);
  const { reason, hint } = explain(kind, facts, chosen);
  const retryAfterMs = parseRetryAfterMs(facts.headers, facts.text, nowMs);
  return new ModelError(kind, reason, { hint, status: facts.status, retryAfterMs });
}

/** Phrases in which providers say what their status codes do not. Tried in this order. */
const OUTPUT_LIMIT =
  /max_(?:output_|completion_)?tokens\b.*(?:too large|maximum allowed|at most|less than or equal|must be)/;
const CONTEXT_OVERFLOW =
  /context.?(?:length|window|limit)|context_size|available context|maximum prompt length|(?:prompt|input|request) (?:is |was )?too (?:long|large)|prompt (?:contains|exceeds)|too many (?:input )?tokens|token (?:count|limit).*exceed|exceed\w* (?:model )?token limit|range of input length|input length and|reduce the length|tokens to keep from the initial prompt/;
const REFUSED =
  /content.?(?:policy|filter|management)|moderation|safety (?:system|policy|filter)|usage polic|data_inspection|sensitive (?:content|word)|inappropriate content/;
const BILLING =
  /insufficient.?(?:quota|credit|balance|fund)|credit balance|exceeded your current quota|billing|payment required|out of credits|more credits|key limit|spending limit|arrear/;
const WILL_PASS = /try again|retry in|resets? (?:at|in|on)/;
const BAD_KEY =
  /api.?key (?:is )?(?:not |in)valid|invalid.?(?:api.?key|token)|api_key_invalid|unauthorized|authentication/;
const UNKNOWN_MODEL =
  /model.?(?:`|"|')?[\w./:@-]*(?:`|"|')? ?(?:is )?(?:not.?(?:found|exist|supported|available)|does not exist|unknown|invalid)|(?:invalid|unknown|no such|not a valid) model|no endpoints found/;
const RATE_LIMIT = /rate.?limit|too many requests|resource_exhausted|throttl/;
const OVERLOADED = /overloaded|server.?error|internal.?error|unavailable|no capacity|timed? ?out/;
const INVALID_REQUEST = /invalid.?request|validation/;

function kindOf(facts: FailureFacts): ModelErrorKind {
  if (facts.isBroken) return "network";
  const { status } = facts;
  const words = `${facts.code} ${facts.text}`.toLowerCase();
  const says = (phrase: RegExp) => phrase.test(words);

  if (status === 401) return "auth";
  if (says(OUTPUT_LIMIT)) return "bad_request";
  if (status === 413 || says(CONTEXT_OVERFLOW)) return "context_overflow";
  if (status === 402 || says(BILLING)) return says(WILL_PASS) ? "rate_limit" : "billing";
  if (status === 429) return "rate_limit";
  if (status >= 500 && !(status === 500 && says(INVALID_REQUEST))) return "overloaded";
  if (status === 408 || status === 425) return "overloaded";
  if (facts.isHtml || (status >= 300 && status < 400)) return "bad_answer";
  if (says(REFUSED)) return "refused";
  if (says(BAD_KEY)) return "auth";
  if (status === 404 || says(UNKNOWN_MODEL)) return "model_not_found";
  if (says(RATE_LIMIT)) return "rate_limit";
  if (status === 403) return "auth";
  if (status >= 400) return "bad_request";
  return says(OVERLOADED) ? "overloaded" : "bad_answer";
}

interface Explanation {
  readonly reason: string;
  readonly hint: string;
}

function explain(kind: ModelErrorKind, facts: FailureFacts, chosen: ChosenModel): Explanation {
  const { providerName: provider, modelId: model } = chosen;
  const host = new URL(chosen.baseUrl).host;
  const status = facts.status > 0 ? ` (HTTP ${facts.status})` : "";
  const detail = quoteDetail(facts.text, chosen);
  switch (kind) {
    case "auth":
      return {
        reason: `${provider} refused the API key${status}`,
        hint: `Set ${chosen.apiKeySetting} to a key for ${host} that may use "${model}".`,
      };
    case "billing":
      return explainBilling(facts, provider, status);
    case "rate_limit":
      return {
        reason: `${provider} takes no more requests for now${status}`,
        hint: "Ask again in a few minutes, or choose another model with model.default.",
      };
    case "overloaded":
      return {
        reason: `${provider} is overloaded or failing${status}`,
        hint: "Ask again in a few minutes.",
      };
    case "context_overflow":
      return {
        reason: `this is more than "${model}" can read at once`,
        hint: "Ask for less at once, or set model.context_length to what the model can read.",
      };
    case "model_not_found":
      return {
        reason: `${provider} at ${host} has no model "${model}"${status}`,
        hint: "Check model.default, and model.base_url if you set it (most addresses end in /v1).",
      };
    case "refused":
      return {
        reason: `${provider} refused to answer this`,
        hint: "Say it differently, or choose another model with model.default.",
      };
    case "network":
      return facts.status === 0
        ? {
          reason: `${provider} at ${host} cannot be reached${facts.code && ` (${facts.code})`}`,
          hint: facts.hint ??
            "Check model.base_url, and that the machine of Hermes can reach that server.",
        }
        : { reason: `the connection to ${provider} broke off`, hint: facts.hint ?? "Ask again." };
    case "bad_answer":
      return facts.isHtml || facts.status >= 300
        ? {
          reason: `${host} answered with ${facts.isHtml ? "a web page" : "a redirect"}${status}`,
          hint: "Check that model.base_url is the address of a model API (most end in /v1).",
        }
        : {
          reason: `${provider} sent an answer that cannot be used${detail}`,
          hint: "Ask again, and check model.base_url and model.api_mode if it stays like this.",
        };
    default:
      return {
        reason: `${provider} rejected the request${status}${detail}`,
        hint: `Check model.default ("${model}"), model.api_mode and model.max_tokens.`,
      };
  }
}

/** The balance has to cover the longest possible answer, and without a limit of ours that is long. */
function explainBilling(facts: FailureFacts, provider: string, status: string): Explanation {
  return /fewer max_tokens|can only afford/i.test(facts.text)
    ? {
      reason: `the credit at ${provider} does not cover a long answer${status}`,
      hint: `Add credit at ${provider}, or set model.max_tokens to a lower number.`,
    }
    : {
      reason: `the account at ${provider} has no credit left${status}`,
      hint: `Add credit at ${provider}, or choose another model with model.default.`,
    };
}

function quoteDetail(text: string, chosen: ChosenModel): string {
  const safe = redactKeys(text.replaceAll(chosen.apiKey.reveal(), "***")).replace(/\s+/g, " ")
    .replace(/[. ]+$/, "").trimStart();
  if (safe === "") return "";
  return `: ${safe.length <= DETAIL_CHARS_MAX ? safe : `${safe.slice(0, DETAIL_CHARS_MAX - 1)}…`}`;
}
