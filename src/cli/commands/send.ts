import { type Command, InvalidArgumentError } from "commander";
import type { CommandLine } from "./command_line.ts";

const EXAMPLES = `
Examples:
  hermes send "The backup is done"                   to the home channel
  hermes send --to ~alerts "Disk 90 % full"
  hermes send --to @alice --file report.pdf "The report of today"
  make test 2>&1 | hermes send --to team/ci --subject "Tests of $(hostname)" -
  hermes send --to mattermost:<channel id>:<thread id> "More on this" --json

A target is home, @user, ~channel, team/channel, a link to a channel or post, or
mattermost:<channel id>[:<thread id>].

The text is posted by the gateway when it runs, else directly. A gateway that cannot reach the
server keeps it for a day: then this ends with 1 and says so.

Exit codes: 0 posted, and the ids of the posts are printed; 1 failed; 2 wrong command line.`;

interface SendFlags {
  readonly to: string;
  readonly file: readonly string[];
  readonly subject?: string;
  readonly wait: number;
  readonly notify?: boolean;
  readonly json?: boolean;
}

/** `hermes send`: posts a message from a script. */
export function addSend(program: Command, { io, finish }: CommandLine): void {
  program.command("send")
    .summary("post a message, from a script or a terminal")
    .description("Posts a message as the bot.")
    .helpGroup("Running it:")
    .argument("[text...]", "what to post, in Markdown; - reads it from standard input")
    .option("-t, --to <target>", "where to post it", "home")
    .option("-f, --file <path>", "attach a file; may be repeated", collect, [])
    .option("-s, --subject <text>", "a line above the text, in bold")
    .option("--notify", "let @channel, @all and @here in the text notify people")
    .option("--wait <seconds>", "how long to wait for the server", seconds, 60)
    .option("--json", "print the outcome as JSON")
    .addHelpText("after", EXAMPLES)
    .action(async (words: string[], flags: SendFlags) => {
      const { runSendCommand } = await import("../send/send_command.ts");
      const { to, file: files, subject, wait, notify = false, json = false } = flags;
      const options = { target: to, words, files, subject, waitMs: wait * 1_000, notify, json };
      finish(await runSendCommand(options, io));
    });
}

function collect(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}

function seconds(text: string): number {
  const count = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (count > 0 && count <= 86_400) return count;
  throw new InvalidArgumentError("Write a whole number from 1 to 86400.");
}
