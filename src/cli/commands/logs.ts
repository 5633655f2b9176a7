import { type Command, InvalidArgumentError, Option } from "commander";
import { LOG_LEVELS, type LogLevel } from "../../runtime/log.ts";
import type { CommandLine } from "./command_line.ts";

const EXAMPLES = `
Examples:
  hermes logs
  hermes logs -f --level warn
  hermes logs -n 1000 --json | jq 'select(.event == "gateway.answered").tookMs'

Exit codes: 0 shown, 1 there is no log, 2 wrong command line.`;

/** Most lines that can be asked for: they are held in memory. */
const LINES_MAX = 1_000_000;

interface LogsFlags {
  readonly lines: number;
  readonly follow?: boolean;
  readonly level: LogLevel;
  readonly json?: boolean;
}

/** `hermes logs`: shows what the gateway logged. */
export function addLogs(program: Command, { io, finish }: CommandLine): void {
  program.command("logs")
    .summary("show what the gateway logged")
    .description("Shows the newest lines of the gateway's log.")
    .helpGroup("Running it:")
    .option("-n, --lines <count>", "how many lines to show", lineCount, 50)
    .option("-f, --follow", "go on with what is logged from now on")
    .addOption(
      new Option("--level <level>", "only lines that are so important").choices(LOG_LEVELS)
        .default("debug"),
    )
    .option("--json", "show the lines as they are in the file: JSON, in UTC")
    .addHelpText("after", EXAMPLES)
    .action(async ({ lines, follow = false, level, json = false }: LogsFlags) => {
      const { runLogsCommand } = await import("../logs/logs_command.ts");
      finish(await runLogsCommand({ lines, follow, level, json }, io));
    });
}

function lineCount(text: string): number {
  const count = /^\d{1,7}$/.test(text) ? Number(text) : NaN;
  if (count <= LINES_MAX) return count;
  throw new InvalidArgumentError(`Write a whole number from 0 to ${LINES_MAX}.`);
}
