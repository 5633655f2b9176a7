import type { Command } from "commander";
import type { CommandLine } from "./command_line.ts";

const EXAMPLES = `
Examples:
  hermes sessions                      the newest conversations, of the chat and of the terminal
  hermes sessions show 20261125_2      one of them; the beginning of its id is enough
  hermes sessions search "release notes"
  hermes sessions export 20261125_2 --format markdown > talk.md
  hermes sessions delete 20261125_2 --yes

A gateway that runs may go on: only delete is refused for its conversations until it has stopped.

Exit codes: 0 done, 1 failed or not found, 2 wrong command line.`;

interface ListFlags {
  readonly json?: boolean;
  readonly limit: string;
  readonly source?: string;
}

/** `hermes sessions`: the conversations that are kept. */
export function addSessions(program: Command, { io, finish }: CommandLine): void {
  const sessions = program.command("sessions").helpGroup("The agent:")
    .summary("see, search and export conversations")
    .description("Lists, shows, searches, exports and deletes the conversations that are kept.")
    .addHelpText("after", EXAMPLES);
  const list = sessions.command("list", { isDefault: true }).description("list the newest");
  const search = sessions.command("search").argument("<words...>")
    .description("list those that hold the words, the best first");
  for (const command of [list, search]) {
    command.option("--json", "print them as JSON")
      .option("--limit <count>", "most conversations", "20")
      .option("--source <name>", "only those of mattermost, or of cli, the terminal");
  }
  list.action(async (flags: ListFlags) => {
    const { listSessions } = await import("../sessions/sessions_command.ts");
    finish(await listSessions(undefined, flags, io));
  });
  search.action(async (words: string[], flags: ListFlags) => {
    const { listSessions } = await import("../sessions/sessions_command.ts");
    finish(await listSessions(words.join(" "), flags, io));
  });
  sessions.command("show").argument("<id>").description("print what was said")
    .action(async (id: string) => {
      const { exportSession } = await import("../sessions/sessions_command.ts");
      finish(await exportSession(id, "text", io));
    });
  sessions.command("export").argument("<id>").description("print it to keep it elsewhere")
    .option("--format <name>", "jsonl, as it is stored, or markdown", "jsonl")
    .action(async (id: string, { format }: { format: string }) => {
      const { exportSession } = await import("../sessions/sessions_command.ts");
      finish(await exportSession(id, format, io));
    });
  sessions.command("delete").argument("<id>").description("delete it for good")
    .option("-y, --yes", "do it")
    .action(async (id: string, { yes = false }: { yes?: boolean }) => {
      const { deleteSession } = await import("../sessions/sessions_command.ts");
      finish(await deleteSession(id, { yes }, io));
    });
}
