import { createHash } from "node:crypto";
import { mkdir, rm } from "node:fs/promises";
import { isAbsolute, join, relative, resolve, sep } from "node:path";
import process from "node:process";
import { type Child, startChild } from "../../runtime/child_process.ts";
import type { Log } from "../../runtime/log.ts";
import { makeProcessFolder } from "../../runtime/process_folder.ts";
import { isRunning } from "../../runtime/process_id.ts";
import type { Random } from "../../runtime/random.ts";
import { ToolError } from "../errors.ts";
import type { Place } from "../work_place.ts";
import {
  type ContainerOptions,
  execArguments,
  killArguments,
  listArguments,
  type Mount,
  runArguments,
} from "./container_arguments.ts";
import type { ContainerProgram } from "./container_program.ts";
import { shellCall } from "./shell_script.ts";
import type { SharedFolder, ShellStart, TerminalBackend } from "./terminal_backend.ts";

export interface ContainerBackendOptions {
  readonly container: Omit<ContainerOptions, "mounts">;
  readonly program: ContainerProgram;
  /** The folder of this machine that is the workspace, and its name in the container. */
  readonly workspace: { readonly hostPath: string; readonly containerPath: string };
  /** In the container; where sessions begin. */
  readonly startFolder: string;
  /** Further folders of this machine. */
  readonly volumes: readonly Mount[];
  /** Folders of Hermes that the container may read, by the same names: what people sent, long results. */
  readonly readableFolders: readonly string[];
  /** Of this Hermes: where processes have folders for what their shells remember. */
  readonly shells: { readonly hostPath: string; readonly containerPath: string };
  /** Of this Hermes: its containers are known by it. */
  readonly home: string;
  readonly random: Random;
  readonly log: Log;
}

/** An image may have to be fetched first. */
const RUN_MS_MAX = 600_000;
const QUICK_MS_MAX = 30_000;
/** For what has its own limit of time and must not be left half done. */
const NEVER = new AbortController().signal;

/**
 * Runs the commands of all sessions in one container that lives as long as this process. Files in its
 * workspace and volumes are those of this machine; all else in it is gone with it.
 */
export class ContainerBackend implements TerminalBackend {
  readonly kind = "container";
  readonly startFolder: string;
  readonly #options: ContainerBackendOptions;
  readonly #mounts: readonly Mount[];
  readonly #closed = new AbortController();
  #leftovers: Promise<void> | undefined;
  /** The name of the container that was started last, also when that failed. */
  #name: string | undefined;
  #container: Promise<string> | undefined;
  #shell: Promise<string> | undefined;
  #folder: Promise<string> | undefined;

  constructor(options: ContainerBackendOptions) {
    const { workspace, volumes, readableFolders, startFolder } = options;
    const readable = readableFolders.map((path) => ({
      hostPath: path,
      containerPath: path,
      isReadOnly: true,
    }));
    this.#options = options;
    this.startFolder = startFolder;
    this.#mounts = [{ ...workspace, isReadOnly: false }, ...readable, ...volumes]
      .map((mount) => ({ ...mount, containerPath: resolve(mount.containerPath) }));
  }

  /** Removes containers of this home whose process has died. It never throws. */
  prepare(): Promise<void> {
    return this.#leftovers ??= this.#removeLeftovers();
  }

