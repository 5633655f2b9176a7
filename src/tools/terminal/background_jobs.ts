import type { Child, ChildEnd } from "../../runtime/child_process.ts";
import type { Clock } from "../../runtime/clock.ts";
import type { Random } from "../../runtime/random.ts";
import type { SessionKey } from "../../sessions/session_store.ts";
import { ToolError } from "../errors.ts";
import { ByteRing } from "./byte_ring.ts";
import { endChild } from "./command_end.ts";

/** Most jobs of all sessions together, those included that have ended and can be asked about. */
export const JOBS_MAX = 64;
/** The newest output that is kept of each job. */
const OUTPUT_BYTES_MAX = 200_000;
/** How long one that has ended can still be asked about. */
const ENDED_MS_MAX = 30 * 60_000;

/** Tells a conversation something that it did not ask for just now; it takes a turn to answer. */
export type Wake = (sessionKey: SessionKey, text: string) => void;

/** A program that runs while the conversation goes on. */
export interface Job {
  /** E.g. `proc_k3v7c2m9qx4d`. */
  readonly id: string;
  readonly command: string;
  readonly child: Child;
  readonly output: ByteRing;
  readonly startedAtMs: number;
  /** Resolves when it has ended and `end` says how. */
  readonly ended: Promise<void>;
  end: { readonly how: ChildEnd; readonly atMs: number } | undefined;
  /** The line that was begun to be written to it, if it has not ended. */
  typed: string;
  /** How many bytes of its output the model was shown. */
  shownBytes: number;
  /** Whether the model ended it, or is told of its end by an answer of a tool. */
  isEndTold: boolean;
}

export interface JobStart {
  readonly sessionKey: SessionKey;
  readonly command: string;
  readonly start: (onOutput: (chunk: Uint8Array) => void) => Promise<Child>;
}

/** The background jobs of all sessions. They live as long as this process, and no longer. */
export class BackgroundJobs {
  readonly #clock: Clock;
  readonly #random: Random;
  /** The oldest first. */
  readonly #jobs = new Map<string, { readonly sessionKey: SessionKey; readonly job: Job }>();
  #starting = 0;

  constructor({ clock, random }: { readonly clock: Clock; readonly random: Random }) {
    this.#clock = clock;
    this.#random = random;
  }

  /** Throws a `ToolError` when too many run. */
  async start(start: JobStart): Promise<Job> {
    this.#makeRoom();
    this.#starting++;
    try {
      return await this.#start(start);
    } finally {
      this.#starting--;
    }
  }

  /** Those of one session, oldest first. */
  list(sessionKey: SessionKey): readonly Job[] {
    this.#forgetOld();
    return [...this.#jobs.values()].filter((entry) => entry.sessionKey === sessionKey)
      .map((entry) => entry.job);
  }

  /** Ends all that run. */
  async close(): Promise<void> {
    await Promise.all(
      this.#running().map((job) => {
        job.isEndTold = true;
        return endChild(job.child, this.#clock);
      }),
    );
  }

  async #start({ sessionKey, command, start }: JobStart): Promise<Job> {
    const output = new ByteRing(OUTPUT_BYTES_MAX);
    const child = await start((chunk) => output.add(chunk));
    const job: Job = {
      id: `proc_${this.#random.id().slice(0, 12)}`,
      command,
      child,
      output,
      startedAtMs: this.#clock.nowMs(),
      ended: child.ended.then((how) => {
        job.end = { how, atMs: this.#clock.nowMs() };
      }),
      end: undefined,
      typed: "",
      shownBytes: 0,
      isEndTold: false,
    };
    this.#jobs.set(job.id, { sessionKey, job });
    return job;
  }

  #running(): Job[] {
    return [...this.#jobs.values()].map((entry) => entry.job)
      .filter((job) => job.end === undefined);
  }

  #makeRoom(): void {
    this.#forgetOld();
    const ended = [...this.#jobs].filter(([, { job }]) => job.end !== undefined);
    while (this.#jobs.size + this.#starting >= JOBS_MAX) {
      const [id] = ended.shift() ?? [];
      if (id !== undefined) this.#jobs.delete(id);
      else {
        throw new ToolError(
          `Cannot start this: ${JOBS_MAX} background processes run already`,
          "End one that is not needed any more with process(action=kill).",
        );
      }
    }
  }

  #forgetOld(): void {
    const oldestMs = this.#clock.nowMs() - ENDED_MS_MAX;
    for (const [id, { job }] of this.#jobs) {
      if (job.end !== undefined && job.end.atMs < oldestMs) this.#jobs.delete(id);
    }
  }
}
