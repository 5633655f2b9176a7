import type { CliIo } from "../io.ts";

/** What a subcommand is declared with: `src/cli/commands/` says how it is called, not what it does. */
export interface CommandLine {
  readonly io: CliIo;
  /** Takes the exit code of the subcommand that ran. */
  readonly finish: (exitCode: number) => void;
}
