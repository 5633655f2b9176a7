import { writeFileAtomic } from "../runtime/atomic_file.ts";
import type { Clock } from "../runtime/clock.ts";
import type { Log } from "../runtime/log.ts";
import type { GatewayStatus, LiveStatus } from "./gateway_status.ts";
import { problemOfEnd } from "./watch_problems.ts";

/** Shortest time between two writes, but for what is urgent. */
const WRITE_INTERVAL_MS = 2_000;

export interface StatusFileDeps {
  readonly path: string;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Keeps the file as the status is while `work` runs, and writes last how it ended. A disk that takes
 * nothing is no reason to end: the log says so once.
 */
export async function withStatusFile<T>(
  live: LiveStatus,
  deps: StatusFileDeps,
  work: () => Promise<T>,
): Promise<T> {
  const ended = new AbortController();
  const writing = keepWritten(live, deps, ended.signal);
  try {
    const result = await work();
    live.note({ ended: { atMs: deps.clock.nowMs() } });
    return result;
  } catch (error) {
    const atMs = deps.clock.nowMs();
    live.note({ ended: { atMs, problem: problemOfEnd(error, atMs) } });
    throw error;
  } finally {
    ended.abort();
    await writing;
  }
}

async function keepWritten(
  live: LiveStatus,
  { path, clock, log }: StatusFileDeps,
  signal: AbortSignal,
): Promise<void> {
  let written: GatewayStatus | undefined;
  let isStuck = false;
  const write = async () => {
    const { current } = live;
    if (current === written) return;
    try {
      await writeFileAtomic(path, `${JSON.stringify(current)}\n`, { mode: 0o600 });
      written = current;
      isStuck = false;
    } catch (error) {
      if (!isStuck) log("warn", "gateway.status_not_written", { error: String(error) });
      isStuck = true;
    }
  };
  while (!signal.aborted) {
    const early = AbortSignal.any([signal, live.urgent]);
    await write();
    await clock.sleep(WRITE_INTERVAL_MS, early);
  }
  await write();
}
