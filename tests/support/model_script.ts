import type { ModelClient, ModelEvent, ModelRequest } from "../../src/models/model_client.ts";
import type { SessionUsage } from "../../src/sessions/session_store.ts";
import type { AssistantMessage, ToolCall } from "../../src/transcript/message.ts";
import { UNKNOWN_COST } from "../../src/transcript/usage.ts";

/** One answer of a `ModelScript`, event by event. It may wait, throw, or abort the turn. */
export type ScriptedAnswer = (signal: AbortSignal) => AsyncIterable<ModelEvent>;

const TOKENS = {
  inputTokens: 10,
  outputTokens: 3,
  cachedInputTokens: 2,
  cacheWriteTokens: 0,
  reasoningTokens: 1,
};

/** What a turn of one call took, as it tells it. */
export const USAGE: SessionUsage = {
  calls: 1,
  tokens: TOKENS,
  cost: UNKNOWN_COST,
  contextTokens: 13,
};

/** A model whose every event a test writes, and that keeps what it was asked. */
export class ModelScript implements ModelClient {
  readonly modelId = "script";
  contextTokensMax = 100_000;
  /** Whether it tells how many tokens a request has, about, and not always the same number. */
  countsTokens = false;
  readonly requests: ModelRequest[] = [];
  readonly #answers: ScriptedAnswer[];

  constructor(...answers: ScriptedAnswer[]) {
    this.#answers = answers;
  }

  stream(request: ModelRequest, signal: AbortSignal): AsyncIterable<ModelEvent> {
    this.requests.push(structuredClone(request));
    const answer = this.#answers.shift();
    if (answer === undefined) throw new Error("the script has no answer for this request");
    return this.countsTokens ? counted(request, answer(signal)) : answer(signal);
  }
}

async function* counted(
  request: ModelRequest,
  events: AsyncIterable<ModelEvent>,
): AsyncGenerator<ModelEvent> {
  for await (const event of events) {
    if (event.kind !== "done") yield event;
    else {
      const inputTokens = Math.ceil(JSON.stringify(request).length / 4);
      yield { ...event, usage: { ...event.usage, inputTokens } };
    }
  }
}

/** Says `text` in two pieces. */
export function say(
  text: string,
  finishReason: "stop" | "length" | "refused" | "other" = "stop",
): ScriptedAnswer {
  return async function* () {
    const middle = Math.ceil(text.length / 2);
    for (const piece of [text.slice(0, middle), text.slice(middle)]) {
      if (piece !== "") yield { kind: "text_delta", text: piece };
    }
    yield done({ role: "assistant", text, toolCalls: [] }, finishReason);
  };
}

/** Calls tools, with a word before if `text` has one. */
export function call(
  toolCalls: readonly ToolCall[],
  { text = "", finishReason = "tool_calls" as "tool_calls" | "length" } = {},
): ScriptedAnswer {
  return async function* () {
    if (text !== "") yield { kind: "text_delta", text };
    yield done({ role: "assistant", text, toolCalls }, finishReason);
  };
}

export function done(
  message: AssistantMessage,
  finishReason: "stop" | "tool_calls" | "length" | "refused" | "other",
): ModelEvent {
  return { kind: "done", message, finishReason, usage: TOKENS };
}
