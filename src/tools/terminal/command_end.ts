import type { Child, ChildEnd } from "../../runtime/child_process.ts";
import type { Clock } from "../../runtime/clock.ts";
import { exitMeaning } from "./exit_meaning.ts";

/** How long a command may take to end after it was asked to, before it is made to. */
const KILL_GRACE_MS = 2_000;
/** How long it is waited for then: a program can hang in the system, out of reach of every signal. */
const END_MS_MAX = 1_000;

/** Ends a command with all that it started. */
export async function endChild(child: Child, clock: Clock): Promise<void> {
  await child.kill(KILL_GRACE_MS);
  await within(END_MS_MAX, child.ended, clock, new AbortController().signal);
}

/** What `work` gives; `undefined` when it takes longer, or `signal` aborts first. */
export async function within<T>(
  msMax: number,
  work: Promise<T>,
  clock: Clock,
  signal: AbortSignal,
): Promise<T | undefined> {
  const done = new AbortController();
  const timeUp = clock.sleep(msMax, AbortSignal.any([signal, done.signal]));
  const first = await Promise.race([work, timeUp]);
  done.abort();
  return first ?? undefined;
}

/** How a command ended, in words, e.g. `exit code 1: nothing matched`. */
export function describeEnd(end: ChildEnd, command: string): string {
  switch (end.kind) {
    case "exited": {
      const meaning = exitMeaning(command, end.code);
      return `exit code ${end.code}${meaning === undefined ? "" : `: ${meaning}`}`;
    }
    case "signalled":
      return `ended by ${end.signal}`;
    case "not_started":
      return `not started: ${end.systemCode}`;
  }
}
