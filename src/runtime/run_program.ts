import { type ChildEnd, type ChildStart, startChild } from "./child_process.ts";
import { setTimeout as delay } from "node:timers/promises";

export interface ProgramLimits {
  readonly timeMsMax: number;
  /** Bytes that are kept of each stream; the rest is read and dropped. */
  readonly outputBytesMax: number;
}

export interface ProgramResult {
  /** `stopped`: it took too long, or `signal` aborted. */
  readonly end: ChildEnd | { readonly kind: "stopped" };
  readonly stdout: string;
  readonly stderr: string;
}

const KILL_GRACE_MS = 1_000;

/** Runs a program to its end, without a shell and without input. It never throws. */
export async function runProgram(
  program: Omit<ChildStart, "input" | "onOutput">,
  limits: ProgramLimits,
  signal: AbortSignal,
): Promise<ProgramResult> {
  const kept = { stdout: new KeptBytes(limits), stderr: new KeptBytes(limits) };
  const onOutput: ChildStart["onOutput"] = (chunk, stream) => kept[stream].add(chunk);
  const child = startChild({ ...program, input: "closed", onOutput });
  const settled = new AbortController();
  const stop = AbortSignal.any([signal, settled.signal]);
  const timeUp = delay(limits.timeMsMax, undefined, { signal: stop }).catch(() => {});
  const first = await Promise.race([child.ended, timeUp]);
  settled.abort();
  if (first === undefined) await child.kill(KILL_GRACE_MS);
  const end = first ?? { kind: "stopped" };
  return { end, stdout: kept.stdout.text(), stderr: kept.stderr.text() };
}

/** The beginning of a stream. */
class KeptBytes {
  readonly #chunks: Uint8Array[] = [];
  #room: number;

  constructor(limits: ProgramLimits) {
    this.#room = limits.outputBytesMax;
  }

  add(chunk: Uint8Array): void {
    if (this.#room === 0) return;
    const part = chunk.subarray(0, this.#room);
    this.#chunks.push(part);
    this.#room -= part.length;
  }

  text(): string {
    return Buffer.concat(this.#chunks).toString();
  }
}
