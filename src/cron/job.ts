import type { Schedule } from "./schedule.ts";

/** One piece of scheduled work. */
export interface Job {
  /** 12 hexadecimal digits; part of the name of a folder. */
  readonly id: string;
  readonly name: string;
  /** What the agent is told; may be empty when a script or a skill says it all. */
  readonly prompt: string;
  readonly skills: readonly string[];
  readonly model: string | undefined;
  readonly provider: string | undefined;
  readonly baseUrl: string | undefined;
  /** A file below the folder for scripts, which runs first. */
  readonly script: string | undefined;
  /** What the script prints is all that is delivered. */
  readonly noAgent: boolean;
  /** Jobs whose last output the prompt holds. */
  readonly contextFrom: readonly string[];
  readonly schedule: Schedule;
  /** The schedule as it was written. */
  readonly scheduleText: string;
  readonly repeat: {
    /** `undefined` for ever. */
    readonly times: number | undefined;
    readonly completed: number;
  };
  readonly state: JobState;
  readonly pausedAtMs: number | undefined;
  readonly pausedReason: string | undefined;
  readonly nextRunAtMs: number | undefined;
  /** Somebody wants it to run now, whatever its schedule says. */
  readonly runRequested: boolean;
  /** The run under way; it stays when the process dies, so that the run is not begun again. */
  readonly running: RunClaim | undefined;
  /** What happens with a run whose time passed while no gateway ran. */
  readonly missed: "skip" | "once";
  /** Where the result goes, as `parseTargets` reads it. */
  readonly deliver: string;
  readonly origin: JobOrigin | undefined;
  /** The only sets of tools; `undefined` for those of all jobs. */
  readonly toolsets: readonly string[] | undefined;
  /** Patterns of dangerous commands that this job may run all the same. */
  readonly allowedCommands: readonly string[];
  /** Folder in which its tools begin; `undefined` for that of the settings. */
  readonly workFolder: string | undefined;
  /** How long it may take, in place of the time of the settings. */
  readonly timeoutMs: number | undefined;
  readonly createdAtMs: number;
  readonly last: LastRun | undefined;
  readonly lastDelivery: LastDelivery | undefined;
  readonly failures: FailureStreak;
}

export type JobState = "scheduled" | "paused" | "completed" | "error";

/** Where, and by whom, a job was made. */
export interface JobOrigin {
  readonly platform: string;
  readonly channelId: string;
  readonly channelName: string | undefined;
  readonly threadId: string | undefined;
  readonly personId: string | undefined;
  readonly personName: string | undefined;
}

/** One run, taken on before it begins. */
export interface RunClaim {
  readonly id: string;
  readonly startedAtMs: number;
  /** When it was to begin. */
  readonly dueAtMs: number;
}

export interface LastRun {
  readonly runId: string;
  readonly atMs: number;
  /** `delivering`: it went well, and its text is not posted yet. */
  readonly status: "ok" | "error" | "delivering";
  readonly error: string | undefined;
}

/** What became of the last text. `delivered` always comes with the posts that the server stored. */
export type LastDelivery =
  | { readonly kind: "delivered"; readonly atMs: number; readonly postIds: readonly string[] }
  | { readonly kind: "waiting"; readonly atMs: number; readonly reason: string }
  | { readonly kind: "failed"; readonly atMs: number; readonly reason: string }
  /** There was nothing to post, or nowhere to post it. */
  | { readonly kind: "none"; readonly atMs: number };

/** Runs that failed one after the other; people are told of the first, and then once a day. */
export interface FailureStreak {
  readonly count: number;
  /** How many there were when people were last told; 0 before. */
  readonly toldCount: number;
  readonly toldAtMs: number | undefined;
}
