import { digestText } from "./cron_texts.ts";
import type { Job } from "./job.ts";
import type { RunRecord } from "./run_record.ts";
import { formatTarget, resolveTargets } from "./targets.ts";
import { formatIso } from "./zoned_time.ts";

/** How long people hear nothing more of a job that goes on failing. */
export const DIGEST_INTERVAL_MS = 24 * 3_600_000;

export interface FailureDigest {
  /** One for each place that jobs report to. */
  readonly records: readonly RunRecord[];
  /** The jobs that they tell of. */
  readonly jobIds: ReadonlySet<string>;
}

/**
 * What is to be told of jobs that go on failing: once a day, all of a place in one post. `undefined`
 * when nothing is due.
 */
export function failureDigest(
  jobs: readonly Job[],
  { nowMs, timeZone }: { readonly nowMs: number; readonly timeZone: string },
): FailureDigest | undefined {
  const failing = jobs.filter(({ failures }) =>
    failures.toldAtMs !== undefined && failures.count > failures.toldCount
  );
  const isDue = failing.some(({ failures }) =>
    nowMs - (failures.toldAtMs ?? nowMs) >= DIGEST_INTERVAL_MS
  );
  if (!isDue) return undefined;
  const places = new Map<string, Job[]>();
  for (const job of failing) {
    const [target = { kind: "home" } as const] = resolveTargets(job).targets;
    const key = formatTarget(target);
    places.set(key, [...places.get(key) ?? [], job]);
  }
  const day = formatIso(nowMs, timeZone).slice(0, 10);
  const records = [...places.values()].map((told, index) =>
    toRecord(told, `${day}-${index}`, nowMs)
  );
  return { records, jobIds: new Set(failing.map(({ id }) => id)) };
}

function toRecord(jobs: readonly Job[], tail: string, nowMs: number): RunRecord {
  const [first] = jobs;
  const [target = { kind: "home" } as const] = first === undefined
    ? []
    : resolveTargets(first).targets;
  const id = `digest-${tail}`;
  return {
    id,
    jobId: "",
    jobName: "",
    kind: "notice",
    dueAtMs: nowMs,
    startedAtMs: nowMs,
    endedAtMs: nowMs,
    status: "ok",
    error: undefined,
    failures: { count: 0, toldCount: 0, toldAtMs: undefined },
    deliveries: [{
      id: `cron-${id}`,
      target,
      text: digestText(jobs),
      files: [],
      urgency: "may_wait",
      about: "jobs that fail",
    }],
    outcomes: {},
  };
}
