import { joinProviderData } from "../models/provider_echo.ts";
import type { FinishReason, ModelClient, ModelDone, ModelRequest } from "../models/model_client.ts";
import type { SessionUsage } from "../sessions/session_store.ts";
import { addSessionUsage } from "../sessions/session_usage.ts";
import type { AssistantMessage, Message } from "../transcript/message.ts";
import { repairTranscript, saysNothing } from "../transcript/repair_transcript.ts";
import { UNKNOWN_COST } from "../transcript/usage.ts";

/** How often the model is asked to go on with an answer that its output limit cut off. */
const CONTINUATIONS_MAX = 3;
const NUDGE_TEXT = "Your last answer was empty. Answer now, in words.";
const CONTINUE_TEXT = "Your answer was cut off at the output limit. Go on exactly where it " +
  "stopped: do not repeat anything and do not comment on it.";

export interface MessageEvent {
  readonly kind: "message";
  readonly message: Message;
}

export type StepEvent =
  | { readonly kind: "text_delta"; readonly text: string }
  | { readonly kind: "reasoning_delta"; readonly text: string }
  /** What was streamed since the last `message` is void. */
  | { readonly kind: "restarted"; readonly reason: string }
  | MessageEvent;

/** What a step brought. It is the caller who yields `message`. */
export interface StepAnswer {
  /** `undefined` when the model neither spoke nor called a tool. */
  readonly message: AssistantMessage | undefined;
  /** `length`: still cut off after all continuations, or cut off inside its tool calls. */
  readonly finishReason: FinishReason;
  /** The model thought, and said nothing. */
  readonly onlyThought: boolean;
  readonly usage: SessionUsage;
}

export interface StepDeps {
  readonly model: ModelClient;
  /** Holds the text that was streamed and is not void, also when the step throws. */
  readonly heard: { text: string };
}

/**
 * Lets the model speak once. An answer that says nothing is asked for a second time; one that is cut
 * off at the output limit is continued and put together. Throws when the model fails and when `signal`
 * aborts; what was streamed until then is for the caller to keep or to void.
 */
export async function* runStep(
  request: ModelRequest,
  deps: StepDeps,
  signal: AbortSignal,
): AsyncGenerator<StepEvent, StepAnswer> {
  const first = yield* streamAnswer(request, "", deps, signal);
  let { message, finishReason } = first;
  let usage = usageOf(first);
  if (saysNothing(message) && finishReason !== "refused") {
    const again = yield* streamAnswer(withUserText(request, NUDGE_TEXT), "", deps, signal);
    ({ message, finishReason } = again);
    usage = addSessionUsage(usage, usageOf(again));
  }
  for (let count = 0; count < CONTINUATIONS_MAX; count++) {
    if (finishReason !== "length" || message.text.trim() === "") break;
    if (message.toolCalls.length > 0) break;
    const soFar = { ...request, messages: [...request.messages, message] };
    const rest = withUserText(soFar, CONTINUE_TEXT);
    const next = yield* streamAnswer(rest, message.text, deps, signal);
    message = joinMessages(message, next.message);
    finishReason = next.finishReason;
    usage = addSessionUsage(usage, usageOf(next));
  }
  const onlyThought = saysNothing(message) && message.reasoning !== undefined;
  if (finishReason === "refused") message = withoutCalls(message);
  return {
    message: saysNothing(message) ? undefined : message,
    finishReason,
    onlyThought,
    usage,
  };
}

/** Adds a word of ours that the model reads once and the transcript never holds. */
export function withUserText(request: ModelRequest, text: string): ModelRequest {
  return { ...request, messages: repairTranscript([...request.messages, { role: "user", text }]) };
}

async function* streamAnswer(
  request: ModelRequest,
  textBefore: string,
  { model, heard }: StepDeps,
  signal: AbortSignal,
): AsyncGenerator<StepEvent, ModelDone> {
  heard.text = textBefore;
  for await (const event of model.stream(request, signal)) {
    if (event.kind === "done") return event;
    if (event.kind === "text_delta") heard.text += event.text;
    if (event.kind === "restarted") heard.text = textBefore;
    yield event;
    const begins = event.kind === "restarted" && textBefore !== "";
    if (begins) yield { kind: "text_delta", text: textBefore };
  }
  signal.throwIfAborted();
  throw new Error("a model's stream ended without `done`");
}

function usageOf({ usage: tokens, cost = UNKNOWN_COST }: ModelDone): SessionUsage {
  return { calls: 1, tokens, cost, contextTokens: tokens.inputTokens + tokens.outputTokens };
}

/** Calls of an answer that a filter stopped may be halves of calls; `providerData` repeats them. */
function withoutCalls({ role, text }: AssistantMessage): AssistantMessage {
  return { role, text, toolCalls: [] };
}

function joinMessages(a: AssistantMessage, b: AssistantMessage): AssistantMessage {
  const reasoning = [a.reasoning, b.reasoning].filter((part) => part !== undefined).join("\n\n");
  const providerData = joinProviderData(a, b);
  return {
    role: "assistant",
    text: a.text + b.text,
    toolCalls: b.toolCalls,
    ...(reasoning === "" ? {} : { reasoning }),
    ...(providerData === undefined ? {} : { providerData }),
  };
}
