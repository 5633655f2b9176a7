import type { ChosenModel } from "./choose_model.ts";
import { ModelError, type ModelErrorKind } from "./errors.ts";
import { explainFailure } from "./explain_failure.ts";
import { type FailureFacts, readFailure } from "./failure_facts.ts";
import { parseRetryAfterMs } from "./retry_after.ts";
import { parseTokenLimits, type TokenLimits } from "./token_limits.ts";

/**
 * What a failed call means: one kind, a reason and a hint that may be shown in the chat.
 *
 * @throws `error` itself when it is no failure of a call but a bug.
 */
export function toModelError(error: unknown, chosen: ChosenModel, nowMs: number): ModelError {
  if (error instanceof ModelError) return error;
  const facts = readFailure(error);
  if (facts === undefined) throw error;
  const limits = parseTokenLimits(facts.text);
  const kind = kindOf(facts, limits);
  const { reason, hint } = explainFailure(kind, facts, chosen);
  const retryAfterMs = parseRetryAfterMs(facts.headers, facts.text, nowMs);
  return new ModelError(kind, reason, { hint, status: facts.status, retryAfterMs, limits });
}

/** Phrases in which providers say what their status codes do not. Tried in this order. */
const OUTPUT_LIMIT =
  /max_(?:output_|completion_)?tokens\b.*(?:too large|maximum allowed|at most|less than or equal|must be)/;
const CONTEXT_OVERFLOW =
  /context.?(?:length|window|limit)|context_size|available context|maximum prompt length|(?:prompt|input|request) (?:is |was )?too (?:long|large)|prompt (?:contains|exceeds)|too many (?:input )?tokens|token (?:count|limit).*exceed|exceed\w* (?:model )?token limit|range of input length|input length and|reduce the length|tokens to keep from the initial prompt/;
/** An answer with less room is not worth asking for: the messages have to become fewer. */
const OUTPUT_TOKENS_MIN = 1_024;
const IMAGES = /\bimages?\b|image_url|\bvision\b|multimodal/;
const REASONING = /\bthinking\b|thought.?signature|reasoning|encrypted.content/;
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

function kindOf(facts: FailureFacts, limits: TokenLimits): ModelErrorKind {
  if (facts.isBroken) return "network";
  const { status } = facts;
  const words = `${facts.code} ${facts.text}`.toLowerCase();
  const says = (phrase: RegExp) => phrase.test(words);

  if (status === 401) return "auth";
  if (says(OUTPUT_LIMIT)) return "output_limit";
  if (status === 413 || says(CONTEXT_OVERFLOW)) {
    return (limits.outputTokensMax ?? 0) >= OUTPUT_TOKENS_MIN ? "output_limit" : "context_overflow";
  }
  if (status === 402 || says(BILLING)) return says(WILL_PASS) ? "rate_limit" : "billing";
  if (status === 429) return "rate_limit";
  if (status >= 500 && !(status === 500 && says(INVALID_REQUEST))) return "overloaded";
  if (status === 408 || status === 425) return "overloaded";
  if (facts.isHtml || (status >= 300 && status < 400)) return "bad_answer";
  if (says(REFUSED)) return "refused";
  if (says(BAD_KEY)) return "auth";
  const isAboutRequest = [400, 404, 415, 422].includes(status);
  if (isAboutRequest && says(IMAGES)) return "images_refused";
  if (status === 404 || says(UNKNOWN_MODEL)) return "model_not_found";
  if (isAboutRequest && says(REASONING)) return "reasoning_refused";
  if (says(RATE_LIMIT)) return "rate_limit";
  if (status === 403) return "auth";
  if (status >= 400) return "bad_request";
  return says(OVERLOADED) ? "overloaded" : "bad_answer";
}
