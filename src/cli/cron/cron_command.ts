import { describeSchedule, formatMoment } from "../../cron/describe_schedule.ts";
import {
  confirmJob,
  describeJob,
  lastText,
  nextTimes,
  stateText,
} from "../../cron/describe_job.ts";
import { encodeJob } from "../../cron/encode_job.ts";
import type { Job } from "../../cron/job.ts";
import type { Customer, JobDesk } from "../../cron/job_desk.ts";
import { JobError } from "../../cron/job_error.ts";
import { RunStore } from "../../cron/run_record.ts";
import { HermesError } from "../../errors.ts";
import { readGatewayState } from "../../gateway/read_gateway_state.ts";
import { openOfflineAgent } from "../agent/offline_agent.ts";
import type { AgentParts } from "../compose_agent.ts";
import { composeJobDesk } from "../compose_job_desk.ts";
import { EXIT } from "../exit_codes.ts";
import type { CliIo } from "../io.ts";
import { renderError } from "../render_error.ts";
import { type CronChanges, toJobOrder } from "./cron_changes.ts";
import { describeRun, runJson } from "./describe_run.ts";

/** What the subcommands of `hermes cron` work with. */
interface Counter {
  readonly agent: AgentParts;
  readonly desk: JobDesk;
  readonly customer: Customer;
  readonly timeZone: string;
  readonly nowMs: number;
}

const GATEWAY_NEEDED = "No gateway runs, so no job does. Start one with hermes gateway start.";
const HISTORY_MAX = 50;

/** `hermes cron list` */
export function listJobs(
  { all, json }: { readonly all: boolean; readonly json: boolean },
  io: CliIo,
): Promise<number> {
  return atCounter(io, async (counter) => {
    const { agent, desk, customer } = counter;
    const { jobs, unreadable } = await desk.list(customer);
    const listed = jobs.filter(({ state }) => all || state !== "completed");
    for (const { id, reason } of unreadable) {
      io.err(`The job "${id}" cannot be read and does not run: ${reason}.`);
    }
    if (json) return io.out(toJson({ jobs: listed.map((job) => jobJson(job, counter)) }));
    if (listed.length === 0) {
      io.out('Nothing is scheduled. Try hermes cron create "every day at 9" …');
    }
    for (const job of listed) {
      io.out(`${job.id}  ${job.name}`);
      io.out(`  ${describeSchedule(job.schedule, counter.timeZone)}, to ${job.deliver}`);
      io.out(`  ${stateText(job, counter.timeZone)}`);
      const last = lastText(job, counter.timeZone);
      if (last !== "") io.out(`  ${last}`);
    }
    await warnWithoutGateway(agent, io);
  });
}

/** `hermes cron create` */
export function createJob(changes: CronChanges, io: CliIo): Promise<number> {
  return atCounter(io, async (counter) => {
    const { agent, desk, customer } = counter;
    const hasHome = agent.config.mattermost.homeChannel !== undefined;
    const order = { deliver: hasHome ? "home" : "local", ...defined(toJobOrder(changes)) };
    const job = await desk.create(order, customer);
    if (changes.json === true) return io.out(toJson(jobJson(job, counter)));
    io.out(`Scheduled. ${confirmJob(job, counter)}`);
    if (changes.deliver === undefined && !hasHome) {
      io.err("There is no home channel to post to: set MATTERMOST_HOME_CHANNEL, or use --deliver.");
    }
    await warnWithoutGateway(agent, io);
  });
}

/** `hermes cron edit JOB` */
export function editJob(ref: string, changes: CronChanges, io: CliIo): Promise<number> {
  return atCounter(io, async (counter) => {
    const order = defined(toJobOrder(changes));
    if (Object.keys(order).length === 0) {
      throw new JobError("Nothing is to be changed", "See hermes cron edit --help.");
    }
    const job = await counter.desk.edit(ref, order, counter.customer);
    if (changes.json === true) return io.out(toJson(jobJson(job, counter)));
    io.out(`Changed. ${confirmJob(job, counter)}`);
  });
}

/** `hermes cron pause`, `resume`, `run` and `remove` */
export function actOnJob(
  action: "pause" | "resume" | "run" | "remove",
  ref: string,
  { json = false, reason }: { readonly json?: boolean; readonly reason?: string },
  io: CliIo,
): Promise<number> {
  return atCounter(io, async (counter) => {
    const { agent, desk, customer } = counter;
    const job = action === "pause"
      ? await desk.pause(ref, reason, customer)
      : await desk[action](ref, customer);
    if (action === "remove") await runStore(agent).forget(job.id);
    if (json) return io.out(toJson(jobJson(job, counter)));
    const done = { pause: "Paused", resume: "Resumed", run: "Runs at once", remove: "Removed" };
    const told = action === "remove" ? `"${job.name}" (${job.id})` : describeJob(job, counter);
    io.out(`${done[action]}: ${told}`);
    if (action === "run" || action === "resume") await warnWithoutGateway(agent, io);
  });
}

