import type { SessionKey, SessionUsage } from "../sessions/session_store.ts";
import { addSessionUsage, NO_SESSION_USAGE } from "../sessions/session_usage.ts";
import type { ToolRegistry } from "../tools/registry.ts";
import type { ToolContext } from "../tools/tool.ts";
import type { Message, UserMessage } from "../transcript/message.ts";
import { type CompactionEvent, compactWhenFull } from "./compact_talk.ts";
import { LoopGuard } from "./loop_guard.ts";
import { runRemediedStep } from "./remedied_step.ts";
import type { SteerBox } from "./steer.ts";
import type { StepAnswer, StepEvent } from "./step.ts";
import { Talk, type TalkDeps } from "./talk.ts";
import { runToolCalls, type ToolEvent } from "./tool_calls.ts";
import type { ResultRules } from "./tool_results.ts";

const STEP_LIMIT_WORD =
  "You have used up the steps of this turn. Do not call any more tools: say what you have done, " +
  "what you found out, and what is left to do.";
/** Said for the model when it has no closing words. */
const STEP_LIMIT_TEXT =
  "I stopped here: this took more steps than one message may take. Ask me to go on and I will.";
const STUCK_TEXT = "I stopped here: I went in circles and got no further. Tell me how to go on.";

export interface TurnInput {
  readonly systemPrompt: string;
  /** The session so far, without `userMessage`. */
  readonly history: readonly Message[];
  readonly userMessage: UserMessage;
  /** Where the turn happens, for its tools. */
  readonly context: ToolContext;
  /** Tokens of the session's last call, if they are known: how long the history is to the model. */
  readonly contextTokens?: number;
  /** What people say while the turn runs. What is left in it at the end was not read. */
  readonly steer?: SteerBox;
}

export interface TurnDeps extends TalkDeps {
  /** Gives a session's tools, the same each time. Not before a turn asks for them: what checks their input takes time to load. */
  readonly loadTools: (sessionKey: SessionKey) => Promise<ToolRegistry>;
  /** Most steps of the turn; after them, one more call asks for a closing word. */
  readonly stepsMax: number;
  /** How results of tools become what the model reads. */
  readonly results: ResultRules;
}

/**
 * How a turn ended. `cut_off`: the answer is longer than the model may write; `only_thought`: it used
 * that up with thinking; `stuck`: its calls brought nothing new any more.
 */
export type TurnOutcome =
  | "answered"
  | "step_limit"
  | "stuck"
  | "refused"
  | "empty"
  | "cut_off"
  | "only_thought";

export type TurnEvent =
  | StepEvent
  | ToolEvent
  | CompactionEvent
  /** `usage` is the sum of all `usage` events. */
  | { readonly kind: "ended"; readonly outcome: TurnOutcome; readonly usage: SessionUsage };

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
  const sum = { usage: NO_SESSION_USAGE };
  for await (const event of runSteps(input, deps, signal)) {
    if (event.kind === "usage") sum.usage = addSessionUsage(sum.usage, event.usage);
    yield event.kind === "ended" ? { ...event, usage: sum.usage } : event;
  }
}

type Ended = { readonly kind: "ended"; readonly outcome: TurnOutcome };

async function* runSteps(
  { systemPrompt, history, userMessage, context, contextTokens = 0, steer }: TurnInput,
  deps: TurnDeps,
  signal: AbortSignal,
): AsyncGenerator<Exclude<TurnEvent, { kind: "ended" }> | Ended> {
  yield { kind: "message", message: userMessage };
  const talk = new Talk({
    sessionKey: context.sessionKey,
    systemPrompt,
    tools: await deps.loadTools(context.sessionKey),
    messages: [...history, userMessage],
    contextTokens,
    model: deps.models.first(),
  });
  const guard = new LoopGuard();
  const usageOfTools: SessionUsage[] = [];
  const noteUsage = (usage: SessionUsage) => void usageOfTools.push(usage);
  let hasSpoken = false;
  for (let step = 0; step < deps.stepsMax; step++) {
    yield* compactWhenFull(talk, deps, signal);
    const answer = yield* speak(talk, undefined, deps, signal);
    hasSpoken ||= (answer.message?.text ?? "").trim() !== "";
    const calls = answer.message?.toolCalls ?? [];
    if (calls.length === 0) return yield { kind: "ended", outcome: outcomeOf(answer, hasSpoken) };
    const work = {
      tools: talk.tools,
      context: { ...context, noteUsage },
      rules: deps.results,
      guard,
      steer,
    };
    const areWhole = answer.finishReason !== "length";
    talk.add(...yield* runToolCalls({ calls, areWhole }, work, signal));
    for (const usage of usageOfTools.splice(0)) yield { kind: "usage", usage };
    signal.throwIfAborted();
    if (guard.verdict !== undefined) {
      const word = `Stop here: ${guard.verdict}. Do not call any more tools: say what you have ` +
        "done, what you found out, and where you are stuck.";
      return yield* wrapUp(talk, "stuck", word, deps, signal);
    }
  }
  yield* wrapUp(talk, "step_limit", STEP_LIMIT_WORD, deps, signal);
}

/** One step, with its answer kept in the talk. */
async function* speak(
  talk: Talk,
  word: string | undefined,
  deps: TurnDeps,
  signal: AbortSignal,
): AsyncGenerator<StepEvent | CompactionEvent, StepAnswer> {
  const answer = yield* runRemediedStep(talk, word, deps, signal);
  yield { kind: "usage", usage: answer.usage };
  if (word !== undefined) return answer;
  if (answer.message !== undefined) {
    talk.add(answer.message);
    yield { kind: "message", message: answer.message };
  }
  talk.count(answer.usage.contextTokens);
  return answer;
}

function outcomeOf(answer: StepAnswer, hasSpoken: boolean): TurnOutcome {
  if (answer.finishReason === "refused") return "refused";
  const isEmpty = answer.message === undefined;
  if (answer.finishReason === "length") {
    return isEmpty && answer.onlyThought ? "only_thought" : "cut_off";
  }
  return isEmpty && !hasSpoken ? "empty" : "answered";
}

/**
 * Asks for a closing word. The tools stay in the request, since some providers refuse a transcript
 * with tool calls without them; calls made nevertheless are not run.
 */
async function* wrapUp(
  talk: Talk,
  outcome: "step_limit" | "stuck",
  word: string,
  deps: TurnDeps,
  signal: AbortSignal,
): AsyncGenerator<StepEvent | CompactionEvent | Ended> {
  yield* compactWhenFull(talk, deps, signal);
  const answer = yield* speak(talk, word, deps, signal);
  let text = answer.message?.text ?? "";
  if (text.trim() === "") {
    text = outcome === "stuck" ? STUCK_TEXT : STEP_LIMIT_TEXT;
    yield { kind: "text_delta", text };
  }
  yield { kind: "message", message: { role: "assistant", text, toolCalls: [] } };
  yield { kind: "ended", outcome };
}
