import { HermesError } from "../../errors.ts";
import { systemClock } from "../../runtime/clock.ts";
import { listenForStopSignals } from "../../runtime/process_signals.ts";
import { systemRandom } from "../../runtime/random.ts";
import { createRedactor } from "../../safety/redact.ts";
import { openSettings } from "../config/settings_at_hand.ts";
import { EXIT } from "../exit_codes.ts";
import type { CliIo } from "../io.ts";
import { sentence } from "../render_error.ts";
import type { Check } from "./check.ts";
import type { DoctorInput } from "./doctor_input.ts";
import { knownSecrets } from "./known_secrets.ts";
import { checkReport, renderCheck, renderSummary } from "./render_check.ts";
import { runChecks } from "./run_checks.ts";

export interface DoctorOptions {
  readonly json: boolean;
  readonly live: boolean;
  readonly fix: boolean;
  readonly verbose: boolean;
}

/** `hermes doctor`: tells what works and what does not. Exit code 1 when something is broken. */
export async function runDoctorCommand(options: DoctorOptions, io: CliIo): Promise<number> {
  const signals = listenForStopSignals();
  try {
    const fixed = options.fix ? await repairAll(options, io, signals.stop) : [];
    return await tellAll(fixed, options, io, signals.stop);
  } catch (error) {
    if (signals.stop.aborted) return EXIT.failure;
    throw error;
  } finally {
    signals.dispose();
  }
}

async function tellAll(
  fixed: readonly string[],
  { json, live, verbose }: DoctorOptions,
  io: CliIo,
  signal: AbortSignal,
): Promise<number> {
  const input = await loadInput(live, io);
  const { loaded } = input;
  const { color } = io.outTerminal;
  // What others say goes into messages: a server or a library may repeat what it was given.
  const secrets = knownSecrets(loaded.draft);
  const redact = createRedactor({ secrets: () => secrets, hidesPatterns: false });
  const checks: Check[] = [];
  for await (const found of runChecks(input, signal)) {
    const check = { ...found, message: redact(found.message), remedy: redact(found.remedy) };
    checks.push(check);
    if (json) continue;
    for (const line of renderCheck(check, { color, verbose, loaded })) io.out(line);
  }
  const isBroken = checks.some((check) => check.status === "failure");
  if (json) {
    const report = {
      ok: !isBroken,
      ...(fixed.length === 0 ? {} : { fixed }),
      checks: checks.map((check) => checkReport(check, loaded)),
    };
    io.out(JSON.stringify(report, undefined, 2));
  } else {
    io.out("");
    io.out(renderSummary(checks));
  }
  return isBroken ? EXIT.failure : EXIT.ok;
}

/** Mends what can be mended without a question; everything is looked at anew afterwards. */
async function repairAll(
  { json }: DoctorOptions,
  io: CliIo,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const fixed: string[] = [];
  const input = await loadInput(false, io);
  for await (const { repair, name } of runChecks(input, signal)) {
    if (repair === undefined) continue;
    try {
      fixed.push(sentence(await repair()));
    } catch (error) {
      if (!(error instanceof HermesError)) throw error;
      io.err(`Cannot fix "${name}": ${sentence(error.message)} ${error.hint}`);
    }
  }
  if (!json) {
    for (const line of fixed) io.out(`Fixed: ${line}`);
    io.out(fixed.length === 0 ? "There was nothing to fix." : "");
  }
  return fixed;
}

async function loadInput(live: boolean, io: CliIo): Promise<DoctorInput> {
  const settings = await openSettings(io);
  return { ...settings, io, live, clock: systemClock, random: systemRandom };
}
