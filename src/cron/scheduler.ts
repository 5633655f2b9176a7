import { join } from "node:path";
import { HermesError } from "../errors.ts";
import type { Clock } from "../runtime/clock.ts";
import { acquireLock } from "../runtime/lock_file.ts";
import type { Log } from "../runtime/log.ts";
import type { Random } from "../runtime/random.ts";
import type { DeliveryPort } from "./delivery_port.ts";
import { failureDigest } from "./failure_digest.ts";
import type { Job, RunClaim } from "./job.ts";
import { type Claimed, claimRun, endRun, isDue, planJob } from "./job_changes.ts";
import type { JobStore } from "./job_store.ts";
import { BUG_REASON, RecordDeliveries } from "./record_deliveries.ts";
import { reportRun, type RunResult } from "./report_run.ts";
import { runId, type RunRecord, type RunStore } from "./run_record.ts";
import { formatIso } from "./zoned_time.ts";

/** Does the work of one job. Throws only when `signal` aborts. */
export type RunJob = (job: Job, claim: RunClaim, signal: AbortSignal) => Promise<RunResult>;

export interface SchedulerDeps {
  /** `cron/` of the home. */
  readonly folder: string;
  readonly store: Pick<JobStore, "load" | "stamp" | "change" | "update">;
  readonly runs: Pick<RunStore, "commit" | "pending" | "finish">;
  readonly runJob: RunJob;
  readonly delivery: DeliveryPort;
  readonly settings: SchedulerSettings;
  readonly clock: Clock;
  readonly random: Pick<Random, "id">;
  readonly log: Log;
}

export interface SchedulerSettings {
  /** IANA name; of cron expressions that name none, and of the times in texts. */
  readonly timeZone: string;
  /** Jobs that run side by side. */
  readonly parallelMax: number;
  /** Whether what a job says is posted with its name. */
  readonly wraps: boolean;
}

/** How often the file is looked at: others change it. */
const POLL_MS = 1_000;
/** When the disk does not take what a run gave. */
const RETRY_MS = 30_000;

/**
 * Runs jobs at their times until `stop` aborts, then waits for those under way; `cancel` ends them.
 * Of several schedulers of a home one works, and the others wait for its end.
 */
export async function runScheduler(
  deps: SchedulerDeps,
  { stop, cancel }: { readonly stop: AbortSignal; readonly cancel: AbortSignal },
): Promise<void> {
  const { clock, folder, log } = deps;
  while (!stop.aborted) {
    const lock = await takeLock(folder, log);
    if (lock === undefined) {
      await clock.sleep(POLL_MS, stop);
      continue;
    }
    try {
      await new Scheduler(deps, cancel).run(stop);
    } finally {
      await lock.release();
    }
  }
}

async function takeLock(folder: string, log: Log) {
  try {
    const path = join(folder, ".tick.lock");
    const lock = await acquireLock(path, { description: "scheduler" });
    if (lock.kind === "acquired") return lock;
    log("debug", "cron.other_scheduler", { pid: lock.by.pid });
  } catch (error) {
    log("error", "cron.unusable", { error: String(error) });
  }
  return undefined;
}

class Scheduler {
  readonly #deps: SchedulerDeps;
  readonly #cancel: AbortSignal;
  /** Runs of this process, by the id of the job. */
  readonly #running = new Map<string, Promise<void>>();
  readonly #deliveries: RecordDeliveries;
  #jobs: readonly Job[] = [];
  /** Of the file that `#jobs` were read from; `undefined` when it has to be looked at again. */
  #stamp: string | undefined;
  /** The last problem with the file, told once. */
  #problem = "";
  #wake = new AbortController();

  constructor(deps: SchedulerDeps, cancel: AbortSignal) {
    this.#deps = deps;
    this.#cancel = cancel;
    this.#deliveries = new RecordDeliveries(deps, cancel);
  }

