import type { Command } from "commander";
import type { CommandLine } from "./command_line.ts";

const EXAMPLES = `
Examples:
  hermes doctor
  hermes doctor --json | jq '.checks[] | select(.status != "ok")'

Exit codes: 0 nothing is broken, 1 something is, 2 wrong command line.`;

/** `hermes doctor`: finds out what is wrong. */
export function addDoctor(program: Command, { io, finish }: CommandLine): void {
  program.command("doctor")
    .summary("find out what is wrong")
    .description("Checks the configuration, the server, the token and the socket.")
    .helpGroup("Running it:")
    .option("--json", "print the findings as JSON")
    .addHelpText("after", EXAMPLES)
    .action(async ({ json = false }: { json?: boolean }) => {
      const { runDoctorCommand } = await import("../doctor/doctor_command.ts");
      finish(await runDoctorCommand({ json }, io));
    });
}
