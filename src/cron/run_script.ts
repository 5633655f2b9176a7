import { realpath } from "node:fs/promises";
import { extname, join, resolve, sep } from "node:path";
import { runProgram } from "../runtime/run_program.ts";

export type ScriptEnd =
  | { readonly kind: "ended"; readonly stdout: string }
  /** `reason` follows a colon. */
  | { readonly kind: "failed"; readonly reason: string };

/** Runs a script of the scripts folder by its name. Throws only when `signal` aborts. */
export type RunScript = (name: string, signal: AbortSignal) => Promise<ScriptEnd>;

export interface ScriptDeps {
  /** `scripts/` of the home: nothing outside of it runs. */
  readonly folder: string;
  /** The whole environment of the script, without the keys and tokens of Hermes. */
  readonly environment: Readonly<Record<string, string>>;
  readonly timeMsMax: number;
  readonly redact: (text: string) => string;
}

const OUTPUT_BYTES_MAX = 1_000_000;
const ERROR_CHARS_MAX = 500;

export function createScriptRunner(deps: ScriptDeps): RunScript {
  return async (name, signal) => {
    const path = await locateScript(name, deps.folder);
    if (path === undefined) {
      return failed(`there is no script "${name}" in ${deps.folder}`);
    }
    const program = /^\.(?:sh|bash)$/.test(extname(path)) ? "bash" : "python3";
    const { end, stdout, stderr } = await runProgram(
      { argv: [program, path], cwd: deps.folder, env: deps.environment },
      { timeMsMax: deps.timeMsMax, outputBytesMax: OUTPUT_BYTES_MAX },
      signal,
    );
    signal.throwIfAborted();
    const tail = deps.redact(stderr.trim() || stdout.trim()).slice(-ERROR_CHARS_MAX);
    const said = tail === "" ? "" : `; it said: ${tail}`;
    switch (end.kind) {
      case "exited":
        if (end.code === 0) return { kind: "ended", stdout: deps.redact(stdout) };
        return failed(`its script ended with exit code ${end.code}${said}`);
      case "signalled":
        return failed(`its script was ended by ${end.signal}${said}`);
      case "stopped":
        return failed(`its script took longer than ${Math.round(deps.timeMsMax / 1_000)} s`);
      case "not_started":
        return failed(`${program} could not be started (${end.systemCode})`);
    }
  };
}

/** The script's real path; `undefined` when it is not in the folder, links followed. */
export async function locateScript(name: string, folder: string): Promise<string | undefined> {
  try {
    const inside = await realpath(folder);
    const path = await realpath(resolve(join(inside, name)));
    return path.startsWith(inside + sep) ? path : undefined;
  } catch {
    return undefined; // It is not there.
  }
}

function failed(reason: string): ScriptEnd {
  return { kind: "failed", reason };
}
