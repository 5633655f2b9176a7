import type { Terminal } from "../runtime/terminal.ts";

/** Where a subcommand reads and writes: the process in production, strings in tests. */
export interface CliIo {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The answer to what was asked: what a script reads. One line, without its end. */
  readonly out: (line: string) => void;
  /** Everything else: progress, logs, errors. */
  readonly err: (line: string) => void;
  readonly outTerminal: Terminal;
  readonly errTerminal: Terminal;
}
