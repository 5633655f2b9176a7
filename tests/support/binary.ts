import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFile, link } from "node:fs/promises";
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";

/** What `deno task build` makes. */
export const BINARY_PATH = fileURLToPath(new URL("../../dist/hermes", import.meta.url));

/** Puts the binary at another path as well: as a second name, which costs nothing, or as a copy. */
export async function placeBinary(path: string): Promise<void> {
  await link(BINARY_PATH, path).catch(() => copyFile(BINARY_PATH, path));
}

export interface BinaryOptions {
  /** The whole environment but PATH: nothing of the person's own gets in. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Starts the binary by another path, e.g. a link to it. */
  readonly path?: string;
  /** What stands in its standard input, which is empty without it. */
  readonly input?: string;
}

export interface BinaryResult {
  /** `null` when a signal ended it. */
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const RUN_LIMIT_MS = 20_000;

/** Runs the binary to its end; one that does not end is killed. */
export async function runBinary(
  args: readonly string[],
  { env, cwd = tmpdir(), path = BINARY_PATH, input = "" }: BinaryOptions,
): Promise<BinaryResult> {
  const child = spawn(path, args, {
    cwd,
    env: { PATH: "/usr/bin:/bin", ...env },
    stdio: ["pipe", "pipe", "pipe"],
    timeout: RUN_LIMIT_MS,
    killSignal: "SIGKILL",
  });
  child.stdin.on("error", () => {}); // It may end without reading.
  child.stdin.end(input);
  const output = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (text: string) => output[name] += text);
  }
  const [exitCode] = await once(child, "close");
  return { exitCode, ...output };
}
