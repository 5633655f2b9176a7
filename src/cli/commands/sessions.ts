import type { Command } from "commander";
import type { PruneFlags } from "../sessions/change_sessions.ts";
import type { ListFlags } from "../sessions/list_sessions.ts";
import type { CommandLine } from "./command_line.ts";

const EXAMPLES = `
Examples:
  hermes sessions                      the newest conversations, of the chat and of the terminal
  hermes sessions show 1               the newest; an id, its beginning or a title will do as well
  hermes sessions search "release notes"
  hermes sessions rename 1 Release notes
  hermes sessions export 20261125_2 --format markdown > talk.md
  hermes sessions delete 20261125_2 --yes
  hermes sessions prune --older-than 90d --yes

A gateway may run meanwhile. Its conversations are renamed and deleted only when it has stopped, those
of the terminal only when no terminal has them open.

Exit codes: 0 done, 1 failed or not found, 2 wrong command line.`;

/** `hermes sessions`: the conversations that are kept. */
export function addSessions(program: Command, line: CommandLine): void {
  const sessions = program.command("sessions").helpGroup("The agent:")
    .summary("see, search and export conversations")
    .description(
      "Lists, shows, searches, exports, renames and deletes conversations that are kept.",
    )
    .addHelpText("after", EXAMPLES);
  addReading(sessions, line);
  addChanging(sessions, line);
}

function addReading(sessions: Command, { io, finish }: CommandLine): void {
  const list = sessions.command("list", { isDefault: true }).description("list the newest");
  const search = sessions.command("search").argument("<words...>")
    .description("list those that hold the words, the best first");
  for (const command of [list, search]) {
    command.option("--json", "print them as JSON")
      .option("--limit <count>", "most conversations", "20")
      .option("--source <name>", "only those of mattermost, or of cli, the terminal");
  }
  list.action(async (flags: ListFlags) => {
    const { listSessions } = await import("../sessions/list_sessions.ts");
    finish(await listSessions(undefined, flags, io));
  });
  search.action(async (words: string[], flags: ListFlags) => {
    const { listSessions } = await import("../sessions/list_sessions.ts");
    finish(await listSessions(words.join(" "), flags, io));
  });
  sessions.command("show").argument("<session>").description("print what was said")
    .action(async (wanted: string) => {
      const { exportSession } = await import("../sessions/export_session.ts");
      finish(await exportSession(wanted, "text", io));
    });
  sessions.command("export").argument("<session>").description("print it to keep it elsewhere")
    .option("--format <name>", "jsonl, as it is stored, or markdown", "jsonl")
    .action(async (wanted: string, { format }: { format: string }) => {
      const { exportSession } = await import("../sessions/export_session.ts");
      finish(await exportSession(wanted, format, io));
    });
  sessions.command("stats").description("count them")
    .option("--json", "print the counts as JSON")
    .action(async (flags: { json?: boolean }) => {
      const { showSessionStats } = await import("../sessions/session_stats.ts");
      finish(await showSessionStats(flags, io));
    });
}

function addChanging(sessions: Command, { io, finish }: CommandLine): void {
  sessions.command("rename").argument("<session>").argument("<title...>")
    .description("give it another title")
    .action(async (wanted: string, words: string[]) => {
      const { renameSession } = await import("../sessions/change_sessions.ts");
      finish(await renameSession(wanted, words.join(" "), io));
    });
  sessions.command("delete").argument("<session>").description("delete it for good")
    .option("-y, --yes", "do it")
    .action(async (wanted: string, { yes = false }: { yes?: boolean }) => {
      const { deleteSession } = await import("../sessions/change_sessions.ts");
      finish(await deleteSession(wanted, { yes }, io));
    });
  sessions.command("prune").description("delete those in which nothing was said for long")
    .option("--older-than <days>", "how long, in days", "90")
    .option("--source <name>", "only those of mattermost, or of cli, the terminal")
    .option("-y, --yes", "do it")
    .action(async (flags: PruneFlags) => {
      const { pruneSessions } = await import("../sessions/change_sessions.ts");
      finish(await pruneSessions(flags, io));
    });
}
