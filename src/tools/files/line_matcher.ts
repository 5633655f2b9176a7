import { findProgram } from "../../runtime/find_program.ts";
import { runProgram } from "../../runtime/run_program.ts";

/**
 * A program that reads lines and prints those that match a regular expression, each with its number
 * and `:`; lines around them come with `-`. A pattern that takes for ever hangs in it and not in us.
 */
export interface LineMatcher {
  readonly program: string;
  arguments(pattern: string, contextLines: number): string[];
}

const PROBE_LIMITS = { timeMsMax: 5_000, outputBytesMax: 1_000 };

/** ripgrep if there is one, else grep; `undefined` when the machine has neither. */
export async function findLineMatcher(
  path: string,
  signal: AbortSignal,
): Promise<LineMatcher | undefined> {
  const ripgrep = await findProgram("rg", path);
  if (ripgrep !== undefined) return { program: ripgrep, arguments: ripgrepArguments };
  const grep = await findProgram("grep", path);
  if (grep === undefined) return undefined;
  const probe = (...options: string[]) =>
    runProgram({ argv: [grep, ...options], cwd: "/", env: {} }, PROBE_LIMITS, signal);
  const { stdout } = await probe("--version");
  if (!/^grep.*(?:GNU|BSD)/.test(stdout)) {
    return { program: grep, arguments: (...asked) => ["-n", ...extended(...asked)] };
  }
  const full = ["-n", "-a", "--color=never", "--line-buffered"];
  const { end } = await probe("-P", "x", "/dev/null");
  const knowsPerl = end.kind === "exited" && end.code === 1;
  return {
    program: grep,
    arguments: (pattern, contextLines) => [
      ...full,
      ...knowsPerl
        ? ["-P", "-C", String(contextLines), "-e", pattern]
        : extended(pattern, contextLines),
    ],
  };
}

function ripgrepArguments(pattern: string, contextLines: number): string[] {
  const form = ["--no-config", "--no-filename", "--no-heading", "--color=never", "--line-buffered"];
  return [...form, "--line-number", "--text", "-C", String(contextLines), "-e", pattern, "-"];
}

/** POSIX knows less than people write: digits by their range, and case as an option. */
function extended(pattern: string, contextLines: number): string[] {
  const ignoresCase = pattern.startsWith("(?i)");
  const plain = pattern.replace(/^\(\?i\)/, "").replaceAll("(?:", "(")
    .replaceAll(/\\([dD])/g, (_, letter) => letter === "d" ? "[0-9]" : "[^0-9]");
  const options = ["-E", "-C", String(contextLines), "-e", plain];
  return ignoresCase ? ["-i", ...options] : options;
}
