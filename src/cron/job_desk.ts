import type { Clock } from "../runtime/clock.ts";
import type { Random } from "../runtime/random.ts";
import type { Job, JobOrigin } from "./job.ts";
import type { JobList, JobStore } from "./job_store.ts";
import { JobError } from "./job_error.ts";
import type { JobMaker, JobOrder } from "./make_job.ts";
import { locateScript } from "./run_script.ts";

export interface JobDeskDeps {
  readonly store: JobStore;
  readonly scriptsFolder: string;
  readonly refuse: JobMaker["refuse"];
  readonly hasSkill: (name: string) => Promise<boolean>;
  readonly clock: Clock;
  readonly random: Pick<Random, "float">;
}

/** Who stands at the desk. */
export interface Customer {
  /** IANA name. */
  readonly timeZone: string;
  /** Where they are; `undefined` at the terminal. */
  readonly origin: JobOrigin | undefined;
  /** Whether a job is theirs to see and to change. */
  readonly mayUse: (job: Job) => boolean;
}

/** More jobs than this are a mistake of somebody who makes them in a loop. */
const JOBS_MAX = 500;
/** Jobs that are done and are still listed. */
const COMPLETED_MAX = 50;

/** Makes and changes jobs for whoever asks: the agent, people in the chat, the command line. */
export class JobDesk {
  readonly #deps: JobDeskDeps;

  constructor(deps: JobDeskDeps) {
    this.#deps = deps;
  }

  /** @throws JobError, JobFileError */
  async list(customer: Customer): Promise<JobList> {
    const list = await this.#deps.store.load();
    return { ...list, jobs: list.jobs.filter(customer.mayUse) };
  }

  /** @throws JobError, JobFileError */
  async create(order: JobOrder, customer: Customer): Promise<Job> {
    await this.#check(order);
    const { makeJob } = await import("./make_job.ts"); // With what reads English.
    const { refuse, store } = this.#deps;
    return await store.change((jobs) => {
      const active = jobs.filter(({ state }) => state !== "completed");
      if (active.length >= JOBS_MAX) {
        throw new JobError(
          `Cannot make a job: there are ${JOBS_MAX} already`,
          "Remove some first.",
        );
      }
      const nowMs = this.#deps.clock.nowMs();
      const same = jobs.find((job) => isSameOrder(job, order, customer, nowMs));
      if (same !== undefined) return { jobs, result: same };
      const maker = { nowMs, timeZone: customer.timeZone, origin: customer.origin, refuse };
      const job = makeJob(
        { ...order, contextFrom: this.#others(order, jobs, customer) },
        this.#newId(jobs),
        maker,
      );
      return { jobs: [...withoutOld(jobs), job], result: job };
    });
  }

  /** @throws JobError, JobFileError */
  async edit(ref: string, order: JobOrder, customer: Customer): Promise<Job> {
    await this.#check(order);
    const { changeJob } = await import("./make_job.ts");
    const { clock, refuse } = this.#deps;
    return await this.#change(ref, customer, (job, jobs) => {
      const { timeZone } = customer;
      const maker = { nowMs: clock.nowMs(), timeZone, origin: job.origin, refuse };
      return changeJob(job, { ...order, contextFrom: this.#others(order, jobs, customer) }, maker);
    });
  }

  async pause(ref: string, reason: string | undefined, customer: Customer): Promise<Job> {
    const pausedAtMs = this.#deps.clock.nowMs();
    return await this.#change(ref, customer, (job) => {
      if (job.state === "paused") return job;
      if (job.state === "completed") throw done(job, "pause");
      return { ...job, state: "paused", pausedAtMs, pausedReason: reason };
    });
  }

  async resume(ref: string, customer: Customer): Promise<Job> {
    const { nextRun } = await import("./next_run.ts");
    const nowMs = this.#deps.clock.nowMs();
    return await this.#change(ref, customer, (job) => {
      if (job.state === "scheduled") return job;
      if (job.state === "completed") throw done(job, "resume");
      const from = { afterMs: nowMs, anchorMs: nowMs, timeZone: customer.timeZone };
      const nextRunAtMs = nextRun(job.schedule, from);
      if (nextRunAtMs === undefined) {
        throw new JobError(
          `Cannot resume "${job.name}": its time has passed`,
          "Give it another schedule, or let it run now.",
        );
      }
      return {
        ...job,
        state: "scheduled",
        pausedAtMs: undefined,
        pausedReason: undefined,
        nextRunAtMs,
      };
    });
  }

  /** Lets it run as soon as a gateway is there, whatever its schedule says. */
  async run(ref: string, customer: Customer): Promise<Job> {
    return await this.#change(ref, customer, (job) => ({ ...job, runRequested: true }));
  }

  async remove(ref: string, customer: Customer): Promise<Job> {
    return await this.#deps.store.change((jobs) => {
      const job = find(ref, jobs, customer);
      return { jobs: jobs.filter((other) => other !== job), result: job };
    });
  }

  async find(ref: string, customer: Customer): Promise<Job> {
    return find(ref, (await this.#deps.store.load()).jobs, customer);
  }

  async #change(
    ref: string,
    customer: Customer,
    work: (job: Job, jobs: readonly Job[]) => Job,
  ): Promise<Job> {
    return await this.#deps.store.change((jobs) => {
      const before = find(ref, jobs, customer);
      const after = work(before, jobs);
      if (after === before) return { jobs, result: before };
      return { jobs: jobs.map((job) => job === before ? after : job), result: after };
    });
  }

  /** What has to be looked up. */
  async #check({ script, skills }: JobOrder): Promise<void> {
    const { hasSkill, scriptsFolder } = this.#deps;
    if (script !== undefined && script.trim() !== "") {
      if (await locateScript(script.trim(), scriptsFolder) === undefined) {
        throw new JobError(
          `Cannot use the script "${script}": it is not in ${scriptsFolder}`,
          "Put the script there; its name ends in .sh or .py.",
        );
      }
    }
    for (const skill of skills ?? []) {
      if (await hasSkill(skill)) continue;
      throw new JobError(`Cannot use the skill "${skill}": there is none`, "See hermes skills.");
    }
  }

  #others(
    { contextFrom }: JobOrder,
    jobs: readonly Job[],
    customer: Customer,
  ): readonly string[] | undefined {
    return contextFrom?.map((ref) => find(ref, jobs, customer).id);
  }

  #newId(jobs: readonly Job[]): string {
    const digit = () => Math.floor(this.#deps.random.float() * 16).toString(16);
    const id = Array.from({ length: 12 }, digit).join("");
    return jobs.some((job) => job.id === id) ? this.#newId(jobs) : id;
  }
}

