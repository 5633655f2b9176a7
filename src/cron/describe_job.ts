import { describeSchedule, formatMoment } from "./describe_schedule.ts";
import type { Job } from "./job.ts";
import { nextRuns } from "./next_run.ts";

/** Whose clock it is told by, and when it is now. */
export interface Teller {
  readonly nowMs: number;
  readonly timeZone: string;
}

/** How many next times a confirmation names. */
const TIMES_TOLD = 3;

/** What was agreed on: the schedule in words, and its next times. */
export function confirmJob(job: Job, teller: Teller): string {
  const { timeZone } = teller;
  const { times } = job.repeat;
  const often = job.schedule.kind === "once" || times === undefined ? "" : `, ${times} times`;
  const next = nextTimes(job, teller).map((time) => formatMoment(time, timeZone));
  const lines = [
    `"${job.name}" (${job.id}): ${describeSchedule(job.schedule, timeZone)}${often}.`,
    `Next: ${next.join("; ") || "never"} (${timeZone}).`,
    `Posted to: ${placeText(job)}.`,
  ];
  return lines.join("\n");
}

/** The next times of the job, at most three. */
export function nextTimes(job: Job, { nowMs, timeZone }: Teller): readonly number[] {
  const { nextRunAtMs, repeat, schedule, state } = job;
  if (state !== "scheduled" || nextRunAtMs === undefined) return [];
  const left = repeat.times === undefined ? TIMES_TOLD : repeat.times - repeat.completed;
  const count = Math.min(TIMES_TOLD, left);
  if (count <= 1 || schedule.kind === "once") return [nextRunAtMs].slice(0, count);
  const from = { afterMs: Math.max(nextRunAtMs, nowMs), anchorMs: nextRunAtMs, timeZone };
  return [nextRunAtMs, ...nextRuns(schedule, count - 1, from)];
}

/** One line about a job, for lists. */
export function describeJob(job: Job, teller: Teller): string {
  const { timeZone } = teller;
  const schedule = describeSchedule(job.schedule, timeZone);
  return [`"${job.name}" (${job.id})`, schedule, stateText(job, timeZone), lastText(job, timeZone)]
    .filter((part) => part !== "").join(" · ");
}

export function stateText(job: Job, timeZone: string): string {
  if (job.running !== undefined) return "runs now";
  if (job.runRequested) return "is to run now";
  switch (job.state) {
    case "paused":
      return job.pausedReason === undefined ? "paused" : `paused (${job.pausedReason})`;
    case "completed":
      return "done";
    case "error":
      return "cannot run";
    case "scheduled":
      return job.nextRunAtMs === undefined
        ? "has no next time"
        : `next ${formatMoment(job.nextRunAtMs, timeZone)}`;
  }
}

/** How the last run went, and what became of its text. */
export function lastText({ last, lastDelivery }: Job, timeZone: string): string {
  if (last === undefined) return "";
  const when = formatMoment(last.atMs, timeZone);
  const waiting = lastDelivery?.kind === "waiting" ? ` (${lastDelivery.reason})` : "";
  switch (last.status) {
    case "ok": {
      const isPosted = lastDelivery?.kind === "delivered";
      return `last ${when}: ${isPosted ? "posted" : "ok, nothing to post"}`;
    }
    case "delivering":
      return `last ${when}: ran, not posted yet${waiting}`;
    case "error":
      return `last ${when}: failed: ${last.error ?? "unknown"}`;
  }
}

function placeText({ deliver, origin }: Job): string {
  return deliver.split(",").map((word) => word.trim()).map((word) => {
    switch (word.toLowerCase()) {
      case "origin":
        return origin === undefined ? "the home channel" : "here";
      case "home":
      case "mattermost":
      case "all":
        return "the home channel";
      case "local":
        return "nowhere, its output is kept";
      default:
        return word;
    }
  }).join(", ");
}
