import { ModelError } from "../models/errors.ts";
import type { ModelClient, ModelRequest } from "../models/model_client.ts";
import type { ToolRegistry } from "../tools/registry.ts";
import type { ToolContext } from "../tools/tool.ts";
import { countChars } from "../transcript/count_chars.ts";
import type { Message, Usage, UserMessage } from "../transcript/message.ts";
import { newestMessages } from "../transcript/newest_messages.ts";
import { repairTranscript } from "../transcript/repair_transcript.ts";
import { addUsage, NO_USAGE } from "../transcript/usage.ts";
import { runStep, type StepAnswer, type StepEvent, withUserText } from "./step.ts";
import { runToolCalls, type ToolEvent } from "./tool_calls.ts";

const WRAP_UP_TEXT =
  "You have used up the steps of this turn. Do not call any more tools: say what you have done, " +
  "what you found out, and what is left to do.";
/** Said for the model when it has no closing words. */
const STEP_LIMIT_TEXT =
  "I stopped here: this took more steps than one message may take. Ask me to go on and I will.";
/** How much of the history is kept, by characters, each time that the model finds it too long. */
const HISTORY_SHARES = [1 / 2, 1 / 8, 0];

export interface TurnInput {
  readonly systemPrompt: string;
  /** The session so far, without `userMessage`. */
  readonly history: readonly Message[];
  readonly userMessage: UserMessage;
  /** Where the turn happens, for its tools. */
  readonly context: ToolContext;
}

export interface TurnDeps {
  readonly model: ModelClient;
  /** Gives the tools. Not before a turn asks for them: what checks their input takes time to load. */
  readonly loadTools: () => Promise<ToolRegistry>;
  /** Most steps of the turn; after them, one more call asks for a closing word. */
  readonly stepsMax: number;
  /** Longest tool result that the model is shown; the rest is cut off, with a note. */
  readonly toolResultCharsMax: number;
}

/** How a turn ended; `cut_off`: the answer is longer than the model may write. */
export type TurnOutcome = "answered" | "step_limit" | "refused" | "empty" | "cut_off";

export type TurnEvent =
  | StepEvent
  | ToolEvent
  | { readonly kind: "ended"; readonly outcome: TurnOutcome; readonly usage: Usage };

/** What the requests of a turn are made of. */
interface Talk {
  readonly systemPrompt: string;
  readonly tools: ToolRegistry;
  /** As much of the session so far as the model has room for. */
  history: readonly Message[];
  /** What this turn has said so far. */
  readonly said: Message[];
}

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
  const { systemPrompt, history, userMessage, context } = input;
  yield { kind: "message", message: userMessage };
  const tools = await deps.loadTools();
  const talk: Talk = { systemPrompt, tools, history, said: [userMessage] };

  let usage = NO_USAGE;
  for (let step = 0; step < deps.stepsMax; step++) {
    const answer = yield* runFittingStep(talk, deps.model, signal);
    usage = addUsage(usage, answer.usage);
    if (answer.message !== undefined) {
      talk.said.push(answer.message);
      yield { kind: "message", message: answer.message };
    }
    const calls = answer.message?.toolCalls ?? [];
    if (calls.length === 0) return yield { kind: "ended", outcome: outcomeOf(answer), usage };
    const areWhole = answer.finishReason !== "length";
    const { toolResultCharsMax } = deps;
    talk.said.push(
      ...yield* runToolCalls({ calls, areWhole }, { tools, context, toolResultCharsMax }, signal),
    );
    signal.throwIfAborted();
  }

  const closing = yield* wrapUp(toRequest(talk), deps.model, signal);
  yield { kind: "ended", outcome: "step_limit", usage: addUsage(usage, closing.usage) };
}

/**
 * As `runStep`. When the model finds the request too long, the older part of the history is left out
 * of this turn and it is asked again, so that a long session can always go on.
 */
async function* runFittingStep(
  talk: Talk,
  model: ModelClient,
  signal: AbortSignal,
): AsyncGenerator<StepEvent, StepAnswer> {
  const { history } = talk;
  const chars = countChars(history);
  const shares = HISTORY_SHARES.values();
  for (;;) {
    try {
      return yield* runStep(toRequest(talk), model, signal);
    } catch (error) {
      const isTooLong = error instanceof ModelError && error.kind === "context_overflow";
      const { value: share } = shares.next();
      if (!isTooLong || talk.history.length === 0 || share === undefined) throw error;
      talk.history = share === 0 ? [] : newestMessages(history, chars * share);
    }
  }
}

function toRequest({ systemPrompt, history, said, tools }: Talk): ModelRequest {
  const messages = repairTranscript([...history, ...said]);
  return { systemPrompt, messages, tools: tools.descriptions };
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
