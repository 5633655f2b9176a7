/** What the model said, was told, or got back from a tool. The order of an array is the order of talk. */
export type Message = UserMessage | AssistantMessage | ToolResultMessage;

export interface UserMessage {
  readonly role: "user";
  readonly text: string;
  /** What was shown with it; a model that sees gets the images themselves. */
  readonly images?: readonly ImageReference[];
  /** Nobody said it: it stands for the earlier messages, which a compaction took away. */
  readonly isSummary?: true;
}

/** An image in a file, which may be gone by the time that it is sent again. */
export interface ImageReference {
  /** Absolute. */
  readonly path: string;
  /** E.g. `image/png`. */
  readonly mimeType: string;
  /** As people called it. */
  readonly name: string;
}

export interface AssistantMessage {
  readonly role: "assistant";
  readonly text: string;
  readonly toolCalls: readonly ToolCall[];
  /** What the model thought before it spoke, if the provider shows it. Never posted by default. */
  readonly reasoning?: string;
  /** Opaque data that the provider wants back with its own message, e.g. a thinking signature. */
  readonly providerData?: unknown;
}

export interface ToolCall {
  /** Given by the model; the matching result repeats it. */
  readonly id: string;
  readonly name: string;
  /** As the model wrote them: not validated. */
  readonly arguments: unknown;
}

export interface ToolResultMessage {
  readonly role: "tool";
  readonly toolCallId: string;
  readonly toolName: string;
  readonly text: string;
  readonly isError: boolean;
}

/** Tokens of one model call, or summed over several. */
export interface Usage {
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** The part of `inputTokens` that the provider read from its cache. */
  readonly cachedInputTokens: number;
  /** The part of `inputTokens` that the provider wrote to its cache, where that has its own price. */
  readonly cacheWriteTokens: number;
  /** The part of `outputTokens` spent on reasoning. */
  readonly reasoningTokens: number;
}

/** What calls cost, in US dollars. */
export interface Cost {
  readonly usd: number;
  /**
   * `actual`: the provider says so. `estimated`: from a table of prices. `unknown`: at least a part
   * of the calls has no known price and is missing in `usd`.
   */
  readonly status: "actual" | "estimated" | "unknown";
}
