import { formatMoment } from "../../cron/describe_schedule.ts";
import { sumOutcomes } from "../../cron/report_run.ts";
import type { RunRecord, RunStore } from "../../cron/run_record.ts";

/** One run, in two lines. */
export function describeRun(run: RunRecord, runs: RunStore, timeZone: string): string {
  const when = formatMoment(run.startedAtMs, timeZone);
  const took = `${Math.round((run.endedAtMs - run.startedAtMs) / 1_000)} s`;
  const head = `${when}  ${run.jobName} (${run.jobId}): `;
  if (run.kind === "missed") return `${head}missed, ${run.error}`;
  const output = `\n  ${runs.outputFile(run.jobId, run.id)}`;
  const what = run.status === "ok" ? `ok in ${took}` : `failed after ${took}: ${run.error}`;
  return `${head}${what}; ${deliveryText(run)}${output}`;
}

function deliveryText(run: RunRecord): string {
  const delivery = sumOutcomes(run, run.endedAtMs);
  switch (delivery.kind) {
    case "delivered":
      return `posted (${delivery.postIds.join(", ")})`;
    case "failed":
      return `not posted: ${delivery.reason}`;
    case "waiting":
    case "none":
      return "nothing was posted";
  }
}

export function runJson(run: RunRecord, runs: RunStore, timeZone: string) {
  const delivery = sumOutcomes(run, run.endedAtMs);
  const iso = (atMs: number) => new Date(atMs).toISOString();
  return {
    id: run.id,
    job_id: run.jobId,
    job_name: run.jobName,
    kind: run.kind,
    due_at: iso(run.dueAtMs),
    started_at: iso(run.startedAtMs),
    ended_at: iso(run.endedAtMs),
    timezone: timeZone,
    status: run.status,
    error: run.error ?? null,
    delivery: delivery.kind,
    delivery_error: delivery.kind === "failed" ? delivery.reason : null,
    post_ids: delivery.kind === "delivered" ? delivery.postIds : [],
    output: run.kind === "run" ? runs.outputFile(run.jobId, run.id) : null,
  };
}
