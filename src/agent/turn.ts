import type { ModelClient, ModelRequest } from "../models/model_client.ts";
import type { Message, Usage, UserMessage } from "../transcript/message.ts";
import { repairTranscript } from "../transcript/repair_transcript.ts";
import { addUsage, NO_USAGE } from "../transcript/usage.ts";
import { runStep, type StepAnswer, type StepEvent, withUserText } from "./step.ts";
import { runToolCalls, type ToolCallDeps, type ToolEvent } from "./tool_calls.ts";

const WRAP_UP_TEXT =
  "You have used up the steps of this turn. Do not call any more tools: say what you have done, " +
  "what you found out, and what is left to do.";
/** Said for the model when it has no closing words. */
const STEP_LIMIT_TEXT =
  "I stopped here: this took more steps than one message may take. Ask me to go on and I will.";
export interface TurnInput {
  readonly systemPrompt: string;
  /** The session so far, without `userMessage`. */
  readonly history: readonly Message[];
  readonly userMessage: UserMessage;
}

export interface TurnDeps extends ToolCallDeps {
  readonly model: ModelClient;
  /** Most steps of the turn; after them, one more call asks for a closing word. */
  readonly stepsMax: number;
}

/** How a turn ended; `cut_off`: the answer is longer than the model may write. */
export type TurnOutcome = "answered" | "step_limit" | "refused" | "empty" | "cut_off";

export type TurnEvent =
  | StepEvent
  | ToolEvent
  | { readonly kind: "ended"; readonly outcome: TurnOutcome; readonly usage: Usage };

/**
 * One turn: from the user's message to the answer, through as many steps (a model call, then its tool
 * calls) as that takes. Yields every `message` in the order it belongs in the transcript, beginning
 * with the user's, and ends with `ended`. Throws a `ModelError` when the model fails, and throws when
 * `signal` aborts; what was yielded until then is a transcript that the next turn can go on from.
 */
export async function* runTurn(
  input: TurnInput,
  deps: TurnDeps,
  signal: AbortSignal,
): AsyncGenerator<TurnEvent> {
  const messages: Message[] = [...input.history, input.userMessage];
  yield { kind: "message", message: input.userMessage };

  let usage = NO_USAGE;
  for (let step = 0; step < deps.stepsMax; step++) {
    const answer = yield* runStep(toRequest(input, messages, deps), deps.model, signal);
    usage = addUsage(usage, answer.usage);
    if (answer.message !== undefined) {
      messages.push(answer.message);
      yield { kind: "message", message: answer.message };
    }
    const calls = answer.message?.toolCalls ?? [];
    if (calls.length === 0) return yield { kind: "ended", outcome: outcomeOf(answer), usage };
    const areWhole = answer.finishReason !== "length";
    messages.push(...yield* runToolCalls({ calls, areWhole }, deps, signal));
    signal.throwIfAborted();
  }

  const closing = yield* wrapUp(toRequest(input, messages, deps), deps.model, signal);
  yield { kind: "ended", outcome: "step_limit", usage: addUsage(usage, closing.usage) };
}

function toRequest(input: TurnInput, messages: readonly Message[], deps: TurnDeps): ModelRequest {
  const { systemPrompt } = input;
  return { systemPrompt, messages: repairTranscript(messages), tools: deps.tools.descriptions };
}

function outcomeOf(answer: StepAnswer): TurnOutcome {
  if (answer.finishReason === "refused") return "refused";
  if (answer.finishReason === "length") return "cut_off";
  return answer.message === undefined ? "empty" : "answered";
}

/**
 * Asks for a closing word. The tools stay in the request, since some providers refuse a transcript
 * with tool calls without them; calls made nevertheless are not run.
 */
async function* wrapUp(
  request: ModelRequest,
  model: ModelClient,
  signal: AbortSignal,
): AsyncGenerator<TurnEvent, StepAnswer> {
  const answer = yield* runStep(withUserText(request, WRAP_UP_TEXT), model, signal);
  let text = answer.message?.text ?? "";
  if (text.trim() === "") {
    text = STEP_LIMIT_TEXT;
    yield { kind: "text_delta", text };
  }
  yield { kind: "message", message: { role: "assistant", text, toolCalls: [] } };
  return answer;
}
