import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

/** The folder of the repository, where every command of these scripts runs. */
export const ROOT_DIR = fileURLToPath(new URL("..", import.meta.url));
/** Bun in the version that the manifest pins. */
export const BUN = "./node_modules/.bin/bun";

/**
 * Runs a command that writes to our own output, and says whether it ended with 0. It gets a process
 * group of its own, and when this resolves no process of the group is left, whichever way it ended.
 */
export async function runCommand(
  [file, ...args]: readonly [string, ...string[]],
  limitMs: number,
  stdout: "inherit" | "ignore" = "inherit",
): Promise<boolean> {
  const stdio = ["inherit", stdout, "inherit"] as const;
  const child = spawn(file, args, { cwd: ROOT_DIR, stdio: [...stdio], detached: true });
  const kill = () => killGroup(child.pid);
  const stop = () => {
    kill();
    process.exit(1);
  };
  const timer = setTimeout(() => {
    console.log(`${file} took longer than ${limitMs / 1_000} s and was ended`);
    kill();
  }, limitMs);
  process.on("SIGINT", stop).on("SIGTERM", stop);
  try {
    const [exitCode] = await once(child, "exit");
    return exitCode === 0;
  } catch (error) {
    console.log(`Cannot start ${file}: ${error instanceof Error ? error.message : error}`);
    return false;
  } finally {
    clearTimeout(timer);
    process.off("SIGINT", stop).off("SIGTERM", stop);
    kill();
  }
}

/** What a command prints. Throws when it fails. */
export async function readCommand(
  [file, ...args]: readonly [string, ...string[]],
): Promise<string> {
  return (await promisify(execFile)(file, args, { cwd: ROOT_DIR })).stdout;
}

function killGroup(leaderPid: number | undefined): void {
  if (leaderPid === undefined) return; // It never started.
  try {
    process.kill(-leaderPid, "SIGKILL");
  } catch {
    // Every process of the group has ended already.
  }
}
