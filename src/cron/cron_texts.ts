import { formatMoment } from "./describe_schedule.ts";
import type { Job } from "./job.ts";

/** What an answer says, and nothing else, when there is nothing to tell. */
export const SILENT_MARKER = "[SILENT]";

/** What a job says, as it is posted. */
export function wrapOutput(job: Job, text: string): string {
  if (job.schedule.kind === "once") return `⏰ **${job.name}**\n\n${text}`;
  const stop = `_Scheduled job ${job.id}. To stop it: \`!cron pause ${job.id}\`_`;
  return `⏰ **${job.name}**\n\n${text}\n\n${stop}`;
}

/** A run that begins long after its time says so. */
export function lateLine(dueAtMs: number, timeZone: string): string {
  return `_(Due at ${formatMoment(dueAtMs, timeZone)}; I was not running then.)_`;
}

export function failureText(job: Job, reason: string): string {
  const again = job.schedule.kind === "once"
    ? `Run it again with \`!cron run ${job.id}\`.`
    : "I go on trying at its times, tell you once a day while it fails, and when it works again.";
  return `⚠️ The job "${job.name}" (${job.id}) failed: ${reason}.\n${again}`;
}

export function recoveryText(job: Job): string {
  const { count } = job.failures;
  const failures = count === 1 ? "a failure" : `${count} failures`;
  return `✅ The job "${job.name}" (${job.id}) works again, after ${failures}.`;
}

export function undeliveredText(job: Job, where: string, reason: string): string {
  return `⚠️ The job "${job.name}" (${job.id}) ran, and its text could not be posted to ${where}: ` +
    `${reason}. The text is kept: \`hermes cron history ${job.id}\``;
}

export function digestText(jobs: readonly Job[]): string {
  const lines = jobs.map(({ id, name, failures, last }) =>
    `- "${name}" (${id}): ${failures.count} times in a row, last: ${last?.error ?? "unknown"}`
  );
  return `⚠️ Still failing:\n${lines.join("\n")}`;
}

/** Above the task, for the model. */
export const JOB_PREFACE =
  `This is a scheduled job that runs by itself: nobody reads along, and nobody can be asked or can allow anything.
Do the task below now. Your final answer is posted by itself where it belongs: do not send it, and say nothing about scheduling.
If there is nothing new to tell, answer with exactly ${SILENT_MARKER} and nothing else.`;
