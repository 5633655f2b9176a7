import type { Command } from "commander";
import type { CommandLine } from "./command_line.ts";

const EXAMPLES = `
Examples:
  hermes uninstall --dry-run           see what would be removed
  hermes uninstall                     the service, the gateway and the program
  hermes uninstall --data              your settings and conversations as well

Without --data the folder of Hermes stays as it is, and a later Hermes finds it again. Of a folder
with other files, only what Hermes keeps there is removed.

Exit codes: 0 removed, 1 failed, 2 there is nobody to ask and no --yes, 130 you said no.`;

interface UninstallFlags {
  readonly yes?: boolean;
  readonly data?: boolean;
  readonly dryRun?: boolean;
}

/** `hermes uninstall`: removes Hermes from this machine. */
export function addUninstall(program: Command, { io, finish }: CommandLine): void {
  program.command("uninstall")
    .summary("remove hermes from this machine")
    .description("Removes the service and the program, and stops the gateway. Asks before it does.")
    .helpGroup("The program:")
    .option("-y, --yes", "ask nothing")
    .option("--data", "remove ~/.hermes as well: settings, conversations, memory, skills")
    .option("--dry-run", "only say what would be removed")
    .addHelpText("after", EXAMPLES)
    .action(async ({ yes = false, data = false, dryRun = false }: UninstallFlags) => {
      const { runUninstallCommand } = await import("../uninstall/uninstall_command.ts");
      finish(await runUninstallCommand({ yes, data, dryRun }, io));
    });
}
