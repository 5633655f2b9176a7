import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { readTextFile, writeFileAtomic } from "../runtime/atomic_file.ts";
import { FileError, systemCodeOf } from "../runtime/file_error.ts";
import type { Log } from "../runtime/log.ts";
import type { Delivery, DeliveryOutcome } from "./delivery_port.ts";
import { JOB_ID } from "./decode_job.ts";
import type { FailureStreak } from "./job.ts";

/** What became of one run, or a notice about runs: written before anything of it is posted. */
export interface RunRecord {
  /** Of the run; part of file names. */
  readonly id: string;
  /** `""` for a notice about several jobs. */
  readonly jobId: string;
  readonly jobName: string;
  /** `notice`: no run, but something that has to be told. */
  readonly kind: "run" | "missed" | "notice";
  readonly dueAtMs: number;
  readonly startedAtMs: number;
  readonly endedAtMs: number;
  readonly status: "ok" | "error";
  readonly error: string | undefined;
  readonly failures: FailureStreak;
  readonly deliveries: readonly Delivery[];
  /** Why the place to deliver to is none, in words that follow a colon. */
  readonly targetProblem?: string;
  /** By the id of the delivery; what is missing is not settled. */
  readonly outcomes: Readonly<Record<string, DeliveryOutcome>>;
}

/** Runs of a job that are kept. */
const RUNS_KEPT_MAX = 50;
/** Every so many runs, older ones are removed. */
const CLEAN_EVERY = 10;

/**
 * Runs on the disk. What is to be delivered waits in `pending/`, one file a run, until it is settled;
 * the output and the outcome of each run are kept in `output/<job>/`.
 */
export class RunStore {
  readonly #folder: string;
  readonly #log: Log;
  #finished = 0;

  constructor({ folder, log }: { readonly folder: string; readonly log: Log }) {
    this.#folder = folder;
    this.#log = log;
  }

  /** Keeps the record: from now on its deliveries are made, whatever happens. */
  async commit(record: RunRecord): Promise<void> {
    await writeFileAtomic(this.#pendingFile(record.id), JSON.stringify(record), { mode: 0o600 });
  }

  /** Records whose deliveries are not settled, the oldest first. */
  async pending(): Promise<readonly RunRecord[]> {
    const names = await namesIn(join(this.#folder, "pending"), ".json");
    const records = await Promise.all(names.map((name) => this.#read(join("pending", name))));
    return records.flatMap((record) => record ?? [])
      .sort((a, b) => a.endedAtMs - b.endedAtMs);
  }

  /** The record was settled. */
  async finish(record: RunRecord): Promise<void> {
    if (record.kind !== "notice") {
      const { deliveries, ...rest } = record;
      const kept = { ...rest, deliveries: deliveries.map((one) => ({ ...one, text: "" })) };
      const path = join(this.#outputFolder(record.jobId), `${record.id}.json`);
      await writeFileAtomic(path, `${JSON.stringify(kept)}\n`, { mode: 0o600 });
      if (this.#finished++ % CLEAN_EVERY === 0) await this.#clean(record.jobId);
    }
    await rm(this.#pendingFile(record.id), { force: true });
  }

  /** Keeps what a run gave, for people and for jobs that go on from it. Gives the path. */
  async keepOutput(jobId: string, runId: string, text: string): Promise<string> {
    const path = join(this.#outputFolder(jobId), `${runId}.md`);
    await writeFileAtomic(path, text, { mode: 0o600 });
    return path;
  }

  /** The newest output of a job; `undefined` when there is none. */
  async lastOutput(jobId: string): Promise<string | undefined> {
    if (!JOB_ID.test(jobId)) return undefined;
    const names = await namesIn(this.#outputFolder(jobId), ".md");
    const newest = names.sort().at(-1);
    if (newest === undefined) return undefined;
    return await readTextFile(join(this.#outputFolder(jobId), newest));
  }

  /** The newest runs of a job, the newest first. */
  async history(jobId: string, count: number): Promise<readonly RunRecord[]> {
    const names = await namesIn(this.#outputFolder(jobId), ".json");
    const newest = names.sort().reverse().slice(0, count);
    const records = await Promise.all(
      newest.map((name) => this.#read(join("output", jobId, name))),
    );
    return records.flatMap((record) => record ?? []);
  }

  outputFile(jobId: string, runId: string): string {
    return join(this.#outputFolder(jobId), `${runId}.md`);
  }

  async forget(jobId: string): Promise<void> {
    await rm(this.#outputFolder(jobId), { recursive: true, force: true });
  }

  async #clean(jobId: string): Promise<void> {
    const folder = this.#outputFolder(jobId);
    const names = (await namesIn(folder, "")).filter((name) => /\.(?:md|json)$/.test(name)).sort();
    const runs = [...new Set(names.map((name) => name.replace(/\.\w+$/, "")))];
    const old = new Set(runs.slice(0, -RUNS_KEPT_MAX));
    for (const name of names) {
      if (old.has(name.replace(/\.\w+$/, ""))) await rm(join(folder, name), { force: true });
    }
  }

  /** A record that cannot be read is left where it is, and told. */
  async #read(name: string): Promise<RunRecord | undefined> {
    const text = await readTextFile(join(this.#folder, name));
    if (text === undefined) return undefined;
    try {
      const value = JSON.parse(text);
      if (typeof value?.id === "string" && Array.isArray(value.deliveries)) return value;
    } catch {
      // Told below.
    }
    this.#log("error", "cron.record_unreadable", { file: name });
    return undefined;
  }

  #pendingFile(runId: string): string {
    return join(this.#folder, "pending", `${runId}.json`);
  }

  #outputFolder(jobId: string): string {
    return join(this.#folder, "output", jobId);
  }
}

async function namesIn(folder: string, end: string): Promise<string[]> {
  try {
    return (await readdir(folder)).filter((name) => name.endsWith(end));
  } catch (error) {
    if (systemCodeOf(error) === "ENOENT") return [];
    throw new FileError("read", folder, error);
  }
}

/** Sorts by time, and is a file name: `2026-03-29_09-00-00-k3f9`. */
export function runId(startedIso: string, tail: string): string {
  return `${startedIso.slice(0, 19).replace("T", "_").replaceAll(":", "-")}-${tail}`;
}
