import process from "node:process";
import type { Clock } from "./clock.ts";
import { systemCodeOf } from "./file_error.ts";
import { isRunning, type ProcessId } from "./process_id.ts";

export type ProcessEnd =
  /** It ended by itself. */
  | "ended"
  /** It did not, and was killed. */
  | "killed"
  /** It belongs to another user. */
  | "not_permitted"
  /** It lives on: nobody can say for sure that it is the one that is meant, or not even a kill ends it. */
  | "survived";

export interface EndProcessOptions {
  /** `false`: it was asked before; a second SIGTERM would mean more than the first. */
  readonly asks: boolean;
  /** How long it may take before it is killed. */
  readonly graceMs: number;
}

const POLL_MS = 50;
/** A process that was killed is gone as soon as the system gets to it. */
const KILLED_MS_MAX = 5_000;

/** Ends this very process, and no later one of the same pid: by SIGTERM, and by SIGKILL after a while. */
export async function endProcess(
  id: ProcessId,
  { asks, graceMs }: EndProcessOptions,
  clock: Clock,
  signal: AbortSignal,
): Promise<ProcessEnd> {
  if (asks && await send("SIGTERM", id) === "not_permitted") return "not_permitted";
  if (await untilGone(id, graceMs, clock, signal)) return "ended";
  signal.throwIfAborted();
  if (id.process === undefined) return "survived";
  if (await send("SIGKILL", id) === "not_permitted") return "not_permitted";
  return await untilGone(id, KILLED_MS_MAX, clock, signal) ? "killed" : "survived";
}

async function send(name: "SIGTERM" | "SIGKILL", id: ProcessId): Promise<"done" | "not_permitted"> {
  if (!await isRunning(id)) return "done";
  try {
    process.kill(id.pid, name);
  } catch (error) {
    if (systemCodeOf(error) === "EPERM") return "not_permitted";
    if (systemCodeOf(error) !== "ESRCH") throw error; // ESRCH: it has ended just now.
  }
  return "done";
}

async function untilGone(
  id: ProcessId,
  msMax: number,
  clock: Clock,
  signal: AbortSignal,
): Promise<boolean> {
  const untilMs = clock.nowMs() + msMax;
  while (await isRunning(id)) {
    if (signal.aborted || clock.nowMs() >= untilMs) return false;
    await clock.sleep(POLL_MS, signal);
  }
  return true;
}
