import type { DeliveryPort } from "../cron/delivery_port.ts";
import type { SessionStore } from "../sessions/session_store.ts";
import type { AgentParts } from "./compose_agent.ts";

export interface CronHost {
  readonly agent: AgentParts;
  readonly sessions: SessionStore;
  /** From `loadIdentity`. */
  readonly identity: string;
  readonly delivery: DeliveryPort;
  /** Whether what this user wants may have any effect. */
  readonly listensTo: (userId: string) => boolean;
}

interface CronSignals {
  readonly stop: AbortSignal;
  readonly cancel: AbortSignal;
}

/** How often a home without jobs is looked at. */
const POLL_MS = 1_000;

/**
 * Runs the jobs of a home from now on. No job begins after `stop`; those under way have the drain time
 * of the gateway from then on, and end at once with `cancel`.
 */
export function openCron(host: CronHost, signals: CronSignals): AsyncDisposable {
  const { agent: { clock, config } } = host;
  const [stop, cancel] = [new AbortController(), new AbortController()];
  const stopping = AbortSignal.any([signals.stop, stop.signal]);
  const cancelling = AbortSignal.any([signals.cancel, cancel.signal]);
  const ended = runJobs(host, { stop: stopping, cancel: cancelling });
  ended.catch(() => {}); // Told when it is waited for.
  let stoppedAtMs: number | undefined;
  stopping.addEventListener("abort", () => stoppedAtMs = clock.nowMs());
  return {
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      const leftMs = (stoppedAtMs ?? clock.nowMs()) + config.gateway.drainMs - clock.nowMs();
      const over = new AbortController();
      const wait = AbortSignal.any([signals.cancel, over.signal]);
      await Promise.race([ended, clock.sleep(Math.max(0, leftMs), wait)]);
      over.abort();
      cancel.abort();
      await ended;
    },
  };
}

/** What runs jobs takes time to load, which a start without any does not have. */
async function runJobs(host: CronHost, signals: CronSignals): Promise<void> {
  const { clock, jobs } = host.agent;
  while (await jobs.stamp() === "") {
    await clock.sleep(POLL_MS, signals.stop);
    if (signals.stop.aborted) return;
  }
  const [{ runScheduler }, { composeScheduler }] = await Promise.all([
    import("../cron/scheduler.ts"),
    import("./compose_scheduler.ts"),
  ]);
  await runScheduler(composeScheduler(host), signals);
}