  async start({ arguments: args, input, onOutput }: ShellStart): Promise<Child> {
    const { program, random } = this.#options;
    const container = await this.#running();
    const shell = await (this.#shell ??= this.#findShell(container));
    const { shellPath, hostPath } = await this.sharedFolder();
    const pidName = `${random.id()}.pid`;
    const pidFile = `${shellPath}/${pidName}`;
    const inContainer = execArguments(container, shellCall(shell, args), {
      pidFile,
      hasInput: input === "open",
    });
    const argv = [program.name, ...inContainer] as const;
    const child = startChild({ argv, cwd: "/", env: program.environment, input, onOutput });
    const ended = child.ended.finally(() => rm(join(hostPath, pidName), { force: true }));
    return { ...child, ended, kill: (graceMs) => this.#kill(container, pidFile, child, graceMs) };
  }

  async sharedFolder(): Promise<SharedFolder> {
    const { shells } = this.#options;
    const hostPath = await (this.#folder ??= makeProcessFolder(shells.hostPath));
    return { hostPath, shellPath: shells.containerPath };
  }

  locate(path: string): Place | undefined {
    const ways = this.#mounts.map((mount) => ({ mount, way: relative(mount.containerPath, path) }))
      .filter(({ way }) => way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way))
      .sort((a, b) => a.way.length - b.way.length); // The innermost mount covers the others.
    const [found] = ways;
    if (found === undefined) return undefined;
    const { hostPath, isReadOnly } = found.mount;
    return { hostPath: join(hostPath, found.way), within: hostPath, isReadOnly };
  }

  async close(): Promise<void> {
    this.#closed.abort();
    await this.#container?.catch(() => {}); // Whoever wanted it was told.
    if (this.#name !== undefined && !await this.#remove(this.#name)) {
      this.#options.log("warn", "terminal.container_left", { container: this.#name });
    }
    if (this.#folder !== undefined) await rm(await this.#folder, { recursive: true, force: true });
  }

  async #removeLeftovers(): Promise<void> {
    const { program, home, log } = this.#options;
    const listed = await program.tryRun(listArguments(homeLabel(home)), QUICK_MS_MAX, NEVER);
    for (const line of listed.stdout.split("\n")) {
      const [, id, pid] = line.match(/^(\S+) (\d+)$/) ?? [];
      if (id === undefined) continue;
      const isLeftover = Number(pid) === process.pid || !await isRunning({ pid: Number(pid) });
      if (!isLeftover || !await this.#remove(id)) continue;
      log("info", "terminal.leftover_removed", { container: id });
    }
  }

  /** The container, made anew when it has died. It serves all sessions, so none can stop its making. */
  async #running(): Promise<string> {
    const before = this.#container;
    if (before !== undefined) {
      const container = await before.catch(() => undefined); // Its first user was told why.
      if (container !== undefined && await this.#isUp(container)) return container;
      if (this.#container === before) this.#container = this.#shell = undefined;
    }
    return await (this.#container ??= this.#make());
  }

  async #isUp(container: string): Promise<boolean> {
    const args = ["inspect", "--format", "{{.State.Running}}", container];
    const { stdout } = await this.#options.program.tryRun(args, QUICK_MS_MAX, NEVER);
    return stdout.trim() === "true";
  }

  async #make(): Promise<string> {
    const { home, workspace, random, container, log } = this.#options;
    await this.prepare();
    if (this.#name !== undefined) await this.#remove(this.#name);
    for (const folder of [workspace.hostPath, ...this.#options.readableFolders]) {
      await mkdir(folder, { recursive: true, mode: 0o700 });
    }
    const { hostPath, shellPath } = await this.sharedFolder();
    const shells = { hostPath, containerPath: shellPath, isReadOnly: false };
    const options = { ...container, mounts: [...this.#mounts, shells] };
    const name = this.#name = `hermes-${random.id().slice(0, 12)}`;
    const labels = { home: homeLabel(home), pid: process.pid };
    log("info", "terminal.container_starting", { image: options.image, name });
    const run = (each: ContainerOptions) =>
      this.#options.program.run(runArguments(each, name, labels), RUN_MS_MAX, this.#closed.signal);
    try {
      await run(options);
    } catch (error) {
      // Few kinds of storage can be limited; the container is no less closed without.
      if (!isAboutStorage(error) || options.diskMb === 0) throw error;
      log("warn", "terminal.disk_not_limited", { image: options.image });
      await this.#remove(name);
      await run({ ...options, diskMb: 0 });
    }
    return name;
  }

  async #remove(container: string): Promise<boolean> {
    const args = ["rm", "--force", container];
    const { end } = await this.#options.program.tryRun(args, QUICK_MS_MAX, NEVER);
    return end.kind === "exited" && end.code === 0;
  }

  async #findShell(container: string): Promise<string> {
    const args = ["exec", container, "sh", "-c", "command -v bash || command -v sh"];
    return await this.#options.program.run(args, QUICK_MS_MAX, this.#closed.signal);
  }

  async #kill(container: string, pidFile: string, child: Child, graceMs: number): Promise<void> {
    const args = killArguments(container, pidFile, graceMs);
    await this.#options.program.tryRun(args, graceMs + QUICK_MS_MAX, NEVER);
    await child.kill(graceMs);
  }
}

function homeLabel(home: string): string {
  return createHash("sha256").update(home).digest("hex").slice(0, 16);
}

function isAboutStorage(error: unknown): boolean {
  return error instanceof ToolError && /storage-opt|pquota|quota/i.test(error.message);
}
