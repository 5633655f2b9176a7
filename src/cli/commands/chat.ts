import type { Command } from "commander";
import type { ChatOptions } from "../chat/chat_command.ts";
import type { CommandLine } from "./command_line.ts";

const EXAMPLES = `
Examples:
  hermes chat                          talk to the agent in this terminal
  hermes chat --continue               go on with the newest conversation
  hermes chat -q "What is in this folder?"
  git diff | hermes chat -q - -m gpt-5-mini
  hermes chat -q "What does this show?" --image plan.png
  hermes chat -q "List three names" --json | jq -r .answer

With --query nobody is asked: commands that need a person's yes are refused, unless --yolo allows them.

Exit codes: 0 answered, 1 not answered, 2 wrong command line, 78 the settings do not work, 130 left.`;

/** `hermes chat`: the agent in the terminal, without Mattermost. */
export function addChat(program: Command, { io, finish }: CommandLine): void {
  program.command("chat").helpGroup("The agent:")
    .summary("talk to the agent in this terminal")
    .description("Talks to the agent without Mattermost, or asks it one question.")
    .option("-q, --query <text>", "ask this and end; - reads it from the standard input")
    .option("--json", "with --query: print the answer, its session and its cost as JSON")
    .option("--image <file>", "with --query: show this image to the model")
    .option("-m, --model <id>", "the model that answers")
    .option("--provider <id>", "who serves it")
    .option("-t, --toolsets <names>", "only these sets of tools, with commas")
    .option("--max-turns <count>", "most steps for one message")
    .option("--yolo", "ask before no command")
    .option("-c, --continue", "go on with the newest conversation")
    .option(
      "-r, --resume <id>",
      "go on with this conversation: a number in the list, an id or a title",
    )
    .addHelpText("after", EXAMPLES)
    .action(async (options: ChatOptions) => {
      const { runChatCommand } = await import("../chat/chat_command.ts");
      finish(await runChatCommand(options, io));
    });
}
