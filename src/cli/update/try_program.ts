import process from "node:process";
import { type ProgramResult, runProgram } from "../../runtime/run_program.ts";
import { UpdateError } from "./update_error.ts";

const LIMITS = { timeMsMax: 30_000, outputBytesMax: 2_000 };

/**
 * Starts a program to see that it does here, and gives the version that it says. `title` is what the
 * person calls it. @throws UpdateError
 */
export async function tryProgram(
  path: string,
  title: string,
  signal: AbortSignal,
): Promise<string> {
  const env = { PATH: process.env.PATH ?? "" };
  const result = await runProgram({ argv: [path, "--version"], cwd: "/", env }, LIMITS, signal);
  signal.throwIfAborted();
  const { end, stdout, stderr } = result;
  if (end.kind === "exited" && end.code === 0) return stdout.trim();
  throw new UpdateError(
    "does_not_start",
    `Cannot use ${title}: it does not start here (${reasonOf(result)})`,
    /libstdc\+\+|libgcc/.test(stderr)
      ? "Install the library libstdc++ first; on Alpine: apk add libstdc++"
      : "Choose another version with --version.",
  );
}

function reasonOf({ end, stderr }: ProgramResult): string {
  const [line] = stderr.trim().split("\n");
  if (line) return line;
  switch (end.kind) {
    case "exited":
      return `exit code ${end.code}`;
    case "signalled":
      return end.signal;
    case "not_started":
      return `system error ${end.systemCode}`;
    case "stopped":
      return "it does not answer";
    default:
      return end satisfies never;
  }
}
