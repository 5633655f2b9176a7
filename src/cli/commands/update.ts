import { type Command, InvalidArgumentError, Option } from "commander";
import { isVersion } from "../update/release_files.ts";
import type { CommandLine } from "./command_line.ts";

const EXAMPLES = `
Examples:
  hermes update
  hermes update --check && echo "nothing to do"
  hermes update --version 1.2.3
  hermes update --rollback

HERMES_INSTALL_URL is another place to download from. The version before is kept beside the program;
should the newer one not even start, call that: ~/.local/bin/hermes.previous update --rollback

Exit codes: 0 up to date or updated, 1 failed and nothing has changed, 2 wrong command line,
3 --check has found a newer version.`;

interface UpdateFlags {
  readonly check?: boolean;
  readonly version?: string;
  readonly rollback?: boolean;
  readonly json?: boolean;
}

/** `hermes update`: gets another version of the program. */
export function addUpdate(program: Command, { io, finish }: CommandLine): void {
  program.command("update")
    .summary("get the newest version")
    .description("Downloads the newest version, verifies it, and puts it in the place of this one.")
    .helpGroup("The program:")
    .option("--check", "only say whether there is a newer version")
    .addOption(
      new Option("--version <version>", "get this version, also an older one")
        .argParser(version).conflicts("check"),
    )
    .addOption(
      new Option("--rollback", "go back to the version before").conflicts(["check", "version"]),
    )
    .option("--json", "print the result as JSON")
    .addHelpText("after", EXAMPLES)
    .action(async (flags: UpdateFlags) => {
      const { runUpdateCommand } = await import("../update/update_command.ts");
      const { check = false, version, rollback = false, json = false } = flags;
      finish(await runUpdateCommand({ check, version, rollback, json }, io));
    });
}

function version(text: string): string {
  const plain = text.replace(/^v/, "");
  if (isVersion(plain)) return plain;
  throw new InvalidArgumentError("Write a version, e.g. 1.2.3.");
}
