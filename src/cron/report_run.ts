import { failureText, lateLine, recoveryText, undeliveredText, wrapOutput } from "./cron_texts.ts";
import type { Delivery, DeliveryOutcome, DeliveryTarget } from "./delivery_port.ts";
import type { FailureStreak, Job, LastDelivery, RunClaim } from "./job.ts";
import type { RunRecord } from "./run_record.ts";
import { formatTarget, resolveTargets } from "./targets.ts";

/** What one run gave. */
export type RunResult =
  | { readonly kind: "said"; readonly text: string; readonly files: readonly string[] }
  /** It had nothing to tell. */
  | { readonly kind: "silent" }
  /** `reason` follows a colon, without a full stop. */
  | { readonly kind: "failed"; readonly reason: string };

export interface ReportInput {
  readonly job: Job;
  readonly claim: RunClaim;
  readonly result: RunResult;
  readonly endedAtMs: number;
  readonly wraps: boolean;
  readonly isLate: boolean;
  readonly timeZone: string;
}

export const NO_FAILURES: FailureStreak = { count: 0, toldCount: 0, toldAtMs: undefined };

/** What is told of a run, and to whom. */
export function reportRun(input: ReportInput): RunRecord {
  const { job, claim, result, endedAtMs } = input;
  const { targets, problem } = resolveTargets(job);
  const failed = result.kind === "failed" ? result.reason : undefined;
  const text = textOf(input);
  const isQuiet = job.deliver.split(",").every((word) => word.trim() === "local");
  // A job that posts nowhere fails in its list, and somebody has to hear of it all the same.
  const places: readonly DeliveryTarget[] = failed !== undefined && isQuiet
    ? [{ kind: "home" }]
    : targets;
  const files = result.kind === "said" ? result.files : [];
  const deliveries = text === "" ? [] : places.map((target, index) => ({
    id: `cron-${claim.id}-${job.id}-${index}`,
    target,
    text,
    files,
    urgency: urgencyOf(job),
    about: `the job "${job.name}"`,
  }));
  return {
    id: claim.id,
    jobId: job.id,
    jobName: job.name,
    kind: "run",
    dueAtMs: claim.dueAtMs,
    startedAtMs: claim.startedAtMs,
    endedAtMs,
    status: failed === undefined ? "ok" : "error",
    error: failed,
    failures: failuresAfter(job, failed !== undefined, deliveries.length > 0, endedAtMs),
    deliveries,
    outcomes: {},
    ...(problem !== undefined && text !== "" ? { targetProblem: problem } : {}),
  };
}

/**
 * People hear of the first failure at once; `toldAtMs` of later ones is moved on by the digest. What
 * is to be delivered has not gone well yet: see `noteDelivery`.
 */
function failuresAfter(
  { failures }: Job,
  isFailure: boolean,
  isDelivered: boolean,
  nowMs: number,
): FailureStreak {
  if (!isFailure) return isDelivered ? failures : NO_FAILURES;
  const count = failures.count + 1;
  if (failures.toldAtMs !== undefined) return { ...failures, count };
  return { count, toldCount: count, toldAtMs: nowMs };
}

/** `""` when nothing is posted. */
function textOf({ job, claim, result, wraps, isLate, timeZone }: ReportInput): string {
  if (result.kind === "failed") {
    return job.failures.toldAtMs === undefined ? failureText(job, result.reason) : "";
  }
  const said = result.kind === "said" ? (wraps ? wrapOutput(job, result.text) : result.text) : "";
  const late = isLate && said !== "" ? lateLine(claim.dueAtMs, timeZone) : "";
  const recovery = job.failures.toldAtMs === undefined ? "" : recoveryText(job);
  return [recovery, said, late].filter((part) => part !== "").join("\n\n");
}

/** A moment that a person chose is not put off; what comes again and again may be. */
function urgencyOf({ schedule }: Job): Delivery["urgency"] {
  return schedule.kind === "once" ? "now" : "may_wait";
}

/**
 * Tells at home what could not be told where it belongs; `undefined` when there is no other place, or
 * when people know already that the job fails.
 */
export function reportUndelivered(record: RunRecord, job: Job): RunRecord | undefined {
  const { toldAtMs } = job.failures;
  if (record.kind !== "run" || (toldAtMs !== undefined && toldAtMs < record.endedAtMs)) return;
  const lost = record.deliveries.flatMap(({ id, target }) => {
    const outcome = record.outcomes[id];
    const isLost = outcome?.kind === "failed" && target.kind !== "home";
    return isLost ? [{ where: formatTarget(target), reason: outcome.reason }] : [];
  });
  const { targetProblem } = record;
  if (targetProblem !== undefined) lost.push({ where: job.deliver, reason: targetProblem });
  const [first] = lost;
  if (first === undefined) return undefined;
  const where = lost.map((one) => one.where).join(", ");
  const id = `${record.id}-lost`;
  return {
    ...record,
    id,
    kind: "notice",
    error: undefined,
    deliveries: [{
      id: `cron-${id}-${job.id}`,
      target: { kind: "home" },
      text: undeliveredText(job, where, first.reason),
      files: [],
      urgency: "may_wait",
      about: `the job "${job.name}"`,
    }],
    outcomes: {},
  };
}

/** All deliveries of a record as one: it is delivered when all of them are. */
export function sumOutcomes(record: RunRecord, nowMs: number): LastDelivery {
  if (record.targetProblem !== undefined) {
    return { kind: "failed", atMs: nowMs, reason: record.targetProblem };
  }
  if (record.deliveries.length === 0) return { kind: "none", atMs: nowMs };
  const outcomes = record.deliveries.map(({ id }): DeliveryOutcome =>
    record.outcomes[id] ?? { kind: "failed", reason: "nothing is known of it" }
  );
  const failed = outcomes.find((outcome) => outcome.kind === "failed");
  if (failed !== undefined) return { kind: "failed", atMs: nowMs, reason: failed.reason };
  const postIds = outcomes.flatMap((outcome) =>
    outcome.kind === "delivered" ? outcome.postIds : []
  );
  return { kind: "delivered", atMs: nowMs, postIds };
}
