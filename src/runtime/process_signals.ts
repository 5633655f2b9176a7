import process from "node:process";

/** How the process is asked to end. */
export interface StopSignals {
  /** Aborted by the first SIGINT or SIGTERM: take no new work, and finish what runs. */
  readonly stop: AbortSignal;
  /** Aborted by the second one: finish nothing. */
  readonly cancel: AbortSignal;
  /** Gives the signals back to the system, which ends the process at the next one. */
  dispose(): void;
}

const SIGNALS = ["SIGINT", "SIGTERM"] as const;

/**
 * Listens for the signals by which a terminal, a service manager or a container ends a process, and
 * for those in `more`: who needs its terminal adds SIGHUP, which says that it is gone.
 */
export function listenForStopSignals(more: readonly NodeJS.Signals[] = []): StopSignals {
  const signals = [...SIGNALS, ...more];
  const stop = new AbortController();
  const cancel = new AbortController();
  const onSignal = () => (stop.signal.aborted ? cancel : stop).abort();
  for (const signal of signals) process.on(signal, onSignal);
  return {
    stop: stop.signal,
    cancel: cancel.signal,
    dispose: () => {
      for (const signal of signals) process.off(signal, onSignal);
    },
  };
}
