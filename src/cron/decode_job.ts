import { isTimeZone } from "../runtime/time_zone.ts";
import type { Job, JobOrigin, JobState, LastDelivery, LastRun, RunClaim } from "./job.ts";
import { cronProblem } from "./next_run.ts";
import type { Schedule } from "./schedule.ts";
import { parseIso } from "./zoned_time.ts";

export type DecodedJob =
  | { readonly kind: "job"; readonly job: Job }
  /** `reason` follows a colon. */
  | { readonly kind: "unreadable"; readonly id: string; readonly reason: string };

/** Ids become names of folders. */
export const JOB_ID = /^[A-Za-z0-9_-]{1,64}$/;

/**
 * One entry of `jobs.json`, which may be of the Python original, or changed by hand: what it lacks gets
 * its usual value, and what cannot be made sense of makes it unreadable.
 *
 * @param timeZone Of times that name none.
 */
export function decodeJob(value: unknown, timeZone: string): DecodedJob {
  const raw = asObject(value);
  const id = asText(raw?.id) ?? "";
  const unreadable = (reason: string) => ({ kind: "unreadable" as const, id, reason });
  if (raw === undefined) return unreadable("an entry is no object");
  if (!JOB_ID.test(id)) return unreadable("its id is missing or no plain word");
  const schedule = decodeSchedule(raw.schedule, timeZone);
  if (typeof schedule === "string") return unreadable(schedule);
  const time = (field: unknown) => decodeTime(field, timeZone);
  const repeat = asObject(raw.repeat);
  const prompt = asText(raw.prompt) ?? "";
  const last = decodeLast(raw, timeZone);
  const lastDelivery = decodeLastDelivery(raw.last_delivery, timeZone);
  return {
    kind: "job",
    job: {
      id,
      name: asText(raw.name) ?? (prompt.slice(0, 50) || id),
      prompt,
      skills: decodeSkills(raw),
      model: asText(raw.model),
      provider: asText(raw.provider),
      baseUrl: asText(raw.base_url),
      script: asText(raw.script),
      noAgent: raw.no_agent === true,
      contextFrom: asTexts(raw.context_from),
      schedule,
      scheduleText: asText(raw.schedule_display) ?? asText(asObject(raw.schedule)?.display) ?? "",
      repeat: {
        times: asCount(repeat?.times) || (schedule.kind === "once" ? 1 : undefined),
        completed: asCount(repeat?.completed) ?? 0,
      },
      state: decodeState(raw, schedule),
      pausedAtMs: time(raw.paused_at),
      pausedReason: asText(raw.paused_reason),
      nextRunAtMs: time(raw.next_run_at),
      runRequested: raw.run_requested === true,
      running: decodeClaim(raw.running, timeZone),
      missed: decodeMissed(raw.missed, schedule),
      deliver: asTexts(raw.deliver).join(",") || (asObject(raw.origin) ? "origin" : "local"),
      origin: decodeOrigin(raw.origin),
      toolsets: Array.isArray(raw.enabled_toolsets) ? asTexts(raw.enabled_toolsets) : undefined,
      allowedCommands: asTexts(raw.allowed_commands),
      workFolder: asText(raw.workdir),
      timeoutMs: secondsToMs(raw.timeout_seconds),
      createdAtMs: time(raw.created_at) ?? 0,
      last,
      lastDelivery,
      failures: {
        count: asCount(raw.failure_streak) ?? 0,
        toldCount: asCount(raw.failures_told) ?? 0,
        toldAtMs: time(raw.failures_told_at),
      },
    },
  };
}

/** A sentence for what is wrong. */
function decodeSchedule(value: unknown, timeZone: string): Schedule | string {
  const raw = asObject(value);
  switch (raw?.kind) {
    case "once": {
      const runAtMs = decodeTime(raw.run_at, timeZone);
      return runAtMs === undefined ? "its time is not an ISO time" : { kind: "once", runAtMs };
    }
    case "interval": {
      const { minutes } = raw;
      const isNumber = typeof minutes === "number" && Number.isFinite(minutes) && minutes >= 1;
      return isNumber ? { kind: "interval", minutes } : "its interval is no number of minutes";
    }
    case "cron": {
      const expression = asText(raw.expr);
      if (expression === undefined) return "it has no cron expression";
      const problem = cronProblem(expression);
      if (problem !== undefined) return `its cron expression "${expression}" is wrong: ${problem}`;
      const zone = asText(raw.timezone);
      if (zone !== undefined && !isTimeZone(zone)) return `there is no time zone "${zone}"`;
      return { kind: "cron", expression, timeZone: zone };
    }
    default:
      return "it has no schedule";
  }
}