/** By id, by the beginning of one, or by name. @throws JobError */
function find(ref: string, all: readonly Job[], { mayUse }: Customer): Job {
  const jobs = all.filter(mayUse);
  const word = ref.trim().toLowerCase();
  const exact = jobs.find(({ id }) => id === word);
  if (exact !== undefined) return exact;
  const found = jobs.filter(({ id, name }) =>
    name.toLowerCase() === word || (word.length >= 3 && id.startsWith(word))
  );
  const [first, second] = found;
  if (first !== undefined && second === undefined) return first;
  if (first === undefined) {
    throw new JobError(`There is no job "${ref.trim()}"`, "List the jobs, and name one by its id.");
  }
  const ids = found.map(({ id }) => id).join(", ");
  throw new JobError(`Several jobs are meant by "${ref.trim()}": ${ids}`, "Name one by its id.");
}

/** A turn, or a command, that is done again after a crash makes no second job. */
const SAME_MS_MAX = 600_000;

function isSameOrder(job: Job, order: JobOrder, { origin }: Customer, nowMs: number): boolean {
  return job.state === "scheduled" && nowMs - job.createdAtMs < SAME_MS_MAX &&
    origin !== undefined && job.origin?.personId === origin.personId &&
    job.origin?.channelId === origin.channelId && job.last === undefined &&
    job.scheduleText === order.schedule?.trim() && job.prompt === (order.prompt?.trim() ?? "") &&
    (order.name === undefined || job.name === order.name.trim());
}

function done(job: Job, what: string): JobError {
  return new JobError(
    `Cannot ${what} "${job.name}": it is done`,
    "Let it run again, or give it another schedule.",
  );
}

function withoutOld(jobs: readonly Job[]): readonly Job[] {
  const completed = jobs.filter(({ state }) => state === "completed");
  const old = new Set(completed.slice(0, -COMPLETED_MAX));
  return jobs.filter((job) => !old.has(job));
}
