import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { homePaths } from "../../src/config/paths.ts";
import { readLockHolder } from "../../src/runtime/lock_file.ts";
import { type BinaryResult, runBinary } from "./binary.ts";
import type { BinaryLab } from "./binary_lab.ts";
import { type GatewaySetup, STATE_DIR, writeHome } from "./gateway_process.ts";

/** A home whose gateway is started, asked and stopped by subcommands; none is left running. */
export class BackgroundGateway implements AsyncDisposable {
  readonly home: string;
  /** The environment of the subcommands. */
  readonly env: Readonly<Record<string, string>>;

  static async in(lab: BinaryLab, setup: GatewaySetup = {}): Promise<BackgroundGateway> {
    const home = await mkdtemp(join(tmpdir(), "hermes-home-"));
    await writeHome(home, lab.workplace, lab.model, setup);
    return new BackgroundGateway(home, setup.processEnv ?? {});
  }

  private constructor(home: string, env: Readonly<Record<string, string>>) {
    this.home = home;
    this.env = { HERMES_HOME: home, HOME: home, XDG_STATE_HOME: STATE_DIR, ...env };
  }

  /** Runs `hermes gateway` with these arguments. */
  run(...args: readonly string[]): Promise<BinaryResult> {
    return runBinary(["gateway", ...args], { env: this.env });
  }

  /** What `hermes gateway status --json` prints. */
  async status(): Promise<Record<string, unknown> & { readonly exitCode: number | null }> {
    const { exitCode, stdout } = await this.run("status", "--json");
    return { ...JSON.parse(stdout), exitCode };
  }

  /** The process that runs; `undefined` when none does. */
  async pid(): Promise<number | undefined> {
    return (await readLockHolder(homePaths(this.home).gatewayLockFile))?.pid;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const pid = await this.pid();
    if (pid !== undefined) process.kill(pid, "SIGKILL");
    await rm(this.home, { recursive: true, force: true });
  }
}
