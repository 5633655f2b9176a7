import type { Job, LastDelivery } from "./job.ts";
import type { Schedule } from "./schedule.ts";
import { formatIso } from "./zoned_time.ts";

/**
 * A job as `jobs.json` holds it, with the names of the Python original. What `raw`, the entry that it
 * was read from, holds besides stays as it is.
 */
export function encodeJob(
  job: Job,
  raw: Readonly<Record<string, unknown>>,
  timeZone: string,
): Readonly<Record<string, unknown>> {
  const iso = (atMs: number | undefined) => atMs === undefined ? null : formatIso(atMs, timeZone);
  const { failures, last, lastDelivery, origin, running } = job;
  return {
    ...raw,
    id: job.id,
    name: job.name,
    prompt: job.prompt,
    skills: job.skills,
    skill: job.skills[0] ?? null,
    model: job.model ?? null,
    provider: job.provider ?? null,
    base_url: job.baseUrl ?? null,
    script: job.script ?? null,
    no_agent: job.noAgent,
    context_from: job.contextFrom.length === 0 ? null : job.contextFrom,
    schedule: encodeSchedule(job, raw, timeZone),
    schedule_display: job.scheduleText,
    repeat: { times: job.repeat.times ?? null, completed: job.repeat.completed },
    enabled: job.state === "scheduled",
    state: job.state,
    paused_at: iso(job.pausedAtMs),
    paused_reason: job.pausedReason ?? null,
    created_at: iso(job.createdAtMs),
    next_run_at: iso(job.nextRunAtMs),
    last_run_id: last?.runId ?? null,
    last_run_at: iso(last?.atMs),
    last_status: last?.status ?? null,
    last_error: last?.error ?? null,
    last_delivery_error: lastDelivery?.kind === "failed" ? lastDelivery.reason : null,
    last_delivery: lastDelivery === undefined ? null : encodeDelivery(lastDelivery, timeZone),
    failure_streak: failures.count,
    failures_told: failures.toldCount,
    failures_told_at: iso(failures.toldAtMs),
    deliver: job.deliver,
    origin: origin === undefined ? null : {
      ...asObject(raw.origin),
      platform: origin.platform,
      chat_id: origin.channelId,
      chat_name: origin.channelName ?? null,
      thread_id: origin.threadId ?? null,
      user_id: origin.personId ?? null,
      user_name: origin.personName ?? null,
    },
    enabled_toolsets: job.toolsets ?? null,
    workdir: job.workFolder ?? null,
    missed: job.missed,
    allowed_commands: job.allowedCommands,
    timeout_seconds: job.timeoutMs === undefined ? null : job.timeoutMs / 1_000,
    run_requested: job.runRequested,
    running: running === undefined ? null : {
      id: running.id,
      started_at: iso(running.startedAtMs),
      due_at: iso(running.dueAtMs),
    },
  };
}

function encodeSchedule(
  { schedule, scheduleText: display }: Job,
  raw: Readonly<Record<string, unknown>>,
  timeZone: string,
): Readonly<Record<string, unknown>> {
  const before = asObject(raw.schedule);
  const kept = before?.kind === schedule.kind ? before : {};
  return { ...kept, ...fieldsOf(schedule, timeZone), display };
}

function fieldsOf(schedule: Schedule, timeZone: string): Readonly<Record<string, unknown>> {
  switch (schedule.kind) {
    case "once":
      return { kind: "once", run_at: formatIso(schedule.runAtMs, timeZone) };
    case "interval":
      return { kind: "interval", minutes: schedule.minutes };
    case "cron": {
      const { expression: expr, timeZone: zone } = schedule;
      return { kind: "cron", expr, ...(zone !== undefined && { timezone: zone }) };
    }
  }
}

function encodeDelivery(
  delivery: LastDelivery,
  timeZone: string,
): Readonly<Record<string, unknown>> {
  const at = formatIso(delivery.atMs, timeZone);
  switch (delivery.kind) {
    case "delivered":
      return { status: "ok", at, post_ids: delivery.postIds };
    case "waiting":
      return { status: "waiting", at, reason: delivery.reason };
    case "failed":
      return { status: "error", at, reason: delivery.reason };
    case "none":
      return { status: "none", at };
  }
}

function asObject(value: unknown): Readonly<Record<string, unknown>> | undefined {
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  return isObject ? value as Readonly<Record<string, unknown>> : undefined;
}
