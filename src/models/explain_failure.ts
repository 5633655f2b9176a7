import type { ChosenModel } from "./choose_model.ts";
import type { ModelErrorKind } from "./errors.ts";
import type { FailureFacts } from "./failure_facts.ts";
import { redactKeys } from "./redact_keys.ts";

/** Most characters of a provider's own words that we pass on. */
const DETAIL_CHARS_MAX = 200;

interface Explanation {
  readonly reason: string;
  readonly hint: string;
}

/** What went wrong, in words for the person who asked, and what can be done about it. */
export function explainFailure(
  kind: ModelErrorKind,
  facts: FailureFacts,
  chosen: ChosenModel,
): Explanation {
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
      return explainRequest(kind, `${status}${detail}`, chosen);
  }
}

/** What is wrong with what was asked, or with whom. */
function explainRequest(
  kind: ModelErrorKind,
  detail: string,
  { providerName: provider, modelId: model, baseUrl }: ChosenModel,
): Explanation {
  switch (kind) {
    case "context_overflow":
      return {
        reason: `this is more than "${model}" can read at once`,
        hint: "Ask for less at once, or set model.context_length to what the model can read.",
      };
    case "output_limit":
      return {
        reason: `"${model}" may not write an answer as long as it was allowed to`,
        hint: "Set model.max_tokens to a lower number.",
      };
    case "images_refused":
      return {
        reason: `"${model}" does not take the images${detail}`,
        hint: "Send them smaller or describe them, or set model.default to a model that sees.",
      };
    case "reasoning_refused":
      return {
        reason: `"${model}" does not reason as it was asked to${detail}`,
        hint: "Set agent.reasoning_effort to none.",
      };
    case "model_not_found":
      return {
        reason: `${provider} at ${new URL(baseUrl).host} has no model "${model}"`,
        hint: "Check model.default, and model.base_url if you set it (most addresses end in /v1).",
      };
    case "refused":
      return {
        reason: `${provider} refused to answer this`,
        hint: "Say it differently, or choose another model with model.default.",
      };
    default:
      return {
        reason: `${provider} rejected the request${detail}`,
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
