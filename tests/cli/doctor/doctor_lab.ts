import { join } from "node:path";
import type { Check } from "../../../src/cli/doctor/check.ts";
import { runChecks } from "../../../src/cli/doctor/run_checks.ts";
import type { CliIo } from "../../../src/cli/io.ts";
import { loadConfig } from "../../../src/config/load_config.ts";
import { homePaths } from "../../../src/config/paths.ts";
import { type Clock, systemClock } from "../../../src/runtime/clock.ts";
import { systemRandom } from "../../../src/runtime/random.ts";
import type { SandboxOptions } from "../../../src/sandbox/sandbox_server.ts";
import { BinaryLab } from "../../support/binary_lab.ts";
import { type GatewaySetup, type Workplace, writeHome } from "../../support/gateway_process.ts";
import { tempDir } from "../../support/temp_dir.ts";

const never = new AbortController().signal;
const TERMINAL = { isTty: false, color: false, widthColumns: 80 };

interface LookOptions {
  readonly live?: boolean;
  readonly clock?: Clock;
}

/** A sandbox, a model and a home, and what the doctor finds in it, within this process. */
export class DoctorLab implements AsyncDisposable {
  readonly lab: BinaryLab;
  readonly home: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly #folder: AsyncDisposable;
  /** As it was at first: people may be renamed meanwhile. */
  readonly #workplace: Workplace;

  static async open(options: Partial<SandboxOptions> = {}): Promise<DoctorLab> {
    const folder = await tempDir();
    return new DoctorLab(await BinaryLab.open(options), folder);
  }

  private constructor(lab: BinaryLab, folder: { path: string } & AsyncDisposable) {
    this.lab = lab;
    this.home = join(folder.path, "home");
    this.environment = {
      PATH: "/usr/bin:/bin",
      XDG_STATE_HOME: join(folder.path, "state"),
      XDG_CONFIG_HOME: join(folder.path, "config"),
    };
    this.#folder = folder;
    this.#workplace = lab.workplace;
  }

  get sandbox(): BinaryLab["sandbox"] {
    return this.lab.sandbox;
  }

  /** Writes the home, and looks at it. */
  async examine(
    setup: GatewaySetup = {},
    options: LookOptions = {},
  ): Promise<Findings> {
    await writeHome(this.home, this.#workplace, this.lab.model, setup);
    return await this.look({ ...this.environment, ...setup.processEnv }, options);
  }

  /** Looks at the home as it is. */
  async look(
    environment: Readonly<Record<string, string>> = this.environment,
    { live = false, clock = systemClock }: LookOptions = {},
  ): Promise<Findings> {
    const loaded = await loadConfig({ home: this.home, environment, flags: {} });
    const io: CliIo = {
      environment,
      out: () => {},
      err: () => {},
      outTerminal: TERMINAL,
      errTerminal: TERMINAL,
    };
    const paths = homePaths(this.home);
    const input = { paths, loaded, io, live, clock, random: systemRandom };
    return new Findings(await Array.fromAsync(runChecks(input, never)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.lab[Symbol.asyncDispose]();
    await this.#folder[Symbol.asyncDispose]();
  }
}

export class Findings {
  readonly checks: readonly Check[];

  constructor(checks: readonly Check[]) {
    this.checks = checks;
  }

  /** The only check of this name, or the first of this status. */
  named(name: string, status?: Check["status"]): Check {
    const found = this.checks.find((check) =>
      check.name === name && (status === undefined || check.status === status)
    );
    if (found !== undefined) return found;
    throw new Error(`No check "${name}" in:\n${this.checks.map(({ name }) => name).join(" ")}`);
  }

  /** Names of the checks with this status, in order. */
  with(status: Check["status"]): string[] {
    return this.checks.filter((check) => check.status === status).map((check) => check.name);
  }
}
