import type { ChosenModel } from "./choose_model.ts";
import type { SdkAssistantContent, SdkMetadata } from "./sdk_model.ts";

/**
 * What a provider wants back with its own message, as it lies in `AssistantMessage.providerData`:
 * the whole content, because signatures hold for parts in their order.
 */
export interface ProviderEcho {
  /** Whose it is: another model must not get it. */
  readonly source: string;
  readonly content: SdkAssistantContent;
  readonly messageMetadata?: SdkMetadata;
}

/** Names the model that an echo belongs to. */
export function echoSource(chosen: ChosenModel): string {
  return `${chosen.wire} ${chosen.providerId} ${chosen.modelId}`;
}

/** Reads stored `providerData`; `undefined` when there is none, or when another model's it is. */
export function decodeEcho(value: unknown, source: string): ProviderEcho | undefined {
  const echo = value as Partial<ProviderEcho> | null | undefined;
  if (echo?.source !== source || !Array.isArray(echo.content)) return undefined;
  const isKnown = echo.content.every((part: Partial<SdkAssistantContent[number]> | null) =>
    part?.type === "text" || part?.type === "reasoning" || part?.type === "tool-call"
  );
  return isKnown ? echo as ProviderEcho : undefined;
}

/** Models that refuse their own tool calls unless their reasoning comes back with them, as text. */
const WANTS_REASONING_TEXT = /deepseek|kimi|moonshot|mimo/i;

export function wantsReasoningText(chosen: ChosenModel): boolean {
  return chosen.wire === "openai-compatible" &&
    WANTS_REASONING_TEXT.test(`${chosen.providerId} ${chosen.modelId} ${chosen.baseUrl}`);
}
