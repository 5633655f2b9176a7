import { HermesError } from "../errors.ts";
import type { Clock } from "../runtime/clock.ts";
import type { Log, LogFields } from "../runtime/log.ts";
import type { GatewayProblem, LiveStatus } from "./gateway_status.ts";

/** Longest line that the status keeps of a failure. */
const MESSAGE_CHARS_MAX = 500;

export interface WatchProblemsDeps {
  readonly clock: Clock;
  /** Takes secrets out of a text. */
  readonly redact: (text: string) => string;
}

/** A log that also keeps the last failure in the status: what is logged as one, wherever it happens. */
export function watchProblems(log: Log, status: LiveStatus, deps: WatchProblemsDeps): Log {
  return (level, event, fields = {}) => {
    log(level, event, fields);
    const isFailure = level === "error" || level === "warn";
    if (!isFailure || fields.error === undefined) return;
    status.note({ lastProblem: problemOfLine(event, fields, deps) });
  };
}

function problemOfLine(
  event: string,
  { code, error }: LogFields,
  { clock, redact }: WatchProblemsDeps,
): GatewayProblem {
  const [line = ""] = String(error).split("\n"); // What is a bug comes with its stack.
  // The class of a failure is for logs; of a bug it is half of what is known.
  const sentence = code === "bug" ? line : line.replace(/^[A-Z]\w*Error: /, "");
  return {
    code: typeof code === "string" ? code : event,
    message: redact(sentence).slice(0, MESSAGE_CHARS_MAX),
    atMs: clock.nowMs(),
  };
}

/** Why a gateway ended, for its status. What is no `HermesError` is a bug. */
export function problemOfEnd(error: unknown, atMs: number): GatewayProblem {
  if (error instanceof HermesError) {
    return { code: error.code, message: `${error.message}. ${error.hint}`, atMs };
  }
  return { code: "bug", message: "It failed in a way that it should not; the log says how", atMs };
}
