import { homePaths, resolveHome } from "../../config/paths.ts";
import { systemClock } from "../../runtime/clock.ts";
import type { LogLevel } from "../../runtime/log.ts";
import { textLineFormatter } from "../../runtime/log_line.ts";
import { listenForStopSignals } from "../../runtime/process_signals.ts";
import { EXIT } from "../exit_codes.ts";
import type { CliIo } from "../io.ts";
import { LogFiles, type LogLine } from "./log_files.ts";

export interface LogsOptions {
  readonly lines: number;
  readonly follow: boolean;
  readonly level: LogLevel;
  readonly json: boolean;
}

/** `hermes logs`: shows what the gateway logged, the newest last. */
export async function runLogsCommand(options: LogsOptions, io: CliIo): Promise<number> {
  const { gatewayLogFile } = homePaths(resolveHome(io.environment));
  const signals = listenForStopSignals(); // Before anything is shown: Ctrl-C ends with 0.
  const files = await LogFiles.open(gatewayLogFile, { levelMin: options.level });
  const format = textLineFormatter({ color: io.outTerminal.color, showsDate: true });
  const show = ({ text, entry }: LogLine) => io.out(options.json ? text : format(entry));
  try {
    if (!files.exists) {
      io.err(`There is no log yet: a gateway that runs writes it to ${gatewayLogFile}.`);
      if (!options.follow) return EXIT.failure;
    }
    for (const line of await files.newest(options.lines)) show(line);
    if (!options.follow) return EXIT.ok;
    for await (const line of files.follow(systemClock, signals.stop)) show(line);
    return EXIT.ok;
  } finally {
    signals.dispose();
    await files.close();
  }
}
