import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { homePaths } from "../../src/config/paths.ts";
import { readLockHolder } from "../../src/runtime/lock_file.ts";
import type { SandboxOptions } from "../../src/sandbox/sandbox_server.ts";
import type { BinaryResult } from "../support/binary.ts";
import { BinaryLab } from "../support/binary_lab.ts";
import { DrivenProcess, TerminalProcess } from "../support/driven_process.ts";
import { tempDir } from "../support/temp_dir.ts";
import { SetupTerminal } from "./setup_terminal.ts";

const NOBODY = "http://127.0.0.1:2/v1";
/** A `.env` as people have it, with Windows' line ends among the others. */
const OWN_ENV = [
  "# The bot of the lab",
  'OTHER_TOOL="two words" # not ours',
  "MATTERMOST_URL=http://127.0.0.1:2\r",
  "MATTERMOST_REPLY_MODE=off",
  "export MATTERMOST_REPLY_MODE='off'",
  "",
].join("\n");
const OWN_YAML = "# By hand\r\nagent:\r\n  max_turns: 12   # enough\r\nmine: {a: 1}\r\n";

/** A home, a server, a model and a terminal. */
export class SetupWorkbench implements AsyncDisposable {
  readonly lab: BinaryLab;
  readonly home: string;
  readonly folder: string;
  readonly #dir: AsyncDisposable;
  readonly #processes: AsyncDisposable[] = [];

  static async open(options: Partial<SandboxOptions> = {}): Promise<SetupWorkbench> {
    const dir = await tempDir();
    return new SetupWorkbench(await BinaryLab.open(options), dir);
  }

  private constructor(lab: BinaryLab, dir: { readonly path: string } & AsyncDisposable) {
    this.lab = lab;
    this.folder = dir.path;
    this.home = join(dir.path, "home");
    this.#dir = dir;
  }

  get token(): string {
    return this.lab.workplace.bot.token;
  }

  get env(): Record<string, string> {
    return {
      HERMES_HOME: this.home,
      HOME: this.folder,
      XDG_STATE_HOME: join(this.folder, "state"),
      OLLAMA_BASE_URL: NOBODY,
      LM_BASE_URL: NOBODY,
      LLAMACPP_BASE_URL: NOBODY,
      VLLM_BASE_URL: NOBODY,
    };
  }

  async writeOwnFiles(): Promise<void> {
    await mkdir(this.home, { recursive: true });
    await writeFile(join(this.home, ".env"), OWN_ENV);
    await writeFile(join(this.home, "config.yaml"), OWN_YAML);
  }

  async files(): Promise<Record<string, string>> {
    const names = (await readdir(this.home).catch(() => [])).sort();
    const texts = names.map(async (name) => [name, await readFile(join(this.home, name), "utf8")]);
    return Object.fromEntries(await Promise.all(texts));
  }

  /** Makes it a machine without systemd, whatever it is. */
  async hideServices(): Promise<void> {
    const folder = join(this.folder, "no-services");
    await mkdir(folder);
    await writeFile(join(folder, "systemctl"), "#!/bin/sh\nexit 1\n", { mode: 0o755 });
  }

  get noServices(): Record<string, string> {
    return { PATH: `${join(this.folder, "no-services")}:/usr/bin:/bin` };
  }

  setUp(
    options: { columns?: number; env?: Record<string, string>; args?: readonly string[] } = {},
  ): SetupTerminal {
    const { columns = 100, env = {}, args = [] } = options;
    const terminal = TerminalProcess.start(["gateway", "setup", ...args], {
      cwd: this.folder,
      env: { ...this.env, ...env },
      columns,
    });
    this.#processes.push(terminal);
    return new SetupTerminal(terminal);
  }

  /** The same without a terminal, with `input` on the standard input. */
  setUpByFlags(
    args: readonly string[],
    input = "",
    env: Record<string, string> = {},
  ): Promise<BinaryResult> {
    const setup = DrivenProcess.start(["setup", ...args], {
      cwd: this.folder,
      env: { ...this.env, ...env },
    });
    this.#processes.push(setup);
    setup.write(input);
    setup.closeInput();
    return setup.ended;
  }

  /** A gateway in this home answers what alice writes. */
  async answers(message: string): Promise<string> {
    const { sandbox } = this.lab;
    const gateway = DrivenProcess.start(["gateway"], { cwd: this.folder, env: this.env });
    this.#processes.push(gateway);
    const bot = sandbox.user("hermes").id;
    await sandbox.connected("hermes");
    const asked = sandbox.as("alice").dm("hermes", message);
    const answer = await sandbox.posted((post) =>
      post.user_id === bot && post.channel_id === asked.channel_id &&
      post.create_at > asked.create_at
    );
    return answer.message;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const one of this.#processes) await one[Symbol.asyncDispose]();
    const left = await readLockHolder(homePaths(this.home).gatewayLockFile);
    if (left !== undefined) process.kill(left.pid, "SIGKILL");
    await this.lab[Symbol.asyncDispose]();
    await this.#dir[Symbol.asyncDispose]();
  }
}
