import type { ChosenModel } from "./choose_model.ts";
import type { SdkCallOptions, SdkMetadata } from "./sdk_model.ts";

/** How much a model thinks before it speaks. */
export type ReasoningEffort = (typeof REASONING_EFFORTS)[number];
export const REASONING_EFFORTS = ["none", "minimal", "low", "medium", "high", "xhigh"] as const;

type BodyFields = SdkMetadata[string];

/** Families that OpenRouter lets think. For others it might choose a server that refuses the field. */
const THINKS_AT_OPENROUTER =
  /^(?:anthropic\/claude-(?!3-haiku|3\.5)|openai\/(?:gpt-[5-9]|gpt-oss|o\d)|google\/gemini-(?:2\.5|[3-9])|deepseek\/|x-ai\/grok-[3-9]|qwen\/qwen3|z-ai\/glm-(?:4\.[5-9]|[5-9])|moonshotai\/kimi-k(?:2\.[5-9]|[3-9]|2-thinking)|minimax\/)/;

/** Models of DeepSeek whose name does not say yet whether they think. */
const DEEPSEEK_WITH_MODES = /^deepseek-v[4-9]/;

/**
 * What is sent so that the model thinks as much as it should. The library translates `reasoning` for
 * the models of OpenAI, Anthropic and Google, each of which it knows. On the OpenAI-compatible wire
 * there is no such knowledge, and no common field: what is not known to be taken is not sent.
 */
export function reasoningOptions(
  chosen: ChosenModel,
): { readonly reasoning?: NonNullable<SdkCallOptions["reasoning"]>; readonly body: BodyFields } {
  const effort = chosen.reasoningEffort;
  switch (chosen.wire) {
    case "anthropic":
      return /claude-(?!3-|2|instant)/.test(chosen.modelId)
        ? { reasoning: effort, body: {} }
        : { body: {} };
    case "openai": {
      // A summary is refused to organizations that are not verified: asked for only if it is shown.
      const hidden = !chosen.showsReasoning;
      return { reasoning: effort, body: hidden ? { reasoningSummary: null } : {} };
    }
    case "google": {
      if (!/gemini-(?:2\.5|[3-9]|\w+-latest)/.test(chosen.modelId)) return { body: {} };
      const body = chosen.showsReasoning ? { thinkingConfig: { includeThoughts: true } } : {};
      return { reasoning: effort, body };
    }
    case "openai-compatible":
      return { body: compatibleFields(effort, chosen) };
  }
}

function compatibleFields(
  effort: ReasoningEffort,
  { providerId, modelId }: ChosenModel,
): BodyFields {
  const toggle = { thinking: { type: effort === "none" ? "disabled" : "enabled" } };
  switch (providerId) {
    case "openrouter":
      return THINKS_AT_OPENROUTER.test(modelId) ? { reasoning: { effort } } : {};
    case "zai":
      return /^glm-(?:4\.[5-9]|[5-9])/.test(modelId) ? toggle : {};
    case "deepseek":
      return DEEPSEEK_WITH_MODES.test(modelId) ? toggle : {};
    case "ollama":
      // It refuses every other effort for a model that cannot think.
      return effort === "none" ? { reasoning_effort: "none" } : {};
    default:
      return {};
  }
}
