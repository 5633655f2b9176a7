import { z } from "zod";
import type { Clock } from "../../runtime/clock.ts";
import { ToolError } from "../errors.ts";
import type { Tool, ToolContext } from "../tool.ts";
import type { WorkPlace } from "../work_place.ts";
import type { BackgroundJobs, Job } from "./background_jobs.ts";
import { endChild, within } from "./command_end.ts";
import { describeJob, readLog, takeNewOutput } from "./job_texts.ts";
import { simpleCommands } from "./simple_commands.ts";
import type { AllowCommand } from "./terminal_tool.ts";

const LOG_LINES_DEFAULT = 200;
const LOG_LINES_MAX = 2_000;
/** Longest wait in one call. */
const WAIT_SECONDS_MAX = 600;
const DATA_CHARS_MAX = 100_000;
/** How long a program may take to answer what was written to it. */
const ANSWER_MS = 300;

export interface ProcessDeps {
  readonly jobs: BackgroundJobs;
  readonly workPlace: WorkPlace;
  readonly allow: AllowCommand;
  readonly redact: (text: string) => string;
  /** How long `wait` waits unless the model says otherwise. */
  readonly waitMs: number;
  readonly clock: Clock;
}

export interface ProcessInput {
  readonly action: "list" | "poll" | "log" | "wait" | "kill" | "write" | "submit" | "close";
  readonly session_id?: string | undefined;
  readonly data?: string | undefined;
  readonly timeout?: number | undefined;
  readonly offset?: number | undefined;
  readonly limit: number;
}

/** Looks after the background jobs of the own session. */
export function createProcessTool(deps: ProcessDeps): Tool<ProcessInput> {
  return {
    name: "process",
    description:
      "Looks after background processes of terminal. list: all of them. poll: state and " +
      "new output. log: pages of the output. wait: until it ends. kill: ends it. write: sends data " +
      "to its input; submit: data and Enter; close: end of the input.",
    input: z.object({
      action: z.enum(["list", "poll", "log", "wait", "kill", "write", "submit", "close"]),
      session_id: z.string().optional().describe("Id of the process, proc_…"),
      data: z.string().max(DATA_CHARS_MAX).optional().describe("For write and submit"),
      timeout: z.int().min(1).max(WAIT_SECONDS_MAX).optional().describe("Seconds for wait"),
      offset: z.int().min(1).optional().describe("First line for log"),
      limit: z.int().min(1).max(LOG_LINES_MAX).default(LOG_LINES_DEFAULT).describe("Lines for log"),
    }),
    run: async (input, context, signal) => {
      const { action } = input;
      if (action === "list") return listJobs(context, deps);
      const job = findJob(input, context, deps);
      if (action === "write" || action === "submit") {
        const text = action === "submit" ? `${input.data ?? ""}\n` : input.data ?? "";
        await allowInput(job, text, context, deps, signal);
        send(job, text);
      }
      return await act(action, job, input, deps, signal);
    },
  };
}

function listJobs({ sessionKey }: ToolContext, { jobs, clock }: ProcessDeps): string {
  const lines = jobs.list(sessionKey).map((job) => describeJob(job, clock.nowMs()));
  return lines.length === 0 ? "There are no background processes." : lines.join("\n");
}

function findJob(
  { action, session_id: id }: ProcessInput,
  { sessionKey }: ToolContext,
  { jobs }: ProcessDeps,
): Job {
  const own = jobs.list(sessionKey);
  const job = own.find((each) => each.id === id);
  if (job !== undefined) return job;
  const what = id === undefined ? `${action} needs session_id` : `there is no process "${id}"`;
  const ids = own.map((each) => each.id).join(", ");
  const hint = ids === "" ? "This conversation has no background processes." : `There are: ${ids}.`;
  throw new ToolError(`Cannot do this: ${what}`, hint);
}

async function act(
  action: Exclude<ProcessInput["action"], "list">,
  job: Job,
  input: ProcessInput,
  deps: ProcessDeps,
  signal: AbortSignal,
): Promise<string> {
  const { clock, redact } = deps;
  const untilEnded = async (msMax: number) => {
    job.isEndTold = true; // By this very answer, if it comes to that.
    await within(msMax, job.ended, clock, signal);
    job.isEndTold = job.end !== undefined;
    signal.throwIfAborted();
  };
  switch (action) {
    case "log":
      return readLog(job, input, redact);
    case "poll":
      break;
    case "wait":
      await untilEnded(input.timeout === undefined ? deps.waitMs : input.timeout * 1_000);
      break;
    case "kill":
      if (job.end !== undefined) break;
      job.isEndTold = true;
      await endChild(job.child, clock);
      break;
    case "write":
    case "submit":
      await untilEnded(ANSWER_MS);
      break;
    case "close":
      job.child.closeInput();
      await untilEnded(ANSWER_MS);
      break;
    default:
      return action satisfies never;
  }
  if (job.end !== undefined) job.isEndTold = true;
  return `${describeJob(job, clock.nowMs())}\n${takeNewOutput(job, redact).trimEnd()}`;
}

/**
 * To a shell, input is commands. So what a job is written is judged in the form of a command that has
 * it for its input, together with the line that it goes on with. Throws a `ToolError`.
 */
async function allowInput(
  job: Job,
  text: string,
  context: ToolContext,
  { allow, workPlace }: ProcessDeps,
  signal: AbortSignal,
): Promise<void> {
  const whole = job.typed + text;
  if (whole.length > DATA_CHARS_MAX) {
    const reason = `Cannot write: a line may have ${DATA_CHARS_MAX} characters`;
    throw new ToolError(reason, "Write the data to a file, and let the process read that.");
  }
  let end = "INPUT";
  while (whole.split("\n").includes(end)) end += "_";
  // Whatever programs the job consists of, each could be the one that reads it.
  const programs = [...new Set(simpleCommands(job.command))];
  const commands = programs.map((program) => `${program} <<'${end}'\n${whole.trimEnd()}\n${end}`);
  await allow(commands.join("\n"), workPlace.folderOf(context.sessionKey), context, signal);
}

/** Ends a line, unless the next one is to go on with it. */
const LINE_END = /(?<!\\)\n/;

function send(job: Job, text: string): void {
  switch (job.child.write(text)) {
    case "taken":
      job.typed = (job.typed + text).split(LINE_END).at(-1) ?? "";
      return;
    case "full":
      throw new ToolError("Cannot write: the process does not read its input", "Wait, then poll.");
    case "closed":
      throw new ToolError("Cannot write: the input of the process is closed", "Poll its state.");
  }
}
