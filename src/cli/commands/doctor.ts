import type { Command } from "commander";
import type { CommandLine } from "./command_line.ts";

const EXAMPLES = `
Examples:
  hermes doctor
  hermes doctor --live                 also post to itself, and ask the model once
  hermes doctor --fix                  mend modes of files, the spelling of the address, and the like
  hermes doctor --json | jq '.checks[] | select(.status != "ok")'

Each check is ok (✓), a warning (!) or a failure (✗), with what to do about it. In JSON there are also
those that were skipped, because what they build on failed.

Exit codes: 0 nothing is broken, 1 something is, 2 wrong command line.`;

interface Options {
  readonly json?: boolean;
  readonly live?: boolean;
  readonly fix?: boolean;
  readonly verbose?: boolean;
}

/** `hermes doctor`: finds out what is wrong. */
export function addDoctor(program: Command, { io, finish }: CommandLine): void {
  program.command("doctor")
    .summary("find out what is wrong")
    .description(
      "Checks the settings, the server, the token, who may talk to the bot, and the model.",
    )
    .helpGroup("Running it:")
    .option("--json", "print the findings as JSON")
    .option("--live", "also try a post to the bot itself, which is deleted, and one question")
    .option("--fix", "mend what can be mended safely, and say what was done")
    .option("-v, --verbose", "show where each setting comes from, and what was skipped")
    .addHelpText("after", EXAMPLES)
    .action(async ({ json = false, live = false, fix = false, verbose = false }: Options) => {
      const { runDoctorCommand } = await import("../doctor/doctor_command.ts");
      finish(await runDoctorCommand({ json, live, fix, verbose }, io));
    });
}
