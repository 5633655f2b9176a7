import { Argument, type Command } from "commander";
import type { CommandLine } from "./command_line.ts";

const EXAMPLES = `
Examples:
  hermes completion bash > ~/.local/share/bash-completion/completions/hermes
  hermes completion zsh > ~/.zfunc/_hermes          with fpath+=~/.zfunc before compinit
  hermes completion fish > ~/.config/fish/completions/hermes.fish
  eval "$(hermes completion bash)"                  for this shell alone`;

/** `hermes completion`: lets the shell complete commands, options and settings. */
export function addCompletion(program: Command, { io, finish }: CommandLine): void {
  program.command("completion")
    .summary("let your shell complete hermes")
    .description("Prints a completion script.")
    .helpGroup("Setting it up:")
    .addArgument(new Argument("<shell>", "your shell").choices(["bash", "zsh", "fish"]))
    .addHelpText("after", EXAMPLES)
    .action(async (shell: "bash" | "zsh" | "fish") => {
      const { printCompletion } = await import("../completion/completion_command.ts");
      finish(printCompletion(shell, io));
    });
}
