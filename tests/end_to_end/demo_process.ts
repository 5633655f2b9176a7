import { readdir } from "node:fs/promises";
import { DrivenProcess, TerminalProcess } from "../support/driven_process.ts";
import { tempDir } from "../support/temp_dir.ts";

/** `hermes demo` on nothing: no configuration, and an empty folder as home and for temporary files. */
export interface Demo extends AsyncDisposable {
  readonly process: DrivenProcess;
  /** What is in the empty folder by now. */
  leftovers(): Promise<string[]>;
}

/** In a terminal; what it shows is `stdout`, and `\r` ends a line. */
export function startDemoInTerminal(): Promise<Demo> {
  return start((options) => TerminalProcess.start(["demo"], options));
}

export function startDemo(...args: readonly string[]): Promise<Demo> {
  return start((options) => DrivenProcess.start(["demo", ...args], options));
}

async function start(
  run: (options: { cwd: string; env: Record<string, string> }) => DrivenProcess,
): Promise<Demo> {
  const folder = await tempDir();
  const process = run({ cwd: folder.path, env: { HOME: folder.path, TMPDIR: folder.path } });
  return {
    process,
    leftovers: () => readdir(folder.path),
    [Symbol.asyncDispose]: async () => {
      await process[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}
