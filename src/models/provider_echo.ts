import type { AssistantMessage } from "../transcript/message.ts";
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

/** Reads stored `providerData`; `undefined` when there is none. */
export function decodeEcho(value: unknown): ProviderEcho | undefined {
  const echo = value as Partial<ProviderEcho> | null | undefined;
  if (typeof echo?.source !== "string" || !Array.isArray(echo.content)) return undefined;
  const isKnown = echo.content.every((part: Partial<SdkAssistantContent[number]> | null) =>
    part?.type === "text" || part?.type === "reasoning" || part?.type === "tool-call"
  );
  return isKnown ? echo as ProviderEcho : undefined;
}

/** The content of a message that nobody has to get back as it was. */
export function contentOf({ text, toolCalls }: AssistantMessage): SdkAssistantContent {
  const calls = toolCalls.map(({ id, name, arguments: input }) => ({
    type: "tool-call" as const,
    toolCallId: id,
    toolName: name,
    input,
  }));
  return text.trim() === "" ? calls : [{ type: "text", text }, ...calls];
}

/**
 * The `providerData` of one message that is made of two, of which the second goes on where the first
 * was cut off; `undefined` when neither has any.
 */
export function joinProviderData(first: AssistantMessage, second: AssistantMessage): unknown {
  const [before, after] = [decodeEcho(first.providerData), decodeEcho(second.providerData)];
  const echo = after ?? before;
  if (echo === undefined) return undefined;
  const content = [
    ...(before?.content ?? contentOf(first)),
    ...(after?.content ?? contentOf(second)),
  ];
  return { ...echo, content } satisfies ProviderEcho;
}

/** Models that refuse their own tool calls unless their reasoning comes back with them, as text. */
const WANTS_REASONING_TEXT = /deepseek|kimi|moonshot|mimo/i;

export function wantsReasoningText(chosen: ChosenModel): boolean {
  return chosen.wire === "openai-compatible" &&
    WANTS_REASONING_TEXT.test(`${chosen.providerId} ${chosen.modelId} ${chosen.baseUrl}`);
}
