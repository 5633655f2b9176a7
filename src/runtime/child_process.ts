import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { systemCodeOf } from "./file_error.ts";
import { endProcessGroup } from "./process_group.ts";

export interface ChildStart {
  readonly argv: readonly [program: string, ...rest: string[]];
  readonly cwd: string;
  /** The whole environment: nothing of this process's own is added. */
  readonly env: Readonly<Record<string, string>>;
  /** `closed`: it reads the end of its input at once. */
  readonly input: "open" | "closed";
  /** Takes the output as it comes. It must not throw. */
  readonly onOutput: (chunk: Uint8Array, stream: "stdout" | "stderr") => void;
}

export type ChildEnd =
  | { readonly kind: "exited"; readonly code: number }
  | { readonly kind: "signalled"; readonly signal: string }
  /** It never ran; `systemCode` is the system's name of the reason, e.g. `ENOENT`. */
  | { readonly kind: "not_started"; readonly systemCode: string };

/** A program that runs in a process group of its own. */
export interface Child {
  /** `undefined` when it did not start. */
  readonly pid: number | undefined;
  /** Resolves when the program itself has ended, also when something that it started lives on. */
  readonly ended: Promise<ChildEnd>;
  /** `full`: it has `INPUT_WAITING_CHARS_MAX` to read already; nothing was added. */
  write(text: string): "taken" | "full" | "closed";
  /** Writes all that comes, as fast as the program reads it, and closes its input. It never throws. */
  feed(chunks: AsyncIterable<Uint8Array>): Promise<void>;
  closeInput(): void;
  /** Asks the whole group to end, and ends it when it has not within `graceMs`. */
  kill(graceMs: number): Promise<void>;
}

/** Input that waits for the program to read it. */
export const INPUT_WAITING_CHARS_MAX = 1_000_000;
/** What the program started may hold its output open: it is read until nothing comes for this long. */
const QUIET_MS = 100;
/** Twice in a row, since this process itself may have been busy for as long. */
const QUIET_TIMES = 2;
/** And not longer than so many times, if it never gets quiet. */
const WAITS_MAX = 10;

/** Starts a program. A program that cannot be started is an end, not an error. */
export function startChild(start: ChildStart): Child {
  const [program, ...rest] = start.argv;
  const child = spawn(program, rest, {
    cwd: start.cwd,
    env: start.env,
    detached: true, // A group of its own, which one signal reaches.
    stdio: [start.input === "open" ? "pipe" : "ignore", "pipe", "pipe"],
  });
  child.stdout?.on("data", (chunk: Uint8Array) => start.onOutput(chunk, "stdout"));
  child.stderr?.on("data", (chunk: Uint8Array) => start.onOutput(chunk, "stderr"));
  child.stdin?.on("error", () => {}); // It ended without reading: `ended` tells.
  let waitingChars = 0;
  return {
    pid: child.pid,
    ended: untilEnded(child),
    write: (text) => {
      if (child.stdin?.writable !== true) return "closed";
      if (waitingChars > INPUT_WAITING_CHARS_MAX) return "full";
      waitingChars += text.length;
      child.stdin.write(text, () => waitingChars -= text.length);
      return "taken";
    },
    feed: (chunks) => feed(child, chunks),
    closeInput: () => child.stdin?.end(),
    kill: async (graceMs) => {
      if (child.pid !== undefined) await endProcessGroup(child.pid, graceMs);
    },
  };
}

async function feed(child: ChildProcess, chunks: AsyncIterable<Uint8Array>): Promise<void> {
  const { stdin } = child;
  if (stdin === null) return;
  const closed = new Promise<void>((resolve) => stdin.once("close", () => resolve()));
  for await (const chunk of chunks) {
    if (!stdin.writable) return;
    if (stdin.write(chunk)) continue;
    await Promise.race([once(stdin, "drain"), closed]).catch(() => {}); // `closed` comes then as well.
  }
  stdin.end();
}

function untilEnded(child: ChildProcess): Promise<ChildEnd> {
  return new Promise((resolve) => {
    child.once("error", (error) => {
      if (child.pid !== undefined) return; // A signal that did not arrive: it still runs.
      resolve({ kind: "not_started", systemCode: systemCodeOf(error) ?? "other" });
    });
    child.once("exit", async (code, signal) => {
      await untilOutputEnded(child);
      child.stdout?.destroy();
      child.stderr?.destroy();
      resolve(
        code === null ? { kind: "signalled", signal: `${signal}` } : { kind: "exited", code },
      );
    });
  });
}

async function untilOutputEnded(child: ChildProcess): Promise<void> {
  let isClosed = false;
  let quietTimes = 0;
  const onOutput = () => quietTimes = 0;
  const closed = new Promise<void>((resolve) => child.once("close", () => resolve()))
    .then(() => isClosed = true);
  child.stdout?.on("data", onOutput);
  child.stderr?.on("data", onOutput);
  for (let waits = 0; waits < WAITS_MAX && quietTimes < QUIET_TIMES && !isClosed; waits++) {
    quietTimes++;
    await Promise.race([closed, delay(QUIET_MS)]);
  }
}
