import type { Job, LastDelivery, RunClaim } from "./job.ts";
import { graceMs, nextRun } from "./next_run.ts";
import { NO_FAILURES } from "./report_run.ts";
import type { RunRecord } from "./run_record.ts";

/** What happens with a job whose time has come. All changes are pure; the store makes them durable. */
export type Claimed =
  | { readonly kind: "run"; readonly job: Job; readonly claim: RunClaim; readonly isLate: boolean }
  /** Its time passed while nobody ran it. */
  | { readonly kind: "missed"; readonly job: Job; readonly dueAtMs: number }
  | { readonly kind: "not_due" };

interface Now {
  readonly nowMs: number;
  readonly timeZone: string;
}

/** Whether the job is to run now. */
export function isDue(job: Job, nowMs: number): boolean {
  if (job.running !== undefined) return false;
  if (job.runRequested) return true;
  return job.state === "scheduled" && job.nextRunAtMs !== undefined && job.nextRunAtMs <= nowMs;
}

/**
 * Takes on a run: `job` is what has to be stored before it begins, with its next time, so that this
 * time never comes again.
 */
export function claimRun(job: Job, runId: string, { nowMs, timeZone }: Now): Claimed {
  if (!isDue(job, nowMs)) return { kind: "not_due" };
  if (job.runRequested) {
    const claim = { id: runId, startedAtMs: nowMs, dueAtMs: nowMs };
    return {
      kind: "run",
      claim,
      isLate: false,
      job: { ...job, runRequested: false, running: claim },
    };
  }
  const dueAtMs = job.nextRunAtMs ?? nowMs;
  const lateMs = nowMs - dueAtMs;
  const isLate = lateMs > graceMs(job.schedule, dueAtMs, timeZone);
  const isMissed = isLate && job.missed === "skip";
  const completed = job.repeat.completed + (isMissed ? 0 : 1);
  const isLast = job.repeat.times !== undefined && completed >= job.repeat.times;
  const nextRunAtMs = isLast
    ? undefined
    : nextRun(job.schedule, { afterMs: nowMs, anchorMs: dueAtMs, timeZone });
  const moved = { ...job, repeat: { ...job.repeat, completed }, nextRunAtMs };
  if (isMissed) return { kind: "missed", dueAtMs, job: settleState(moved) };
  const claim = { id: runId, startedAtMs: nowMs, dueAtMs };
  return { kind: "run", claim, isLate, job: { ...moved, running: claim } };
}

/** Finds the next time of a job that has none, as after a change by hand. */
export function planJob(job: Job, { nowMs, timeZone }: Now): Job {
  if (job.state !== "scheduled" || job.running !== undefined || job.nextRunAtMs !== undefined) {
    return job;
  }
  const isUsedUp = job.repeat.times !== undefined && job.repeat.completed >= job.repeat.times;
  if (isUsedUp) return settleState(job);
  const anchorMs = job.schedule.kind === "interval" ? nowMs : job.createdAtMs;
  const isFresh = job.schedule.kind === "once" && job.last === undefined;
  const nextRunAtMs = isFresh && job.schedule.kind === "once"
    ? job.schedule.runAtMs
    : nextRun(job.schedule, { afterMs: nowMs, anchorMs, timeZone });
  return settleState({ ...job, nextRunAtMs });
}

/** The run has ended, and what it said waits to be posted. */
export function endRun(job: Job, record: RunRecord): Job {
  if (job.running?.id !== record.id) return job; // It was noted before.
  const isDelivered = record.deliveries.length === 0 && record.targetProblem === undefined;
  const { id, endedAtMs, status, error, failures } = record;
  const ended: Job = {
    ...job,
    running: undefined,
    failures,
    last: {
      runId: id,
      atMs: endedAtMs,
      status: status === "ok" && !isDelivered ? "delivering" : status,
      error,
    },
    lastDelivery: undefined,
  };
  return settleState(ended);
}

/** What became of what the run said. */
export function noteDelivery(job: Job, record: RunRecord, delivery: LastDelivery): Job {
  if (job.last?.runId !== record.id) return job; // There was a later one.
  const lastDelivery = delivery;
  if (job.last.status !== "delivering" || delivery.kind === "waiting") {
    return { ...job, lastDelivery };
  }
  if (delivery.kind !== "failed") {
    return { ...job, lastDelivery, last: { ...job.last, status: "ok" }, failures: NO_FAILURES };
  }
  const error = `its text was not delivered: ${delivery.reason}`;
  const { count, toldCount, toldAtMs } = job.failures;
  return {
    ...job,
    lastDelivery,
    last: { ...job.last, status: "error", error },
    failures: {
      count: count + 1,
      toldCount: toldAtMs === undefined ? 1 : toldCount,
      toldAtMs: toldAtMs ?? delivery.atMs,
    },
  };
}

/** A job that has no further time is done. */
function settleState(job: Job): Job {
  const isDone = job.state === "scheduled" && job.nextRunAtMs === undefined &&
    job.running === undefined;
  return isDone ? { ...job, state: "completed" } : job;
}
