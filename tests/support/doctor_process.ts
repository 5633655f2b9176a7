import assert from "node:assert/strict";
import { join } from "node:path";
import { homePaths } from "../../src/config/paths.ts";
import type { GatewayStatus } from "../../src/gateway/gateway_status.ts";
import { readGatewayState } from "../../src/gateway/read_gateway_state.ts";
import { runBinary } from "./binary.ts";
import type { BinaryLab } from "./binary_lab.ts";
import { type GatewaySetup, STATE_DIR, writeHome } from "./gateway_process.ts";
import { tempDir } from "./temp_dir.ts";

/** A check as `hermes doctor --json` prints it. */
export interface ReportedCheck {
  readonly name: string;
  readonly status: string;
  readonly message: string;
  readonly remedy: string;
  readonly paste?: string;
  readonly settings: readonly Readonly<Record<string, unknown>>[];
}

/** What the binary said of a home, as text and as JSON. */
export class Diagnosis {
  readonly exitCode: number | null;
  readonly text: string;
  readonly checks: readonly ReportedCheck[];

  constructor(exitCode: number | null, text: string, checks: readonly ReportedCheck[]) {
    this.exitCode = exitCode;
    this.text = text;
    this.checks = checks;
  }

  get failures(): string[] {
    return this.checks.filter(({ status }) => status === "failure").map(({ name }) => name);
  }

  /** Asserts that this check says this, with a remedy, in JSON and in the text. */
  says(name: string, status: string, message: RegExp, remedy: RegExp): void {
    const check = this.checks.find((one) => one.name === name && one.status === status);
    assert.ok(check !== undefined, `no ${status} of "${name}" in:\n${this.text}`);
    assert.match(check.message, message);
    assert.match(check.remedy, remedy);
    assert.match(this.text, new RegExp(`^${status === "failure" ? "✗" : "!"} ${name} `, "m"));
    if (check.remedy !== "") assert.ok(this.text.includes(check.remedy));
  }
}

/** Resolves when the gateway of this home has written a status that fits: it takes up to 2 s. */
export async function statusWritten(
  gateway: { readonly home: string },
  fits: (status: GatewayStatus) => boolean,
): Promise<void> {
  for (;;) {
    const state = await readGatewayState(homePaths(gateway.home));
    if (state.kind === "running" && state.status !== undefined && fits(state.status)) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Runs `hermes doctor` twice on the home of this gateway, or on a new one with this setup. */
export async function diagnose(
  lab: BinaryLab,
  setup: GatewaySetup = {},
  gateway?: { readonly home: string },
): Promise<Diagnosis> {
  await using folder = await tempDir();
  const home = gateway?.home ?? join(folder.path, "home");
  if (gateway === undefined) await writeHome(home, lab.workplace, lab.model, setup);
  const env = { HERMES_HOME: home, XDG_STATE_HOME: STATE_DIR, ...setup.processEnv };
  const [text, json] = await Promise.all([
    runBinary(["doctor"], { env }),
    runBinary(["doctor", "--json"], { env }),
  ]);
  assert.equal(json.exitCode, text.exitCode);
  assert.equal(text.stderr + json.stderr, "");
  return new Diagnosis(text.exitCode, text.stdout, JSON.parse(json.stdout).checks);
}
