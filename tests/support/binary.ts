import { spawn } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";

/** What `deno task build` makes. */
export const BINARY_PATH = fileURLToPath(new URL("../../dist/hermes", import.meta.url));

/** Longest wait for a line of output, so that a test fails with what was printed instead. */
const LINE_WAIT_MS = 20_000;

export interface BinaryOptions {
  /** The whole environment but PATH: nothing of the person's own gets in. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Starts the binary by another path, e.g. a link to it. */
  readonly path?: string;
}

export interface BinaryResult {
  /** `null` when a signal ended it. */
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunningBinary extends AsyncDisposable {
  readonly pid: number;
  readonly ended: Promise<BinaryResult>;
  /** The first whole line that fits, of either stream, printed before or after the call. */
  waitForLine(pattern: RegExp): Promise<string>;
  /** Types into its standard input. */
  write(text: string): void;
  closeInput(): void;
  kill(signal: NodeJS.Signals): void;
}

/** Runs the binary to its end, without input. */
export async function runBinary(
  args: readonly string[],
  options: BinaryOptions,
): Promise<BinaryResult> {
  await using running = startBinary(args, options);
  running.closeInput();
  return await running.ended;
}

/** Starts the binary; it is dead at the end of the scope of `await using`. */
export function startBinary(args: readonly string[], options: BinaryOptions): RunningBinary {
  const child = spawn(options.path ?? BINARY_PATH, args, {
    cwd: options.cwd ?? tmpdir(),
    env: { PATH: "/usr/bin:/bin", ...options.env },
  });
  const output = { stdout: "", stderr: "" };
  const changes = new EventEmitter();
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (text: string) => {
      output[name] += text;
      changes.emit("change");
    });
  }
  child.stdin.on("error", () => {}); // It ended before it read everything; `ended` tells how.
  let hasEnded = false;
  const ended = once(child, "close").finally(() => {
    hasEnded = true;
    changes.emit("change");
  }).then(([exitCode]): BinaryResult => ({ exitCode, ...output }));
  ended.catch(() => {}); // Whoever awaits it hears of it.

  const waitForLine = async (pattern: RegExp) => {
    const limit = AbortSignal.timeout(LINE_WAIT_MS);
    for (;;) {
      const line = wholeLines(output).find((line) => pattern.test(line));
      if (line !== undefined) return line;
      const printed = `It printed:\n${output.stdout}${output.stderr}`;
      if (hasEnded) throw new Error(`hermes ended without a line like ${pattern}. ${printed}`);
      if (limit.aborted) throw new Error(`hermes printed no line like ${pattern}. ${printed}`);
      await once(changes, "change", { signal: limit }).catch(() => {});
    }
  };
  return {
    pid: child.pid ?? 0,
    ended,
    waitForLine,
    write: (text) => void child.stdin.write(text),
    closeInput: () => void child.stdin.end(),
    kill: (signal) => void child.kill(signal),
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await ended.catch(() => {});
    },
  };
}

function wholeLines({ stdout, stderr }: { stdout: string; stderr: string }): string[] {
  return [stdout, stderr].flatMap((text) => text.split("\n").slice(0, -1));
}
