import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { FileError } from "../../runtime/file_error.ts";
import type { ServiceContext } from "./service_context.ts";

/** A gateway that runs in the background, on its own from now on. */
export interface DetachedGateway {
  readonly pid: number;
  /** How it ended; `undefined` while it runs. */
  readonly ended: () => Promise<
    { readonly exitCode: number; readonly printed: string } | undefined
  >;
}

/** What the gateway prints: a start that failed says there why, and a bug leaves its stack. */
export const PRINTED_NAME = "gateway.stderr.log";

/** Most bytes of what was printed that are told. */
const PRINTED_CHARS_MAX = 4_000;

/** Starts `hermes gateway run` without a terminal, in a session of its own. @throws FileError */
export async function startDetached(
  { home, io, paths }: ServiceContext,
  binary: string,
): Promise<DetachedGateway> {
  const path = join(paths.logsFolder, PRINTED_NAME);
  await mkdir(paths.logsFolder, { recursive: true, mode: 0o700 });
  const output = openForOutput(path);
  try {
    const child = spawn(binary, ["gateway", "run", "--quiet"], {
      cwd: home,
      env: { ...io.environment, HERMES_HOME: home },
      detached: true,
      stdio: ["ignore", output, output],
    });
    let exitCode: number | undefined;
    child.once("exit", (code) => exitCode = code ?? 1);
    await new Promise<void>((resolve, reject) => {
      child.once("spawn", resolve);
      child.once("error", (error) => reject(new FileError("start", binary, error)));
    });
    child.unref();
    return {
      pid: child.pid ?? 0,
      ended: async () => {
        if (exitCode === undefined) return undefined;
        const printed = await readFile(path, "utf8").catch(() => ""); // Then the code has to do.
        return { exitCode, printed: printed.trim().slice(-PRINTED_CHARS_MAX) };
      },
    };
  } finally {
    closeSync(output);
  }
}

function openForOutput(path: string): number {
  try {
    return openSync(path, "w", 0o600);
  } catch (error) {
    throw new FileError("write", path, error);
  }
}
