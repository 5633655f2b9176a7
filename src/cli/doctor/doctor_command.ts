import picocolors from "picocolors";
import { loadConfig } from "../../config/load_config.ts";
import { resolveHome } from "../../config/paths.ts";
import { systemClock } from "../../runtime/clock.ts";
import { listenForStopSignals } from "../../runtime/process_signals.ts";
import { systemRandom } from "../../runtime/random.ts";
import { type Check, runChecks } from "./doctor_checks.ts";
import { EXIT } from "../exit_codes.ts";
import type { CliIo } from "../io.ts";
import { sentence } from "../render_error.ts";

export interface DoctorOptions {
  readonly json: boolean;
}

/** `hermes doctor`: tells what works and what does not. Exit code 1 when something is broken. */
export async function runDoctorCommand(options: DoctorOptions, io: CliIo): Promise<number> {
  const home = resolveHome(io.environment);
  const { environment } = io;
  const loaded = await loadConfig({ home, environment, flags: {} });
  const input = { home, loaded, clock: systemClock, random: systemRandom };
  const signals = listenForStopSignals();
  const checks: Check[] = [];
  const render = renderer(io.outTerminal.color);
  try {
    for await (const check of runChecks(input, signals.stop)) {
      checks.push(check);
      if (!options.json) io.out(render(check));
    }
  } catch (error) {
    if (signals.stop.aborted) return EXIT.failure;
    throw error;
  } finally {
    signals.dispose();
  }
  const isBroken = checks.some((check) => check.status === "failure");
  if (options.json) io.out(JSON.stringify({ ok: !isBroken, checks }, undefined, 2));
  return isBroken ? EXIT.failure : EXIT.ok;
}

function renderer(color: boolean): (check: Check) => string {
  const colors = picocolors.createColors(color);
  const signs = {
    ok: colors.green("✓"),
    warning: colors.yellow("!"),
    failure: colors.red("✗"),
  };
  return ({ name, status, message, remedy }) => {
    const line = `${signs[status]} ${name.padEnd(13)} ${sentence(message)}`;
    return remedy === "" ? line : `${line}\n${" ".repeat(16)}${remedy}`;
  };
}
