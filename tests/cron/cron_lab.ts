import { setTimeout as delay } from "node:timers/promises";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { Delivery, DeliveryOutcome, DeliveryPort } from "../../src/cron/delivery_port.ts";
import type { Job, RunClaim } from "../../src/cron/job.ts";
import { JobStore } from "../../src/cron/job_store.ts";
import type { RunResult } from "../../src/cron/report_run.ts";
import { RunStore } from "../../src/cron/run_record.ts";
import { runScheduler, type SchedulerDeps } from "../../src/cron/scheduler.ts";
import { silentLog } from "../../src/runtime/log.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { seededRandom } from "../support/seeded_random.ts";
import { tempDir } from "../support/temp_dir.ts";

export const START_MS = Date.parse("2026-03-02T08:00:00Z");
export const HOUR_MS = 3_600_000;
export const TIME_ZONE = "UTC";
const STEPS_MAX = 3_000;

export const JOB: Job = {
  id: "0123456789ab",
  name: "Hourly",
  prompt: "Look around",
  skills: [],
  model: undefined,
  provider: undefined,
  baseUrl: undefined,
  script: undefined,
  noAgent: false,
  contextFrom: [],
  schedule: { kind: "cron", expression: "0 * * * *", timeZone: "UTC" },
  scheduleText: "0 * * * *",
  repeat: { times: undefined, completed: 0 },
  state: "scheduled",
  pausedAtMs: undefined,
  pausedReason: undefined,
  nextRunAtMs: START_MS + HOUR_MS,
  runRequested: false,
  running: undefined,
  missed: "skip",
  deliver: "home",
  origin: undefined,
  toolsets: undefined,
  allowedCommands: [],
  workFolder: undefined,
  timeoutMs: undefined,
  createdAtMs: START_MS,
  last: undefined,
  lastDelivery: undefined,
  failures: { count: 0, toldCount: 0, toldAtMs: undefined },
};

/** The server, as a port for deliveries sees it: it outlives every process. */
export class FakeMail implements DeliveryPort {
  /** What was posted, by the id of its delivery, in order. */
  readonly posted = new Map<string, Delivery>();
  /** What becomes of a delivery; without it, it is posted. */
  answer: (delivery: Delivery) => DeliveryOutcome | "waits" | undefined = () => undefined;

  async deliver(
    delivery: Delivery,
    options: { readonly onWaiting?: (reason: string) => void },
    signal: AbortSignal,
  ): Promise<DeliveryOutcome> {
    const answer = this.answer(delivery);
    if (answer === "waits") {
      options.onWaiting?.("the server is away");
      while (this.answer(delivery) === "waits") {
        signal.throwIfAborted();
        await delay(1);
      }
    } else if (answer !== undefined) return answer;
    this.posted.set(delivery.id, this.posted.get(delivery.id) ?? delivery);
    return { kind: "delivered", postIds: [`post-${delivery.id}`], problems: [] };
  }

  get texts(): readonly string[] {
    return [...this.posted.values()].map(({ text }) => text);
  }
}

/** A folder with jobs, and what schedulers that come and go do with them. */
export async function cronLab(jobs: readonly Job[]) {
  const dir = await tempDir();
  const folder = join(dir.path, "cron");
  const clock = new FakeClock(START_MS);
  const store = new JobStore({ folder, timeZone: TIME_ZONE, clock });
  const runs = new RunStore({ folder, log: silentLog });
  await store.change((before) => ({ jobs: [...before, ...jobs], result: undefined }));
  const mail = new FakeMail();
  /** Runs that began: the job and the time they were due. */
  const began: string[] = [];
  const lab = {
    folder,
    clock,
    store,
    runs,
    mail,
    began,
    work: (_job: Job, _claim: RunClaim, _signal: AbortSignal): Promise<RunResult> =>
      Promise.resolve({ kind: "said", text: "All quiet.", files: [] }),
    /** Starts a scheduler; `dying` is the process that it lives in. */
    start(dying?: Dying) {
      const [stop, cancel] = [new AbortController(), new AbortController()];
      const pass: Dying["pass"] = dying === undefined
        ? (work) => work()
        : (work) => dying.pass(work);
      const deps: SchedulerDeps = {
        folder,
        store: {
          load: () => pass(() => store.load()),
          stamp: () => pass(() => store.stamp()),
          change: (work) => pass(() => store.change(work)),
          update: (id, work) => pass(() => store.update(id, work)),
        },
        runs: {
          commit: (record) => pass(() => runs.commit(record)),
          pending: () => pass(() => runs.pending()),
          finish: (record) => pass(() => runs.finish(record)),
        },
        runJob: (job, claim, signal) =>
          pass(() => {
            began.push(`${job.id} ${new Date(claim.dueAtMs).toISOString().slice(11, 16)}`);
            return lab.work(job, claim, signal);
          }),
        delivery: { deliver: (...given) => pass(() => mail.deliver(...given)) },
        settings: { timeZone: TIME_ZONE, parallelMax: 3, wraps: false },
        clock,
        random: seededRandom(1),
        log: silentLog,
      };
      const ended = runScheduler(deps, { stop: stop.signal, cancel: cancel.signal });
      return {
        cancel,
        stop: async () => {
          stop.abort();
          await ended;
        },
      };
    },
    async job(id = JOB.id): Promise<Job | undefined> {
      return (await store.load()).jobs.find((job) => job.id === id);
    },
    /** What `until` lets pass at a time: little where the disk must keep up with it. */
    stepMs: 60_000,
    /** Lets time pass until the condition holds. */
    async until(holds: () => Promise<boolean> | boolean): Promise<void> {
      for (let step = 0; !await holds(); step++) {
        if (step > STEPS_MAX) throw new Error("it never came to that");
        if (clock.nextWakeMs() !== undefined) clock.advance(lab.stepMs);
        await delay(1);
      }
    },
    /** Moves time on, as when nothing runs. */
    skipTo: (atMs: number) => clock.advance(atMs - clock.nowMs()),
    /** A process that died holds no lock. */
    dropLock: () => rm(join(folder, ".tick.lock"), { force: true }),
    [Symbol.asyncDispose]: () => dir[Symbol.asyncDispose](),
  };
  return lab;
}

/** A process that dies before or after the nth thing it does: nothing it began goes on. */
export class Dying {
  readonly #at: number;
  readonly #side: "before" | "after";
  #count = 0;
  isDead = false;

  constructor(at: number, side: "before" | "after") {
    this.#at = at;
    this.#side = side;
  }

  async pass<Result>(work: () => Promise<Result>): Promise<Result> {
    const isLast = this.#count++ === this.#at;
    if (isLast && this.#side === "before") this.isDead = true;
    if (this.isDead) return await new Promise(() => {});
    const result = await work();
    if (isLast) this.isDead = true;
    if (this.isDead) return await new Promise(() => {});
    return result;
  }
}
