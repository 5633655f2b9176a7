import { HermesError } from "../errors.ts";
import type { ResolvedCall, ToolRegistry } from "../tools/registry.ts";
import type { ToolContext } from "../tools/tool.ts";
import type { ToolCall, ToolResultMessage } from "../transcript/message.ts";
import { type PlannedCall, toBatches } from "./call_batches.ts";
import type { LoopGuard } from "./loop_guard.ts";
import type { MessageEvent } from "./step.ts";
import { type SteerBox, withSteering } from "./steer.ts";
import { type ResultRules, shapeResults } from "./tool_results.ts";

const CANCELLED_TEXT = "Cancelled: the turn was stopped. The call may have taken effect.";
const CUT_OFF_TEXT =
  "Not run: the answer was cut off at the output limit, so the arguments may be " +
  "incomplete. Call it again with less in one call.";
const NOT_STARTED_TEXT = "Cancelled: the turn was stopped before this call began.";
const REPEATED_TEXT = "Not run again: this is the same call as one before it, whose result holds.";

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
  readonly rules: ResultRules;
  readonly guard: LoopGuard;
  /** What people say meanwhile; it goes to the model with the last result. */
  readonly steer: SteerBox | undefined;
}

export interface ToolCallInput {
  readonly calls: readonly ToolCall[];
  /** False when the answer that holds the calls was cut off: then none of them is run. */
  readonly areWhole: boolean;
}

/** What became of one call, before it is made fit to be read. */
interface Outcome extends PlannedCall {
  readonly text: string;
  readonly isError: boolean;
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
  const results: ToolResultMessage[] = [];
  const batches = toBatches(plan(input, deps.tools), deps.context);
  for (const batch of batches) {
    const begins = !signal.aborted;
    for (const { call } of batch) {
      if (begins) yield { kind: "tool_started", callId: call.id, name: call.name };
    }
    const ended = await Promise.all(batch.map((each) => runCall(each, deps.context, signal)));
    const isLast = batch === batches.at(-1);
    for (const message of await toMessages(ended, results, isLast, deps, signal)) {
      const { toolCallId: callId, toolName: name, isError } = message;
      if (begins) yield { kind: "tool_ended", callId, name, isError };
      yield { kind: "message", message };
      results.push(message);
    }
  }
  return results;
}

/** Finds what each call means. Of the same call twice, with nothing changed between, one is run. */
function plan({ calls, areWhole }: ToolCallInput, tools: ToolRegistry): PlannedCall[] {
  const seen = new Set<string>();
  return calls.map((call): PlannedCall => {
    const resolved = areWhole ? tools.resolve(call) : unusable(CUT_OFF_TEXT);
    if (resolved.kind === "refused") return { call, resolved };
    const key = `${resolved.tool.name} ${JSON.stringify(resolved.input)}`;
    if (seen.has(key)) return { call, resolved: unusable(REPEATED_TEXT) };
    if (resolved.tool.readOnly !== true) seen.clear();
    seen.add(key);
    return { call, resolved };
  });
}

function unusable(reason: string): ResolvedCall {
  return { kind: "refused", cause: "unusable", reason };
}

async function runCall(
  { call, resolved }: PlannedCall,
  context: ToolContext,
  signal: AbortSignal,
): Promise<Outcome> {
  const toOutcome = (text: string, isError: boolean): Outcome => ({
    call,
    resolved,
    text,
    isError,
  });
  if (signal.aborted) return toOutcome(NOT_STARTED_TEXT, true);
  if (resolved.kind === "refused") return toOutcome(resolved.reason, true);
  try {
    const text = await untilAborted(resolved.tool.run(resolved.input, context, signal), signal);
    return toOutcome(text, false);
  } catch (error) {
    return toOutcome(signal.aborted ? CANCELLED_TEXT : explain(error), true);
  }
}

/** What the model reads of the calls that ran side by side. */
async function toMessages(
  ended: readonly Outcome[],
  before: readonly ToolResultMessage[],
  isLast: boolean,
  { rules, guard, steer }: ToolCallDeps,
  signal: AbortSignal,
): Promise<ToolResultMessage[]> {
  const raw = ended.map(({ call, resolved, text }) => ({
    callId: call.id,
    tool: resolved.kind === "ready" ? resolved.tool : undefined,
    text,
  }));
  const charsBefore = before.reduce((sum, { text }) => sum + text.length, 0);
  const texts = await shapeResults(raw, rules, charsBefore);
  return ended.map(({ call, resolved, isError, text }, index) => {
    const warning = signal.aborted ? undefined : guard.note(call, resolved, { text, isError });
    const warned = warning === undefined ? texts[index] : `${texts[index]}\n\n[${warning}]`;
    const takesWord = isLast && index === ended.length - 1 && !signal.aborted;
    const shown = takesWord ? withSteering(warned ?? "", steer?.take() ?? []) : warned ?? "";
    return { role: "tool", toolCallId: call.id, toolName: call.name, text: shown, isError };
  });
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
