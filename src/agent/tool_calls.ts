import { HermesError } from "../errors.ts";
import type { ResolvedCall, ToolRegistry } from "../tools/registry.ts";
import type { ToolContext } from "../tools/tool.ts";
import { cutText } from "../transcript/cut_text.ts";
import type { ToolCall, ToolResultMessage } from "../transcript/message.ts";
import { type PlannedCall, toBatches } from "./call_batches.ts";
import type { MessageEvent } from "./step.ts";

const CANCELLED_TEXT = "Cancelled: the turn was stopped. The call may have taken effect.";
const CUT_OFF_TEXT =
  "Not run: the answer was cut off at the output limit, so the arguments may be " +
  "incomplete. Call it again with less in one call.";
const NOT_STARTED_TEXT = "Cancelled: the turn was stopped before this call began.";

export type ToolEvent =
  | { readonly kind: "tool_started"; readonly callId: string; readonly name: string }
  | {
    readonly kind: "tool_ended";
    readonly callId: string;
    readonly name: string;
    readonly isError: boolean;
  }
  | MessageEvent;

export interface ToolCallDeps {
  readonly tools: ToolRegistry;
  readonly context: ToolContext;
  /** Longest tool result that the model is shown; the rest is cut off, with a note. */
  readonly toolResultCharsMax: number;
}

export interface ToolCallInput {
  readonly calls: readonly ToolCall[];
  /** False when the answer that holds the calls was cut off: then none of them is run. */
  readonly areWhole: boolean;
}

/**
 * Runs the calls of one step in order, neighbours that do not disturb each other side by side, and
 * gives each call a result in call order whatever happens: also when a tool throws, and after
 * `signal` aborted.
 */
export async function* runToolCalls(
  input: ToolCallInput,
  deps: ToolCallDeps,
  signal: AbortSignal,
): AsyncGenerator<ToolEvent, readonly ToolResultMessage[]> {
  const cutOff: ResolvedCall = { kind: "refused", reason: CUT_OFF_TEXT };
  const planned = input.calls.map((call) => ({
    call,
    resolved: input.areWhole ? deps.tools.resolve(call) : cutOff,
  }));
  const results: ToolResultMessage[] = [];
  for (const batch of toBatches(planned, deps.context)) {
    const begins = !signal.aborted;
    for (const { call } of batch) {
      if (begins) yield { kind: "tool_started", callId: call.id, name: call.name };
    }
    const ended = await Promise.all(batch.map((plan) => runCall(plan, deps, signal)));
    for (const message of ended) {
      const { toolCallId: callId, toolName: name, isError } = message;
      if (begins) yield { kind: "tool_ended", callId, name, isError };
      yield { kind: "message", message };
    }
    results.push(...ended);
  }
  return results;
}

async function runCall(
  { call, resolved }: PlannedCall,
  deps: ToolCallDeps,
  signal: AbortSignal,
): Promise<ToolResultMessage> {
  const toResult = (text: string, isError: boolean): ToolResultMessage => ({
    role: "tool",
    toolCallId: call.id,
    toolName: call.name,
    text: cutResult(text, deps.toolResultCharsMax),
    isError,
  });
  if (signal.aborted) return toResult(NOT_STARTED_TEXT, true);
  if (resolved.kind === "refused") return toResult(resolved.reason, true);
  try {
    const text = await untilAborted(
      resolved.tool.run(resolved.input, deps.context, signal),
      signal,
    );
    return toResult(text, false);
  } catch (error) {
    return toResult(signal.aborted ? CANCELLED_TEXT : explain(error), true);
  }
}

function cutResult(text: string, charsMax: number): string {
  if (text.length <= charsMax) return text;
  const note = `[Cut: the result has ${text.length} characters, the first ${charsMax} are above.]`;
  return `${cutText(text, charsMax)}\n\n${note}`;
}

/** Does not wait for a tool that ignores `signal`: stopping must not hang on it. */
function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason);
    signal.addEventListener("abort", stop, { once: true });
    if (signal.aborted) stop();
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", stop));
  });
}

function explain(error: unknown): string {
  if (error instanceof HermesError) return `${error.message}. ${error.hint}`;
  return error instanceof Error ? error.message : String(error);
}
