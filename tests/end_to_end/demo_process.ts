// deno-lint-ignore-file no-control-regex -- escape sequences begin with a control character.
import { spawn } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import process from "node:process";
import { BINARY_PATH, type BinaryResult } from "../support/binary.ts";
import { tempDir } from "../support/temp_dir.ts";

/** Gives a program a terminal. The one of util-linux; that of macOS takes other arguments. */
const SCRIPT_PATH = "/usr/bin/script";
/** Why a demo cannot be tried in a terminal here; `false` when it can. */
export const noTerminal = process.platform !== "linux" || !existsSync(SCRIPT_PATH)
  ? "there is no util-linux to make a terminal with"
  : false;

const WAIT_MS_MAX = 20_000;

/** `hermes demo` on nothing: no configuration, and an empty folder as home and for temporary files. */
export interface DemoProcess extends AsyncDisposable {
  readonly ended: Promise<BinaryResult>;
  /** Waits for a text, without colours and cursor movements, that is or was printed. */
  printed(pattern: RegExp): Promise<void>;
  write(text: string): void;
  closeInput(): void;
  kill(signal: NodeJS.Signals): void;
  /** What is in the empty folder by now. */
  leftovers(): Promise<string[]>;
}

/** In a terminal; what it shows is `stdout`, and `\r` ends a line. */
export function startDemoInTerminal(): Promise<DemoProcess> {
  const command = `stty cols 80 rows 24; exec '${BINARY_PATH}' demo`;
  return start(SCRIPT_PATH, ["-qec", command, "/dev/null"]);
}

export function startDemo(...args: readonly string[]): Promise<DemoProcess> {
  return start(BINARY_PATH, ["demo", ...args]);
}

async function start(file: string, args: readonly string[]): Promise<DemoProcess> {
  const folder = await tempDir();
  const env = { PATH: "/usr/bin:/bin", HOME: folder.path, TMPDIR: folder.path, TERM: "xterm" };
  const child = spawn(file, args, { cwd: folder.path, env });
  const output = { stdout: "", stderr: "" };
  const changes = new EventEmitter();
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (text: string) => {
      output[name] += text;
      changes.emit("change");
    });
  }
  const ended = once(child, "close")
    .then(([exitCode]): BinaryResult => ({
      exitCode,
      stdout: readable(output.stdout),
      stderr: output.stderr,
    }));
  return {
    ended,
    printed: async (pattern) => {
      const limit = AbortSignal.timeout(WAIT_MS_MAX);
      while (!pattern.test(readable(output.stdout))) {
        await once(changes, "change", { signal: limit });
      }
    },
    write: (text) => void child.stdin.write(text),
    closeInput: () => void child.stdin.end(),
    // Deno gives a child that its own `kill` has hit no exit code.
    kill: (signal) => void process.kill(child.pid ?? 0, signal),
    leftovers: () => readdir(folder.path),
    [Symbol.asyncDispose]: async () => {
      child.kill("SIGKILL");
      await ended;
      await folder[Symbol.asyncDispose]();
    },
  };
}

function readable(text: string): string {
  return text.replaceAll(/\x1b\[\d*[A-Za-z]|\r/g, "");
}
