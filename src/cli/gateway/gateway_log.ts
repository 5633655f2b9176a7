import type { Config } from "../../config/load_config.ts";
import { systemClock } from "../../runtime/clock.ts";
import type { Log } from "../../runtime/log.ts";
import { createLog, type LogOutput } from "../../runtime/log_sink.ts";
import { RotatingFile } from "../../runtime/rotating_file.ts";
import type { Redact } from "../../safety/redact.ts";
import type { CliIo } from "../io.ts";
import { renderError } from "../render_error.ts";

const BYTES_PER_MEGABYTE = 1_000_000;

export interface GatewayLogOptions {
  readonly verbose: boolean;
  /** Whether only the file gets the lines. */
  readonly quiet: boolean;
}

/** What the gateway logs goes to the standard error, and to a file for `hermes logs`. */
export interface GatewayLog {
  readonly log: Log;
  /** For what is also told in other words. */
  readonly fileLog: Log;
  /** From now on the lines go to the file as well: it belongs to the gateway that holds the lock. */
  openFile(path: string): void;
}

export function createGatewayLog(
  config: Config,
  redact: Redact,
  options: GatewayLogOptions,
  io: CliIo,
): GatewayLog {
  let file: RotatingFile | undefined;
  const toFile: LogOutput = { format: "json", color: false, write: (line) => file?.write(line) };
  const levelMin = options.verbose ? "debug" : config.log.level;
  const shared = { levelMin, clock: systemClock, redact } as const;
  const fileLog = createLog({ ...shared, outputs: [toFile] });
  const { fileMegabytesMax, oldFilesMax } = config.log;
  return {
    log: options.quiet
      ? fileLog
      : createLog({ ...shared, outputs: [terminalOutput(config, io), toFile] }),
    fileLog,
    openFile: (path) => {
      file = new RotatingFile({
        path,
        bytesMax: fileMegabytesMax * BYTES_PER_MEGABYTE,
        oldFilesMax,
        onFailure: (error) => io.err(`Warning: ${renderError(error)}`),
      });
    },
  };
}

function terminalOutput(config: Config, io: CliIo): LogOutput {
  const automatic = io.errTerminal.isTty ? "text" : "json";
  const format = config.log.format === "auto" ? automatic : config.log.format;
  return { format, color: io.errTerminal.color, write: io.err };
}
