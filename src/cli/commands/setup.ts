import { type Command, Option } from "commander";
import type { SetupFlags } from "../setup/setup_flags.ts";
import type { CommandLine } from "./command_line.ts";

const EXAMPLES = `
Examples:
  hermes gateway setup
  hermes gateway setup --reply-mode thread --yes
  hermes gateway setup --url https://chat.example.com --token-stdin --allow @alice,bob@example.com \\
    --provider openrouter --api-key-env OPENROUTER_API_KEY --yes < token.txt

In a terminal it asks for what the flags do not say, and tries each answer at once. Without one, what
the flags do not say stays as it is. Nothing is written before all is confirmed. With both secrets on
the standard input the token is the first line, and the key the second.

Exit codes: 0 done, 1 an answer does not work, 2 wrong command line, 130 left.`;

/** `hermes gateway setup`, and `hermes setup`: from nothing to settings that work. */
export function addSetup(parent: Command, { io, finish }: CommandLine): Command {
  const setup = parent.command("setup")
    .summary("connect a bot of your server, step by step")
    .description(
      "Asks for the server, the bot's token, people and a model, and tries each at once.",
    )
    .helpGroup("Setting it up:")
    .option("--url <url>", "address of the Mattermost server")
    .option("--ca-file <path>", "PEM file of the server's own certificate authority")
    .option("--token-stdin", "read the bot's token from the standard input")
    .addOption(
      new Option("--allow <people>", "who may talk to it: @names, e-mails or ids, with commas")
        .conflicts(["allowEveryone", "allowNobody"]),
    )
    .addOption(
      new Option("--allow-everyone", "let everyone on the server talk to it")
        .conflicts("allowNobody"),
    )
    .option("--allow-nobody", "let nobody talk to it yet")
    .option("--home-channel <channel>", "~name, team/name, link or id of the home channel")
    .option("--no-home-channel", "have no home channel")
    .addOption(new Option("--reply-mode <mode>", "where it answers").choices(["off", "thread"]))
    .option("--provider <id>", "who serves the model, e.g. openrouter or ollama")
    .option("--base-url <url>", "address of a model server of your own")
    .option("--model <id>", "the model, as its provider spells it")
    .addOption(
      new Option("--api-key-stdin", "read the provider's key from the standard input")
        .conflicts("apiKeyEnv"),
    )
    .option("--api-key-env <name>", "take the provider's key from this environment variable")
    .option("--no-check", "ask neither the server nor the model: take the answers as they are")
    .option("--greet", "let the bot write to the people who may talk to it")
    .option("--install-service", "let the system run the bot")
    .option("-y, --yes", "write without asking once more")
    .option("--json", "print what was done as JSON")
    .addHelpText("after", EXAMPLES);
  return setup.action(async (flags: SetupFlags) => {
    const { runSetupCommand } = await import("../setup/setup_command.ts");
    finish(await runSetupCommand(flags, io));
  });
}
