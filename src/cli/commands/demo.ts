import type { Command } from "commander";
import type { CommandLine } from "./command_line.ts";

const EXAMPLES = `
Examples:
  hermes demo
  hermes demo --script conversation.txt
  printf 'help\\n#general @hermes hi\\n' | hermes demo --script -

A script has one message a line: [PERSON:] [#CHANNEL or >] TEXT
  what time is it?                     from alice to hermes, directly
  #general @hermes hello               in a channel, where hermes has to be mentioned
  > @hermes and now?                   in the thread of the last post
  bob: #general @hermes me too         from somebody else: alice, bob or mallory
  \\> not a thread                      a backslash before a text that looks like one of these
  # a comment                          and blank lines are left out

The language model of your settings answers, or else a built-in scripted one that needs no network.
Everything lives in memory and in a temporary folder, which is removed at the end.

Exit codes: 0 done, 1 something was not answered, 2 the script cannot be used.`;

/** `hermes demo`: tries it without a server. */
export function addDemo(program: Command, { io, finish }: CommandLine): void {
  program.command("demo")
    .summary("try it without a server")
    .description("Starts a Mattermost in memory and a bot, and opens a chat in this terminal.")
    .helpGroup("Trying it:")
    .option("--script <file>", "hold the conversation written in FILE and print it")
    .addHelpText("after", EXAMPLES)
    .action(async (options: { script?: string }) => {
      const { runDemoCommand } = await import("../demo/demo_command.ts");
      finish(await runDemoCommand(options, io));
    });
}
