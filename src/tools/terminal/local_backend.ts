import { mkdir, rm } from "node:fs/promises";
import { type Child, startChild } from "../../runtime/child_process.ts";
import { findProgram } from "../../runtime/find_program.ts";
import { makeProcessFolder } from "../../runtime/process_folder.ts";
import type { Place } from "../work_place.ts";
import { shellCall } from "./shell_script.ts";
import type { SharedFolder, ShellStart, TerminalBackend } from "./terminal_backend.ts";

export interface LocalBackendOptions {
  readonly startFolder: string;
  /** What commands get: see `commandEnvironment`. */
  readonly environment: Readonly<Record<string, string>>;
  /** Of this Hermes: where processes have folders for what their shells remember. */
  readonly shellsFolder: string;
}

/** Runs commands on this machine, as the user that Hermes runs as. */
export class LocalBackend implements TerminalBackend {
  readonly kind = "local";
  readonly startFolder: string;
  readonly #environment: Readonly<Record<string, string>>;
  readonly #shellsFolder: string;
  #shell: Promise<string> | undefined;
  #folder: Promise<string> | undefined;

  constructor({ startFolder, environment, shellsFolder }: LocalBackendOptions) {
    this.startFolder = startFolder;
    this.#environment = environment;
    this.#shellsFolder = shellsFolder;
  }

  /** The folder of the shells is cleared when it is first used. */
  prepare(): Promise<void> {
    return Promise.resolve();
  }

  async start(shell: ShellStart): Promise<Child> {
    await mkdir(this.startFolder, { recursive: true, mode: 0o700 });
    const program = await (this.#shell ??= findShell(this.#environment.PATH ?? ""));
    const argv = shellCall(program, shell.arguments);
    return startChild({ ...shell, argv, cwd: "/", env: this.#environment });
  }

  async sharedFolder(): Promise<SharedFolder> {
    const path = await (this.#folder ??= makeProcessFolder(this.#shellsFolder));
    return { hostPath: path, shellPath: path };
  }

  locate(path: string): Place {
    return { hostPath: path, within: undefined, isReadOnly: false };
  }

  async close(): Promise<void> {
    if (this.#folder !== undefined) await rm(await this.#folder, { recursive: true, force: true });
  }
}

/** Most people, and most models, write for bash. */
async function findShell(path: string): Promise<string> {
  return await findProgram("bash", path) ?? "/bin/sh";
}
