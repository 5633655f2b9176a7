import type { Command } from "commander";
import type { CommandLine } from "./command_line.ts";

const EXAMPLES = `
Examples:
  hermes pairing                            who waits, and who was let in
  hermes pairing approve mattermost ABCD2345
  hermes pairing revoke mattermost alice    by name or id
  hermes pairing clear-pending              forget all codes, also after too many wrong ones

With mattermost.unauthorized_dm_behavior: pair the bot gives a code to whoever
writes to it and is not allowed. All of this counts at once, without a restart.

Exit codes: 0 done, 1 failed, 2 the command line is wrong.`;

/** `hermes pairing`: people who ask to be let in. */
export function addPairing(program: Command, { io, finish }: CommandLine): void {
  const pairing = program.command("pairing").helpGroup("Running it:")
    .summary("let in people who have a code")
    .description("Lists, lets in and shuts out people who asked the bot for a code.")
    .addHelpText("after", EXAMPLES);
  pairing.command("list", { isDefault: true }).description("list who waits, and who was let in")
    .option("--json", "print them as JSON")
    .action(async ({ json = false }: { json?: boolean }) => {
      const { listPairings } = await import("../pairing/list_pairings.ts");
      finish(await listPairings({ json }, io));
    });
  pairing.command("approve").argument("<platform-or-code>").argument("[code]")
    .description("let in who has this code")
    .action(async (first: string, second: string | undefined) => {
      const { approvePairing } = await import("../pairing/change_pairings.ts");
      finish(await approvePairing([first, second], io));
    });
  pairing.command("revoke").argument("<platform-or-user>").argument("[user]")
    .description("shut out somebody who was let in by a code")
    .action(async (first: string, second: string | undefined) => {
      const { revokePairing } = await import("../pairing/change_pairings.ts");
      finish(await revokePairing([first, second], io));
    });
  pairing.command("clear-pending").description("forget all codes that were given out")
    .action(async () => {
      const { clearPending } = await import("../pairing/change_pairings.ts");
      finish(await clearPending(io));
    });
}
