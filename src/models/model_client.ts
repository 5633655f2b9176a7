import type { AssistantMessage, Cost, Message, Usage } from "../transcript/message.ts";

/** What one call to a language model needs. The same input gives the same bytes on the wire. */
export interface ModelRequest {
  readonly systemPrompt: string;
  /**
   * In order, and valid as `repairTranscript` makes it: each tool call is followed by its result, no
   * message of the assistant is empty, and no two of a user follow each other.
   */
  readonly messages: readonly Message[];
  readonly tools: readonly ToolDescription[];
  /** Most tokens of the answer, where it has to be less than the settings allow. */
  readonly outputTokensMax?: number;
  /** The model shall not think, and gets nothing back of what it thought. */
  readonly withoutReasoning?: true;
  /** Images are told of, not sent. */
  readonly withoutImages?: true;
}

/** A tool as the model sees it. */
export interface ToolDescription {
  readonly name: string;
  readonly description: string;
  /** JSON Schema of the arguments: an object schema. */
  readonly inputSchema: Readonly<Record<string, unknown>>;
}

export type ModelEvent =
  | { readonly kind: "text_delta"; readonly text: string }
  | { readonly kind: "reasoning_delta"; readonly text: string }
  /** What was streamed before this is void: the call failed half-way and starts again. */
  | { readonly kind: "restarted"; readonly reason: string }
  | ModelDone;

export interface ModelDone {
  readonly kind: "done";
  readonly message: AssistantMessage;
  readonly finishReason: FinishReason;
  readonly usage: Usage;
  /** Missing where nobody can know. */
  readonly cost?: Cost;
}

/** `length`: the output limit cut the answer. `refused`: a content filter or the model said no. */
export type FinishReason = "stop" | "tool_calls" | "length" | "refused" | "other";

/**
 * One step of a language model, streamed. Ends with exactly one `done`, or throws a `ModelError`
 * after its own retries. Aborting `signal` ends the call at once; what it throws then is not a
 * `ModelError`: ask `signal.aborted`.
 */
export interface ModelClient {
  /** The model's id as the provider spells it, e.g. `anthropic/claude-sonnet-4.5`. */
  readonly modelId: string;
  /** Most tokens a request may hold, input and output together. */
  readonly contextTokensMax: number;
  stream(request: ModelRequest, signal: AbortSignal): AsyncIterable<ModelEvent>;
}
