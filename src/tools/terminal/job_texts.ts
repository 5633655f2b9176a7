import { cutText } from "../../transcript/cut_text.ts";
import type { Job } from "./background_jobs.ts";
import { describeEnd } from "./command_end.ts";
import { decodeWhole } from "./output_record.ts";
import { toPlainText } from "./plain_text.ts";

/** Longest piece of output in one answer about a job, in characters. */
const SHOWN_CHARS_MAX = 20_000;
/** The end of the output that a conversation is woken with. */
const WAKE_CHARS_MAX = 4_000;
const COMMAND_CHARS_MAX = 200;

/** One line that says what a job is and how it stands. */
export function describeJob(job: Job, nowMs: number): string {
  const seconds = Math.round(((job.end?.atMs ?? nowMs) - job.startedAtMs) / 1_000);
  const state = job.end === undefined
    ? `running for ${seconds} s`
    : `${describeEnd(job.end.how, job.command)}, after ${seconds} s`;
  const pid = job.child.pid === undefined ? "" : `, pid ${job.child.pid}`;
  return `${job.id} (${state}${pid}): ${firstLine(job.command)}`;
}

/** What a job printed since the model was last shown something of it; it counts as shown now. */
export function takeNewOutput(job: Job, redact: (text: string) => string): string {
  const fresh = job.output.totalBytes - job.shownBytes;
  job.shownBytes = job.output.totalBytes;
  const kept = job.output.bytes();
  if (fresh === 0) return "(no new output)";
  return lastChars(plain(kept.subarray(Math.max(0, kept.length - fresh)), redact), SHOWN_CHARS_MAX);
}

/** A page of what is kept of the output; without `offset` the last one. */
export function readLog(
  job: Job,
  page: { readonly offset?: number | undefined; readonly limit: number },
  redact: (text: string) => string,
): string {
  const text = plain(job.output.bytes(), redact);
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  if (lines.length === 0) return "(no output)";
  const start = Math.max(
    0,
    page.offset === undefined ? lines.length - page.limit : page.offset - 1,
  );
  const shown = lines.slice(start, start + page.limit);
  const dropped = job.output.totalBytes > job.output.bytes().length
    ? " The output before the first line is no longer kept."
    : "";
  const note = `[Lines ${start + 1} to ${start + shown.length} of ${lines.length}.${dropped}]`;
  return `${lastChars(shown.join("\n"), SHOWN_CHARS_MAX)}\n${note}`;
}

/** What a conversation is told when a job has ended that it asked to hear of. */
export function wakeText(job: Job, nowMs: number, redact: (text: string) => string): string {
  const output = plain(job.output.bytes(), redact).trim();
  const shown = output === "" ? "(no output)" : lastChars(output, WAKE_CHARS_MAX);
  return `[The background process ${describeJob(job, nowMs)}. Nobody wrote this: go on with what ` +
    `you started it for, and tell the outcome. The end of its output follows.]\n${shown}`;
}

function plain(bytes: Uint8Array, redact: (text: string) => string): string {
  return redact(toPlainText(decodeWhole(bytes)));
}

function lastChars(text: string, charsMax: number): string {
  if (text.length <= charsMax) return text;
  return `[…]${text.slice(-charsMax).replace(/^[\uDC00-\uDFFF]/, "")}`;
}

function firstLine(command: string): string {
  const line = command.trim().split("\n")[0] ?? "";
  const short = cutText(line, COMMAND_CHARS_MAX);
  return short === command.trim() ? short : `${short} …`;
}
