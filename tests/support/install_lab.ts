import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmod,
  lstat,
  mkdir,
  readdir,
  readFile,
  readlink,
  rm,
  symlink,
  writeFile,
} from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { findProgram } from "../../src/runtime/find_program.ts";
import { type BinaryResult, runBinary } from "./binary.ts";
import { NOBODY } from "./nobody.ts";
import { ReleaseServer } from "./release_server.ts";
import { tempDir } from "./temp_dir.ts";

export const INSTALL_SCRIPT_PATH = fileURLToPath(
  new URL("../../scripts/install.sh", import.meta.url),
);
export const INSTALL_SCRIPT = await readFile(INSTALL_SCRIPT_PATH, "utf8");

/** All that the script calls. */
const TOOLS = [
  ..."cat chmod cmp cp cut dirname grep head ldd ln ls mkdir mktemp mv rm rmdir".split(" "),
  ..."sed sha256sum tail tar gzip uname wget".split(" "),
];

export type ToolsName = "this machine" | "busybox";

const MACHINE_PATH = process.env.PATH ?? "";
const BUSYBOX = await findProgram("busybox", MACHINE_PATH);

/** Why nothing can be tried with these tools; `false` when it can. */
export function noTools(name: ToolsName): string | false {
  return name === "busybox" && BUSYBOX === undefined ? "there is no busybox" : false;
}

export interface InstallOptions {
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Where the shell stands. */
  readonly cwd?: string;
  /** Runs the script as somebody without rights. */
  readonly asNobody?: boolean;
}

/** A server with releases and a machine to install them on, of which only some tools are there. */
export class InstallLab implements AsyncDisposable {
  readonly releases: ReleaseServer;
  readonly home: string;
  /** Where the script installs to when nothing else is said. */
  readonly target: string;
  readonly #folder: Awaited<ReturnType<typeof tempDir>>;
  /** The folder of all programs. */
  readonly tools: string;

  static async open(tools: ToolsName = "this machine"): Promise<InstallLab> {
    const folder = await tempDir();
    await chmod(folder.path, 0o755); // Somebody without rights has to come by.
    const lab = new InstallLab(folder, await ReleaseServer.open());
    await mkdir(lab.home);
    await mkdir(lab.tools);
    for (const name of tools === "busybox" ? TOOLS : [...TOOLS, "curl"]) {
      const program = tools === "busybox" ? BUSYBOX : await findProgram(name, MACHINE_PATH);
      if (program !== undefined) await symlink(program, join(lab.tools, name));
    }
    await symlink(tools === "busybox" ? BUSYBOX ?? "" : "/bin/sh", join(lab.tools, "sh"));
    return lab;
  }

  private constructor(folder: Awaited<ReturnType<typeof tempDir>>, releases: ReleaseServer) {
    this.#folder = folder;
    this.releases = releases;
    this.home = join(folder.path, "home");
    this.target = join(this.home, ".local", "bin");
    this.tools = join(folder.path, "tools");
  }

  /** Has a program of the machine say something else than it would. */
  async fake(name: string, script: string): Promise<void> {
    await this.takeAway(name);
    await writeFile(join(this.tools, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  }

  /** Has a program that only some machines have; whether this one does. */
  async add(name: string): Promise<boolean> {
    const program = await findProgram(name, MACHINE_PATH);
    await this.takeAway(name);
    if (program !== undefined) await symlink(program, join(this.tools, name));
    return program !== undefined;
  }

  async takeAway(...names: readonly string[]): Promise<void> {
    for (const name of names) await rm(join(this.tools, name), { force: true });
  }

  /** Puts a program where the next installation will want to put its own. */
  async putOld(program: string): Promise<void> {
    await mkdir(this.target, { recursive: true });
    await writeFile(join(this.target, "hermes"), program, { mode: 0o755 });
  }

  /** Runs the script as `curl ... | sh` does; `input` is what arrives of it. */
  async run(options: InstallOptions = {}, input = INSTALL_SCRIPT): Promise<BinaryResult> {
    const { args = [], asNobody = false, env = {}, cwd = this.home } = options;
    const command = [...(asNobody ? NOBODY : []), this.#shell, "-s", "--", ...args];
    const [path = "", ...rest] = command;
    return await runBinary(rest, { path, env: { ...this.#environment, ...env }, cwd, input });
  }

  /** Starts the script from its file, to be interrupted as a terminal does it: with all its programs. */
  start(): { readonly signal: (name: NodeJS.Signals) => void; readonly ended: Promise<unknown[]> } {
    const options = { env: this.#environment, stdio: "ignore", detached: true } as const;
    const child = spawn(this.#shell, [INSTALL_SCRIPT_PATH], options);
    return {
      signal: (name) => void process.kill(-(child.pid ?? 0), name),
      ended: once(child, "exit"),
    };
  }

  /** All that there is of the home, with modes and contents. */
  async snapshot(folder = this.home): Promise<readonly string[]> {
    const names = (await readdir(folder, { recursive: true })).sort();
    return await Promise.all(names.map(async (name) => {
      const path = join(folder, name);
      const stats = await lstat(path);
      const mode = stats.mode.toString(8);
      if (stats.isSymbolicLink()) return `${name} -> ${await readlink(path)}`;
      return stats.isFile() ? `${name} ${mode} ${await readFile(path, "utf8")}` : `${name} ${mode}`;
    }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.releases[Symbol.asyncDispose]();
    await this.#folder[Symbol.asyncDispose]();
  }

  get #shell(): string {
    return join(this.tools, "sh");
  }

  get #environment(): Record<string, string> {
    return {
      PATH: this.tools,
      HOME: this.home,
      SHELL: "/bin/bash",
      HERMES_INSTALL_URL: this.releases.url,
    };
  }
}