/** `hermes cron history [JOB]` */
export function showHistory(
  ref: string | undefined,
  { count, json = false }: { readonly count: string; readonly json?: boolean },
  io: CliIo,
): Promise<number> {
  return atCounter(io, async (counter) => {
    const { agent, desk, customer, timeZone } = counter;
    const wanted = /^\d{1,4}$/.test(count) ? Math.min(Number(count), HISTORY_MAX) : undefined;
    if (wanted === undefined) throw new JobError(`Cannot show "${count}" runs`, "Write a number.");
    const jobs = ref === undefined
      ? (await desk.list(customer)).jobs
      : [await desk.find(ref, customer)];
    const runs = runStore(agent);
    const all = await Promise.all(jobs.map(({ id }) => runs.history(id, wanted)));
    const newest = all.flat().sort((a, b) => b.endedAtMs - a.endedAtMs).slice(0, wanted);
    if (json) return io.out(toJson({ runs: newest.map((run) => runJson(run, runs, timeZone)) }));
    if (newest.length === 0) io.out("Nothing has run yet.");
    for (const run of newest) io.out(describeRun(run, runs, timeZone));
  });
}

/** `hermes cron status` */
export function showCronStatus({ json }: { readonly json: boolean }, io: CliIo): Promise<number> {
  return atCounter(io, async (counter) => {
    const { agent, desk, customer, timeZone } = counter;
    const { jobs, unreadable } = await desk.list(customer);
    const isRunning = (await readGatewayState(agent.paths)).kind === "running";
    const [next] = jobs.filter(({ state }) => state === "scheduled")
      .sort((a, b) => (a.nextRunAtMs ?? Infinity) - (b.nextRunAtMs ?? Infinity));
    const counts = {
      scheduled: jobs.filter(({ state }) => state === "scheduled").length,
      paused: jobs.filter(({ state }) => state === "paused").length,
      failing: jobs.filter(({ failures }) => failures.count > 0).length,
      unreadable: unreadable.length,
    };
    if (json) {
      const found = next === undefined ? null : jobJson(next, counter);
      return io.out(toJson({ gateway_running: isRunning, ...counts, next: found }));
    }
    io.out(isRunning ? "The gateway runs, and jobs with it." : GATEWAY_NEEDED);
    const { scheduled, paused, failing } = counts;
    io.out(`${scheduled} scheduled, ${paused} paused, ${failing} failing.`);
    if (next?.nextRunAtMs !== undefined) {
      io.out(`Next: ${formatMoment(next.nextRunAtMs, timeZone)}, "${next.name}" (${next.id})`);
    }
  });
}

/** Does the work, and tells what keeps it from being done. */
async function atCounter(io: CliIo, work: (counter: Counter) => Promise<void>): Promise<number> {
  const agent = await openOfflineAgent(io);
  if (agent === undefined) return EXIT.config;
  const { clock, timeZone } = agent;
  try {
    await work({
      agent,
      desk: composeJobDesk(agent),
      customer: { timeZone, origin: undefined, mayUse: () => true },
      timeZone,
      nowMs: clock.nowMs(),
    });
    return EXIT.ok;
  } catch (error) {
    if (!(error instanceof HermesError)) throw error;
    io.err(renderError(error));
    return error instanceof JobError ? EXIT.usage : EXIT.failure;
  }
}

async function warnWithoutGateway({ paths }: AgentParts, io: CliIo): Promise<void> {
  if ((await readGatewayState(paths)).kind !== "running") io.err(GATEWAY_NEEDED);
}

function runStore({ log, paths }: AgentParts): RunStore {
  return new RunStore({ folder: paths.cronFolder, log });
}

/** As in `jobs.json`, with its next times. */
function jobJson(job: Job, counter: Counter) {
  const { timeZone } = counter;
  const next = nextTimes(job, counter).map((time) => new Date(time).toISOString());
  return { ...encodeJob(job, {}, timeZone), next_runs: next };
}

function defined<T extends object>(value: T): Partial<T> {
  return Object.fromEntries(
    Object.entries(value).filter(([, one]) => one !== undefined),
  ) as Partial<T>;
}

function toJson(value: unknown): string {
  return JSON.stringify(value, undefined, 2);
}