function decodeState(raw: Raw, schedule: Schedule): JobState {
  const { state, enabled } = raw;
  if (state === "completed") return "completed";
  if (state === "paused" || enabled === false) return "paused";
  // The original leaves it so when it could not find the next time, which is found anew here.
  if (state === "error" && schedule.kind === "once") return "error";
  return "scheduled";
}

function decodeMissed(value: unknown, schedule: Schedule): Job["missed"] {
  if (value === "skip" || value === "once") return value;
  return schedule.kind === "once" ? "once" : "skip";
}

/** The original names one skill apart. */
function decodeSkills(raw: Raw): readonly string[] {
  const skills = asTexts(raw.skills);
  return skills.length > 0 ? skills : asTexts(raw.skill);
}

function decodeOrigin(value: unknown): JobOrigin | undefined {
  const raw = asObject(value);
  const platform = asText(raw?.platform);
  const channelId = asText(raw?.chat_id);
  if (raw === undefined || platform === undefined || channelId === undefined) return undefined;
  return {
    platform,
    channelId,
    channelName: asText(raw.chat_name),
    threadId: asText(raw.thread_id),
    personId: asText(raw.user_id),
    personName: asText(raw.user_name),
  };
}

function decodeClaim(value: unknown, timeZone: string): RunClaim | undefined {
  const raw = asObject(value);
  const id = asText(raw?.id);
  if (raw === undefined || id === undefined || !JOB_ID.test(id)) return undefined;
  const startedAtMs = decodeTime(raw.started_at, timeZone) ?? 0;
  return { id, startedAtMs, dueAtMs: decodeTime(raw.due_at, timeZone) ?? startedAtMs };
}

function decodeLast(raw: Raw, timeZone: string): LastRun | undefined {
  const atMs = decodeTime(raw.last_run_at, timeZone);
  const status = raw.last_status;
  if (atMs === undefined) return undefined;
  if (status !== "ok" && status !== "error" && status !== "delivering") return undefined;
  return { runId: asText(raw.last_run_id) ?? "", atMs, status, error: asText(raw.last_error) };
}

/** What the original calls delivered names no post, and is not taken for it. */
function decodeLastDelivery(value: unknown, timeZone: string): LastDelivery | undefined {
  const raw = asObject(value);
  const atMs = decodeTime(raw?.at, timeZone);
  if (raw === undefined || atMs === undefined) return undefined;
  const reason = asText(raw.reason) ?? "unknown";
  const postIds = asTexts(raw.post_ids);
  switch (raw.status) {
    case "ok":
      return postIds.length === 0 ? undefined : { kind: "delivered", atMs, postIds };
    case "waiting":
      return { kind: "waiting", atMs, reason };
    case "error":
      return { kind: "failed", atMs, reason };
    case "none":
      return { kind: "none", atMs };
    default:
      return undefined;
  }
}

type Raw = Readonly<Record<string, unknown>>;

function asObject(value: unknown): Raw | undefined {
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  return isObject ? value as Raw : undefined;
}

function asText(value: unknown): string | undefined {
  return typeof value === "string" && value.trim() !== "" ? value : undefined;
}

/** A list of words, which may be one word. */
function asTexts(value: unknown): readonly string[] {
  return (Array.isArray(value) ? value : [value]).flatMap((one) => asText(one) ?? []);
}

function asCount(value: unknown): number | undefined {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 ? value : undefined;
}

function secondsToMs(value: unknown): number | undefined {
  return typeof value === "number" && value > 0 && value <= 86_400 ? value * 1_000 : undefined;
}

function decodeTime(value: unknown, timeZone: string): number | undefined {
  return typeof value === "string" ? parseIso(value, timeZone) : undefined;
}
