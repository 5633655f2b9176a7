import { resolve } from "node:path";
import { z } from "zod";
import type { ChildEnd } from "../../runtime/child_process.ts";
import type { Clock } from "../../runtime/clock.ts";
import { ToolError } from "../errors.ts";
import type { Tool, ToolContext } from "../tool.ts";
import type { BackgroundJobs, Wake } from "./background_jobs.ts";
import { describeEnd, endChild, within } from "./command_end.ts";
import { foregroundAdvice } from "./foreground_advice.ts";
import { takeNewOutput, wakeText } from "./job_texts.ts";
import { OutputRecord } from "./output_record.ts";
import type { Shells } from "./shells.ts";

/** Longest time that a conversation waits for a command. */
export const FOREGROUND_SECONDS_MAX = 600;
/** The system takes no longer argument; a script belongs in a file. */
const COMMAND_BYTES_MAX = 100_000;
/** A job that fails at once says so in the answer to its start. */
const FAILS_AT_ONCE_MS = 500;

export interface TerminalDeps {
  readonly shells: Shells;
  readonly jobs: BackgroundJobs;
  readonly wake: Wake;
  /** Lets a command pass, or throws a `ToolError`; it may ask a person. */
  readonly allow: AllowCommand;
  readonly redact: (text: string) => string;
  readonly timeoutMs: number;
  readonly clock: Clock;
}

export type AllowCommand = (
  command: string,
  folder: string,
  context: ToolContext,
  signal: AbortSignal,
) => Promise<void>;

export interface TerminalInput {
  readonly command: string;
  readonly background: boolean;
  readonly timeout?: number | undefined;
  readonly workdir?: string | undefined;
  readonly notify_on_complete: boolean;
}

/** Runs shell commands: the model waits for them, or they become background jobs. */
export function createTerminalTool(deps: TerminalDeps): Tool<TerminalInput> {
  return {
    name: "terminal",
    description: "Runs a shell command. The folder (cd) and exported variables carry over to the " +
      "next call. Both outputs come as one, up to 50,000 characters. There is no terminal and no " +
      "input. Prefer read_file, write_file, patch and search_files for files. Start servers, " +
      "watchers and long jobs with background=true and look after them with process.",
    input: z.object({
      command: z.string().trim().min(1),
      background: z.boolean().default(false).describe("Run on while the conversation continues"),
      timeout: z.int().min(1).optional().describe(
        `Seconds to wait, at most ${FOREGROUND_SECONDS_MAX}; default ${deps.timeoutMs / 1_000}`,
      ),
      workdir: z.string().min(1).optional().describe("Folder to run in instead"),
      notify_on_complete: z.boolean().default(false).describe(
        "With background: be told when it ends",
      ),
    }),
    run: async (input, context, signal) => {
      if (!input.background) refuseForeground(input);
      if (Buffer.byteLength(input.command) > COMMAND_BYTES_MAX) {
        throw new ToolError(
          `Cannot run this: a command may have ${COMMAND_BYTES_MAX} bytes`,
          "Write it to a file with write_file and run that.",
        );
      }
      const folder = await chooseFolder(input.workdir, context, deps.shells);
      await deps.allow(input.command, folder, context, signal);
      signal.throwIfAborted();
      return input.background
        ? await startJob(input, folder, context, deps, signal)
        : await runCommand(input, folder, context, deps, signal);
    },
  };
}

function refuseForeground({ command, timeout = 0 }: TerminalInput): void {
  if (timeout > FOREGROUND_SECONDS_MAX) {
    throw new ToolError(
      `Cannot wait ${timeout} seconds: the limit is ${FOREGROUND_SECONDS_MAX}`,
      "Use background=true with notify_on_complete=true for what takes longer.",
    );
  }
  const against = foregroundAdvice(command);
  if (against === undefined) return;
  throw new ToolError(`Not run: ${against.reason}`, against.advice);
}

async function chooseFolder(
  workdir: string | undefined,
  { sessionKey }: ToolContext,
  shells: Shells,
): Promise<string> {
  const current = shells.folderOf(sessionKey);
  if (workdir !== undefined) {
    const folder = resolve(current, workdir);
    if (await shells.hasFolder(folder)) return folder;
    throw new ToolError(`Cannot run in "${workdir}": there is no such folder`, "Check workdir.");
  }
  if (await shells.hasFolder(current)) return current;
  await shells.forget(sessionKey);
  const hint = `Commands begin in ${shells.folderOf(sessionKey)} again: try once more.`;
  throw new ToolError(`Not run: the folder "${current}" is gone`, hint);
}

async function runCommand(
  { command, timeout }: TerminalInput,
  folder: string,
  { sessionKey }: ToolContext,
  { shells, clock, redact, timeoutMs }: TerminalDeps,
  signal: AbortSignal,
): Promise<string> {
  const before = shells.folderOf(sessionKey);
  const record = new OutputRecord();
  const child = await shells.start({
    sessionKey,
    command,
    folder,
    isKept: true,
    input: "closed",
    onOutput: (chunk) => record.add(chunk),
  });
  const limitMs = timeout === undefined ? timeoutMs : timeout * 1_000;
  const end = await within(limitMs, child.ended, clock, signal);
  if (end === undefined) await endChild(child, clock);
  signal.throwIfAborted();
  const output = record.text(redact).trimEnd() || "(no output)";
  const after = shells.folderOf(sessionKey);
  const place = after === before ? "" : ` The folder is now ${after}.`;
  return `${output}\n[${describeOutcome(end, command, limitMs)}.${place}]`;
}

function describeOutcome(end: ChildEnd | undefined, command: string, limitMs: number): string {
  if (end !== undefined) return capitalized(describeEnd(end, command));
  return `Exit code 124: ended after ${limitMs / 1_000} seconds, with all that it started. ` +
    `Use a higher timeout, or background=true`;
}

async function startJob(
  { command, notify_on_complete: notifies }: TerminalInput,
  folder: string,
  { sessionKey }: ToolContext,
  { shells, jobs, wake, redact, clock }: TerminalDeps,
  signal: AbortSignal,
): Promise<string> {
  const job = await jobs.start({
    sessionKey,
    command,
    start: (onOutput) =>
      shells.start({ sessionKey, command, folder, isKept: false, input: "open", onOutput }),
  });
  await within(FAILS_AT_ONCE_MS, job.ended, clock, signal);
  if (job.end !== undefined) {
    const output = takeNewOutput(job, redact).trimEnd();
    return `${output}\n[${job.id} has ended already: ${describeEnd(job.end.how, command)}.]`;
  }
  if (notifies) {
    job.ended.then(() => {
      if (!job.isEndTold) wake(sessionKey, wakeText(job, clock.nowMs(), redact));
    });
  }
  const news = notifies ? " You will be told when it ends." : "";
  return `${job.id} runs in the background, pid ${job.child.pid}.${news} Use process to read its ` +
    "output, wait for it, write to it or end it.";
}

function capitalized(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
