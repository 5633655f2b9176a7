import type { Clock } from "./clock.ts";

/** What became of work whose time was bounded. */
export type TimedResult<T> =
  | { readonly kind: "done"; readonly value: T }
  | { readonly kind: "late" };

/**
 * Does `work` with a signal that aborts with `signal` and after `msMax`; the work has to end on it.
 * `late` when the time was over first, whatever the work made of that.
 */
export async function withinTime<T>(
  work: (signal: AbortSignal) => Promise<T>,
  { msMax, clock }: { readonly msMax: number; readonly clock: Clock },
  signal: AbortSignal,
): Promise<TimedResult<T>> {
  const late = new AbortController();
  const ended = new AbortController();
  const limit = clock.sleep(msMax, AbortSignal.any([signal, ended.signal])).then(() => {
    if (!ended.signal.aborted && !signal.aborted) late.abort();
  });
  try {
    const value = await work(AbortSignal.any([signal, late.signal]));
    return late.signal.aborted ? { kind: "late" } : { kind: "done", value };
  } catch (error) {
    if (late.signal.aborted) return { kind: "late" };
    throw error;
  } finally {
    ended.abort();
    await limit;
  }
}
