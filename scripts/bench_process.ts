import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import process from "node:process";
import { setTimeout as delay } from "node:timers/promises";

const EVENT_WAIT_MS = 20_000;

/** Runs a program to its end and gives how long that took. */
export async function timeRun(file: string, args: readonly string[]): Promise<number> {
  const startedMs = performance.now();
  const child = spawn(file, args, { stdio: "ignore", env: {} });
  const [exitCode] = await once(child, "exit");
  if (exitCode !== 0) throw new Error(`${file} ${args.join(" ")} ended with ${exitCode}`);
  return performance.now() - startedMs;
}

/** A program that stays until the end of the scope of `await using`. */
export class BenchProcess implements AsyncDisposable {
  readonly #startedMs = performance.now();
  readonly #child;
  readonly #exited: Promise<unknown>;
  #stderr = "";

  constructor(file: string, args: readonly string[], env: Readonly<Record<string, string>>) {
    this.#child = spawn(file, args, { stdio: ["ignore", "ignore", "pipe"], env });
    this.#child.stderr.setEncoding("utf8").on("data", (text) => this.#stderr += text);
    this.#exited = once(this.#child, "exit");
  }

  /** How long after the start `event` came. @throws when the program ends or hangs before it. */
  async timeUntil(event: Promise<unknown>): Promise<number> {
    const tooLate = delay(EVENT_WAIT_MS, "tooLate", { ref: false });
    const first = await Promise.race([event, this.#exited.then(() => "ended"), tooLate]);
    const timeMs = performance.now() - this.#startedMs;
    if (first !== "ended" && first !== "tooLate") return timeMs;
    throw new Error(`${this.#child.spawnfile} waited in vain. It printed:\n${this.#stderr}`);
  }

  /** Memory in RAM, shared pages of the executable included; `NaN` where there is no /proc. */
  async residentBytes(): Promise<number> {
    if (process.platform !== "linux") return NaN;
    const status = await readFile(`/proc/${this.#child.pid}/status`, "utf8");
    return Number(status.match(/VmRSS:\s+(\d+) kB/)?.[1]) * 1_024;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#exited;
  }
}
