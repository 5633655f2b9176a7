import type { Job, JobOrigin } from "./job.ts";
import { JobError } from "./job_error.ts";
import { nextRun } from "./next_run.ts";
import { parseDuration, parseSchedule } from "./parse_schedule.ts";
import type { Schedule } from "./schedule.ts";
import { parseTargets } from "./targets.ts";

/** What somebody wants a job to be; what is missing stays as it is, or gets its usual value. */
export interface JobOrder {
  readonly schedule?: string | undefined;
  readonly prompt?: string | undefined;
  readonly name?: string | undefined;
  readonly deliver?: string | undefined;
  /** How often it runs; 0 for ever. */
  readonly repeat?: number | undefined;
  readonly skills?: readonly string[] | undefined;
  readonly script?: string | undefined;
  readonly noAgent?: boolean | undefined;
  readonly contextFrom?: readonly string[] | undefined;
  readonly model?: string | undefined;
  readonly provider?: string | undefined;
  readonly baseUrl?: string | undefined;
  readonly toolsets?: readonly string[] | undefined;
  readonly workFolder?: string | undefined;
  readonly missed?: Job["missed"] | undefined;
  readonly allowedCommands?: readonly string[] | undefined;
  readonly timeoutMs?: number | undefined;
}

/** Who makes a job, when and where. */
export interface JobMaker {
  readonly nowMs: number;
  /** IANA name of the zone of whoever makes it. */
  readonly timeZone: string;
  readonly origin: JobOrigin | undefined;
  /** Why a text may not be a prompt; follows "since". */
  readonly refuse: (text: string, scope: "strict") => string | undefined;
}

const NAME_CHARS_MAX = 50;
const PROMPT_CHARS_MAX = 50_000;

/** @throws JobError */
export function makeJob(order: JobOrder, id: string, maker: JobMaker): Job {
  const { nowMs, origin } = maker;
  if (order.schedule === undefined) {
    throw new JobError("Cannot make a job: no schedule is given", "Say when it is to run.");
  }
  const prompt = order.prompt?.trim() ?? "";
  const once = { kind: "once", runAtMs: nowMs } as const;
  const blank: Job = {
    id,
    name: nameOf(order, prompt),
    prompt: "",
    skills: [],
    model: undefined,
    provider: undefined,
    baseUrl: undefined,
    script: undefined,
    noAgent: false,
    contextFrom: [],
    schedule: once,
    scheduleText: "",
    repeat: { times: undefined, completed: 0 },
    state: "scheduled",
    pausedAtMs: undefined,
    pausedReason: undefined,
    nextRunAtMs: undefined,
    runRequested: false,
    running: undefined,
    missed: "skip",
    deliver: "origin",
    origin,
    toolsets: undefined,
    allowedCommands: [],
    workFolder: undefined,
    timeoutMs: undefined,
    createdAtMs: Math.floor(nowMs / 1_000) * 1_000,
    last: undefined,
    lastDelivery: undefined,
    failures: { count: 0, toldCount: 0, toldAtMs: undefined },
  };
  return changeJob(blank, order, maker);
}

/** @throws JobError */
export function changeJob(before: Job, order: JobOrder, maker: JobMaker): Job {
  const orEmpty = (value: string | undefined, old: string | undefined) =>
    value === undefined ? old : value.trim() || undefined;
  const changed: Job = {
    ...before,
    name: order.name?.trim().slice(0, NAME_CHARS_MAX) || before.name,
    prompt: order.prompt?.trim() ?? before.prompt,
    skills: order.skills ?? before.skills,
    script: orEmpty(order.script, before.script),
    noAgent: order.noAgent ?? before.noAgent,
    contextFrom: order.contextFrom ?? before.contextFrom,
    model: orEmpty(order.model, before.model),
    provider: orEmpty(order.provider, before.provider),
    baseUrl: orEmpty(order.baseUrl, before.baseUrl),
    toolsets: order.toolsets ?? before.toolsets,
    workFolder: orEmpty(order.workFolder, before.workFolder),
    allowedCommands: order.allowedCommands ?? before.allowedCommands,
    timeoutMs: order.timeoutMs ?? before.timeoutMs,
    deliver: order.deliver?.trim() || before.deliver,
    missed: order.missed ?? before.missed,
  };
  const job = reschedule(changed, order, maker);
  check(job, maker);
  return job;
}

