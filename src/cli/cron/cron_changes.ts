import { JobError } from "../../cron/job_error.ts";
import type { JobOrder } from "../../cron/make_job.ts";

/** The options of `hermes cron create` and `edit`, as they are written. */
export interface CronChanges {
  readonly schedule?: string | undefined;
  readonly prompt?: string | undefined;
  readonly name?: string;
  readonly deliver?: string;
  readonly repeat?: string;
  readonly skill?: readonly string[];
  readonly script?: string;
  /** False with `--no-agent`. */
  readonly agent?: boolean;
  readonly contextFrom?: readonly string[];
  readonly model?: string;
  readonly provider?: string;
  readonly baseUrl?: string;
  readonly workdir?: string;
  readonly toolset?: readonly string[];
  readonly missed?: string;
  readonly timeout?: string;
  readonly allowCommand?: readonly string[];
  readonly json?: boolean;
}

const REPEAT_FOREVER = /^(?:0|forever)$/i;

/** What is wanted of a job. @throws JobError */
export function toJobOrder(changes: CronChanges): JobOrder {
  const { missed, workdir } = changes;
  if (missed !== undefined && missed !== "skip" && missed !== "once") {
    throw new JobError(`Cannot use --missed "${missed}"`, "Write skip or once.");
  }
  if (workdir !== undefined && workdir !== "" && !workdir.startsWith("/")) {
    throw new JobError(`Cannot use the folder "${workdir}"`, "Write it from / on.");
  }
  return {
    schedule: changes.schedule,
    prompt: changes.prompt,
    name: changes.name,
    deliver: changes.deliver,
    repeat: readCount("--repeat", changes.repeat),
    skills: changes.skill,
    script: changes.script,
    noAgent: changes.agent === false ? true : undefined,
    contextFrom: changes.contextFrom,
    model: changes.model,
    provider: changes.provider,
    baseUrl: changes.baseUrl,
    workFolder: workdir,
    toolsets: changes.toolset,
    missed,
    allowedCommands: changes.allowCommand,
    timeoutMs: toMs(readCount("--timeout", changes.timeout)),
  };
}

function readCount(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (option === "--repeat" && REPEAT_FOREVER.test(text)) return 0;
  if (/^\d{1,6}$/.test(text)) return Number(text);
  throw new JobError(`Cannot use ${option} "${text}"`, "Write a whole number.");
}

function toMs(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : Math.min(Math.max(seconds, 1), 86_400) * 1_000;
}
