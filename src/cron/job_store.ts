import { stat } from "node:fs/promises";
import { join } from "node:path";
import { HermesError } from "../errors.ts";
import { readTextFile, writeFileAtomic } from "../runtime/atomic_file.ts";
import type { Clock } from "../runtime/clock.ts";
import { waitForLock } from "../runtime/lock_file.ts";
import { encodeJob } from "./encode_job.ts";
import type { Job } from "./job.ts";
import { formatIso } from "./zoned_time.ts";

export interface JobStoreDeps {
  /** `cron/` of the home. */
  readonly folder: string;
  /** Of times that name none. */
  readonly timeZone: string;
  readonly clock: Clock;
}

export interface JobList {
  readonly jobs: readonly Job[];
  /** Entries that stay as they are and never run. */
  readonly unreadable: readonly { readonly id: string; readonly reason: string }[];
}

/** How long a change waits for another process that makes one. */
const LOCK_WAIT_MS_MAX = 10_000;

/** The file of the jobs cannot be read, and is left alone. */
export class JobFileError extends HermesError {
  override readonly name = "JobFileError";
  override readonly code = "cron.file";

  constructor(path: string, reason: string, hint = "Mend the file, or move it away.") {
    super(`Cannot use the jobs in "${path}": ${reason}`, { hint });
  }
}

/**
 * The jobs of a home, in `jobs.json`. The gateway, its tools and the command line change it, one at a
 * time, and each reads it anew: a file that people edit counts. What we don't know in it stays.
 */
export class JobStore {
  readonly #deps: JobStoreDeps;
  readonly #path: string;
  /** Changes of this process are made one after the other. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(deps: JobStoreDeps) {
    this.#deps = deps;
    this.#path = join(deps.folder, "jobs.json");
  }

  /** @throws JobFileError, FileError */
  async load(): Promise<JobList> {
    return (await this.#read()).list;
  }

  /** Differs when the file has changed; `""` when there is none. */
  async stamp(): Promise<string> {
    const found = await stat(this.#path).catch(() => undefined);
    return found === undefined ? "" : `${found.ino} ${found.mtimeMs} ${found.size}`;
  }

  /**
   * Makes a change, durably. `work` gets the jobs in force and gives all that there are then; the same
   * list is no change.
   * @throws JobFileError, FileError
   */
  change<Result>(
    work: (jobs: readonly Job[]) => { readonly jobs: readonly Job[]; readonly result: Result },
  ): Promise<Result> {
    const done = this.#last.then(async () => {
      const release = await this.#lock();
      try {
        const { list, raw } = await this.#read();
        const { jobs, result } = work(list.jobs);
        if (jobs !== list.jobs) await this.#write(jobs, list, raw);
        return result;
      } finally {
        await release();
      }
    });
    this.#last = done.catch(() => {}); // Whoever asked for it is told.
    return done;
  }

  /** Changes one job, if it is there: gives what it is then. */
  async update(id: string, work: (job: Job) => Job): Promise<Job | undefined> {
    return await this.change((jobs) => {
      const before = jobs.find((job) => job.id === id);
      if (before === undefined) return { jobs, result: undefined };
      const after = work(before);
      if (after === before) return { jobs, result: before };
      return { jobs: jobs.map((job) => job === before ? after : job), result: after };
    });
  }

  async #read(): Promise<{ readonly list: JobList; readonly raw: RawFile }> {
    const raw = parseFile(await readTextFile(this.#path), this.#path);
    if (raw.entries.length === 0) return { list: { jobs: [], unreadable: [] }, raw };
    const { decodeJob } = await import("./decode_job.ts"); // With what reads schedules.
    const decoded = raw.entries.map((entry) => decodeJob(entry, this.#deps.timeZone));
    const jobs = decoded.flatMap((one) => one.kind === "job" ? [one.job] : []);
    const twice = jobs.find(({ id }, index) => jobs.findIndex((job) => job.id === id) !== index);
    if (twice !== undefined) throw new JobFileError(this.#path, `two jobs have the id ${twice.id}`);
    const unreadable = decoded.flatMap((one) => one.kind === "unreadable" ? [one] : []);
    return { list: { jobs, unreadable }, raw };
  }

  async #write(jobs: readonly Job[], before: JobList, raw: RawFile): Promise<void> {
    const { clock, timeZone } = this.#deps;
    const wasThere = new Set(before.jobs.map(({ id }) => id));
    const left = new Map(jobs.map((job) => [job.id, job]));
    const entries = raw.entries.flatMap((entry): unknown[] => {
      const { id } = asRaw(entry);
      if (typeof id !== "string" || !wasThere.has(id)) return [entry];
      const job = left.get(id);
      left.delete(id);
      return job === undefined ? [] : [encodeJob(job, asRaw(entry), timeZone)];
    });
    const added = [...left.values()].map((job) => encodeJob(job, {}, timeZone));
    const updatedAt = formatIso(clock.nowMs(), timeZone);
    const file = { ...raw.rest, jobs: [...entries, ...added], updated_at: updatedAt };
    await writeFileAtomic(this.#path, `${JSON.stringify(file, null, 2)}\n`, { mode: 0o600 });
  }

  async #lock(): Promise<() => Promise<void>> {
    const path = join(this.#deps.folder, ".jobs.lock");
    const lock = await waitForLock(path, { description: "jobs" }, { msMax: LOCK_WAIT_MS_MAX });
    if (lock.kind === "acquired") return lock.release;
    const reason = `another process changes them (pid ${lock.by.pid})`;
    throw new JobFileError(this.#path, reason, "Try again in a moment.");
  }
}

interface RawFile {
  readonly entries: readonly unknown[];
  readonly rest: Readonly<Record<string, unknown>>;
}

function parseFile(text: string | undefined, path: string): RawFile {
  if (text === undefined || text.trim() === "") return { entries: [], rest: {} };
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch (error) {
    throw new JobFileError(path, `it is not JSON (${error instanceof Error ? error.message : ""})`);
  }
  if (Array.isArray(value)) return { entries: value, rest: {} };
  const rest = asRaw(value);
  if (!Array.isArray(rest.jobs)) throw new JobFileError(path, 'it has no list "jobs"');
  return { entries: rest.jobs, rest };
}

function asRaw(value: unknown): Readonly<Record<string, unknown>> {
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  return isObject ? value as Readonly<Record<string, unknown>> : {};
}