function reschedule(job: Job, order: JobOrder, { nowMs, timeZone }: JobMaker): Job {
  const times = order.repeat === 0 ? undefined : order.repeat ?? job.repeat.times;
  if (order.schedule === undefined) return { ...job, repeat: { ...job.repeat, times } };
  const schedule = readSchedule(order.schedule, order.repeat, { nowMs, timeZone });
  const isOnce = schedule.kind === "once";
  const wholeMs = Math.floor(nowMs / 1_000) * 1_000;
  const from = { afterMs: wholeMs, anchorMs: wholeMs, timeZone };
  const isActive = job.state === "scheduled" || job.state === "completed" || job.state === "error";
  return {
    ...job,
    schedule,
    scheduleText: order.schedule.trim(),
    repeat: { times: isOnce ? 1 : order.repeat || undefined, completed: 0 },
    missed: order.missed ?? (isOnce ? "once" : "skip"),
    state: isActive ? "scheduled" : job.state,
    nextRunAtMs: isOnce ? schedule.runAtMs : nextRun(schedule, from),
  };
}

/** A delay that is to come several times is an interval. @throws JobError */
function readSchedule(
  text: string,
  repeat: number | undefined,
  now: { readonly nowMs: number; readonly timeZone: string },
): Schedule {
  const isRepeated = repeat !== undefined && repeat !== 1;
  const isDelay = parseDuration(text.trim().toLowerCase()) !== undefined;
  const parsed = parseSchedule(isRepeated && isDelay ? `every ${text.trim()}` : text, now);
  if (parsed.kind === "refused") {
    throw new JobError(
      `Cannot use the schedule "${text}": ${parsed.reason}`,
      'Write it as in "30m", "tomorrow 9am", "every 2h" or "0 9 * * 1-5".',
    );
  }
  if (isRepeated && parsed.schedule.kind === "once") {
    throw new JobError(
      `Cannot repeat "${text}": it is one moment`,
      "Leave repeat out, or give a schedule such as every day at 9.",
    );
  }
  return parsed.schedule;
}

/** @throws JobError */
function check(job: Job, { refuse }: JobMaker): void {
  if (job.prompt === "" && job.script === undefined && job.skills.length === 0) {
    throw new JobError("Cannot make a job: it has nothing to do", "Give it a prompt or a script.");
  }
  if (job.noAgent && job.script === undefined) {
    throw new JobError(
      "Cannot make a job without agent and without script",
      "Name a script, or let the agent work.",
    );
  }
  if (job.prompt.length > PROMPT_CHARS_MAX) {
    throw new JobError(
      `Cannot use the prompt: it has more than ${PROMPT_CHARS_MAX} characters`,
      "Put what is long into a file, and name it in the prompt.",
    );
  }
  const refused = refuse(`${job.name}\n${job.prompt}`, "strict");
  if (refused !== undefined) {
    throw new JobError(`Cannot use the prompt, since ${refused}`, "Say it in other words.");
  }
  const targets = parseTargets(job.deliver);
  if (targets.kind === "refused") {
    throw new JobError(`Cannot deliver there: ${targets.reason}`, "Name a place as it is said.");
  }
}

function nameOf({ name, script, skills }: JobOrder, prompt: string): string {
  const words = name?.trim() || prompt.replaceAll(/\s+/g, " ") || script || skills?.[0] || "Job";
  return words.slice(0, NAME_CHARS_MAX).trim();
}