  async run(stop: AbortSignal): Promise<void> {
    const { clock } = this.#deps;
    let isRecovered = false;
    while (!stop.aborted) {
      this.#wake = new AbortController();
      let waitMs = POLL_MS;
      try {
        if (!isRecovered) await this.#recover();
        isRecovered = true;
        await this.#look();
        await this.#startDue();
        waitMs = this.#nextWaitMs();
        this.#problem = "";
      } catch (error) {
        this.#tell(error);
      }
      await clock.sleep(waitMs, AbortSignal.any([stop, this.#wake.signal]));
    }
    await this.#end();
  }

  /** Takes up what a process left that died: no run begins again, and no text is lost. */
  async #recover(): Promise<void> {
    const { log, runs, store } = this.#deps;
    const pending = await runs.pending();
    const { jobs, unreadable } = await store.load();
    for (const { id, reason } of unreadable) log("error", "cron.job_unreadable", { id, reason });
    for (const job of jobs) {
      const { running } = job;
      if (running === undefined) continue;
      if (pending.some(({ id, jobId }) => id === running.id && jobId === job.id)) continue;
      log("warn", "cron.run_lost", { job: job.id, run: running.id });
      const reason = "the gateway ended while it ran";
      await this.#conclude(job, running, false, { kind: "failed", reason });
    }
    for (const record of pending) {
      await store.update(record.jobId, (job) => endRun(job, record));
      this.#deliveries.begin(record);
    }
  }

  /** Reads the file when it has changed. */
  async #look(): Promise<void> {
    const { clock, store, settings: { timeZone } } = this.#deps;
    const stamp = await store.stamp();
    if (stamp === this.#stamp) return;
    const nowMs = clock.nowMs();
    const plan = (job: Job) => planJob(job, { nowMs, timeZone });
    this.#jobs = (await store.load()).jobs;
    this.#stamp = stamp;
    if (this.#jobs.every((job) => plan(job) === job)) return;
    await store.change((jobs) => ({ jobs: jobs.map(plan), result: undefined }));
    this.#stamp = await store.stamp(); // Before it is read, so that a later change is seen.
    this.#jobs = (await store.load()).jobs;
  }

  async #startDue(): Promise<void> {
    const { clock, settings } = this.#deps;
    const nowMs = clock.nowMs();
    await this.#tellFailing(nowMs);
    for (const { id } of this.#jobs.filter((job) => isDue(job, nowMs))) {
      if (this.#running.size >= settings.parallelMax) return; // The end of one wakes us.
      if (!this.#running.has(id)) await this.#start(id);
    }
  }

  async #start(jobId: string): Promise<void> {
    const { clock, log, random, runs, settings: { timeZone }, store } = this.#deps;
    const nowMs = clock.nowMs();
    const newId = runId(formatIso(nowMs, timeZone), random.id().slice(0, 4));
    const claimed = await store.change<Claimed>((jobs) => {
      const before = jobs.find(({ id }) => id === jobId);
      const result = before === undefined
        ? { kind: "not_due" as const }
        : claimRun(before, newId, { nowMs, timeZone });
      if (result.kind === "not_due") return { jobs, result };
      return { jobs: jobs.map((job) => job === before ? result.job : job), result };
    });
    this.#stamp = undefined;
    if (claimed.kind === "not_due") return;
    this.#jobs = this.#jobs.map((job) => job.id === jobId ? claimed.job : job);
    const { job } = claimed;
    if (claimed.kind === "missed") {
      log("warn", "cron.missed", { job: jobId, lateMs: nowMs - claimed.dueAtMs });
      return await runs.finish(missedRecord(job, newId, claimed.dueAtMs, nowMs));
    }
    const { claim, isLate } = claimed;
    log("info", "cron.started", { job: jobId, run: claim.id, lateMs: nowMs - claim.dueAtMs });
    const work = this.#run(job, claim, isLate).finally(() => {
      this.#running.delete(jobId);
      this.#stamp = undefined;
      this.#wake.abort();
    });
    this.#running.set(jobId, work);
  }

  /** Catches everything: a job that fails must not take the others with it. */
  async #run(job: Job, claim: RunClaim, isLate: boolean): Promise<void> {
    const { clock, log, runJob } = this.#deps;
    let result: RunResult;
    try {
      result = await runJob(job, claim, this.#cancel);
    } catch (error) {
      if (!this.#cancel.aborted) {
        const said = error instanceof Error ? error.stack ?? error.message : String(error);
        log("error", "cron.bug", { job: job.id, error: said });
      }
      const reason = this.#cancel.aborted
        ? "the gateway ended while it ran"
        : error instanceof HermesError
        ? error.message
        : BUG_REASON;
      result = { kind: "failed", reason };
    }
    while (!await this.#tryConclude(job, claim, isLate, result)) {
      await clock.sleep(RETRY_MS, this.#cancel);
      if (this.#cancel.aborted) return; // The next start finds a run without an end.
    }
  }

  /** False when the disk does not take it now. */
  async #tryConclude(
    job: Job,
    claim: RunClaim,
    isLate: boolean,
    result: RunResult,
  ): Promise<boolean> {
    try {
      await this.#conclude(job, claim, isLate, result);
      return true;
    } catch (error) {
      this.#deps.log("error", "cron.not_recorded", { job: job.id, error: String(error) });
      return false;
    }
  }

  /** The record is the point of no return: what it holds is told, and the run never comes again. */
  async #conclude(job: Job, claim: RunClaim, isLate: boolean, result: RunResult): Promise<void> {
    const { clock, log, runs, store, settings: { timeZone, wraps } } = this.#deps;
    const current = (await store.load()).jobs.find(({ id }) => id === job.id) ?? job;
    const endedAtMs = clock.nowMs();
    const input = { job: current, claim, result, endedAtMs, wraps, isLate, timeZone };
    const record = reportRun(input);
    await runs.commit(record);
    await store.update(job.id, (before) => endRun(before, record));
    const { status, error } = record;
    log(status === "ok" ? "info" : "warn", "cron.ended", {
      job: job.id,
      run: claim.id,
      status: result.kind,
      error,
    });
    this.#deliveries.begin(record);
  }

  /** Once a day, what goes on failing. */
  async #tellFailing(nowMs: number): Promise<void> {
    const { runs, settings: { timeZone }, store } = this.#deps;
    const digest = failureDigest(this.#jobs, { nowMs, timeZone });
    if (digest === undefined) return;
    for (const record of digest.records) await runs.commit(record);
    const told = (job: Job): Job => ({
      ...job,
      failures: { ...job.failures, toldCount: job.failures.count, toldAtMs: nowMs },
    });
    await store.change((jobs) => ({
      jobs: jobs.map((job) => digest.jobIds.has(job.id) ? told(job) : job),
      result: undefined,
    }));
    this.#jobs = this.#jobs.map((job) => digest.jobIds.has(job.id) ? told(job) : job);
    for (const record of digest.records) this.#deliveries.begin(record);
  }

  #nextWaitMs(): number {
    const nowMs = this.#deps.clock.nowMs();
    if (this.#stamp === undefined || this.#running.size >= this.#deps.settings.parallelMax) {
      return POLL_MS;
    }
    const times = this.#jobs.flatMap((job) =>
      job.state === "scheduled" && job.running === undefined ? job.nextRunAtMs ?? [] : []
    );
    return Math.max(0, Math.min(POLL_MS, ...times.map((time) => time - nowMs)));
  }

  /** A file with a mistake is told once; nothing runs until it is mended. */
  #tell(error: unknown): void {
    const isKnown = error instanceof HermesError;
    const problem = isKnown ? error.message : error instanceof Error ? error.stack : String(error);
    if (problem === this.#problem) return;
    this.#problem = problem ?? "";
    const code = isKnown ? error.code : "bug";
    this.#deps.log("error", "cron.unusable", { code, error: problem });
  }

  /** What is to be delivered stays on the disk, and is taken up by the next start. */
  async #end(): Promise<void> {
    await Promise.all(this.#running.values());
    await this.#deliveries.close();
  }
}

function missedRecord(job: Job, id: string, dueAtMs: number, nowMs: number): RunRecord {
  return {
    id,
    jobId: job.id,
    jobName: job.name,
    kind: "missed",
    dueAtMs,
    startedAtMs: nowMs,
    endedAtMs: nowMs,
    status: "error",
    error: "its time passed while no gateway ran",
    failures: job.failures,
    deliveries: [],
    outcomes: {},
  };
}
