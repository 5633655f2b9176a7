import { homedir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { runProgram } from "../../runtime/run_program.ts";
import type { Argv, ManagerAnswer } from "./service_manager.ts";

/** As much of the machine as services have to do with. */
export interface ServiceWorld {
  readonly platform: NodeJS.Platform;
  readonly userId: number;
  /** The folder of the person, not that of Hermes. */
  readonly userHome: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Where the services of the machine are. */
  readonly systemUnitsFolder: string;
  readonly call: (argv: Argv) => Promise<ManagerAnswer>;
}

/** Longer than a service may take to stop, which is what the slowest call waits for. */
const CALL_LIMITS = { timeMsMax: 3_700_000, outputBytesMax: 100_000 };

export function systemWorld(
  environment: Readonly<Record<string, string | undefined>>,
  signal: AbortSignal,
): ServiceWorld {
  const userId = process.getuid?.() ?? 0;
  const env = callEnvironment(environment, userId);
  return {
    platform: process.platform,
    userId,
    userHome: homedir(),
    environment,
    systemUnitsFolder: "/etc/systemd/system",
    call: async (argv) => {
      const { end, stdout, stderr } = await runProgram(
        { argv, cwd: "/", env },
        CALL_LIMITS,
        signal,
      );
      signal.throwIfAborted();
      return { code: end.kind === "exited" ? end.code : undefined, stdout, stderr };
    },
  };
}

/** After `su` and in cron jobs nobody says where the person's systemd is; it is always here. */
function callEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
  userId: number,
): Record<string, string> {
  const set = Object.entries(environment).filter((entry): entry is [string, string] =>
    entry[1] !== undefined
  );
  return { XDG_RUNTIME_DIR: join("/run/user", String(userId)), ...Object.fromEntries(set) };
}
