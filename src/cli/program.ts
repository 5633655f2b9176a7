import { Command, CommanderError } from "commander";
import { EXIT } from "./exit_codes.ts";
import { VERSION } from "./version.ts";

/** Runs one command line and gives the exit code. Each subcommand loads what it needs when it runs. */
export async function runCli(args: readonly string[]): Promise<number> {
  const program = new Command("hermes")
    .description("An AI agent in your Mattermost.")
    .version(VERSION, "-V, --version", "print the version")
    .exitOverride();
  try {
    await program.parseAsync([...args], { from: "user" });
    return EXIT.ok;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    throw error;
  }
}
