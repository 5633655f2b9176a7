import { EXIT } from "../exit_codes.ts";
import type { CliIo } from "../io.ts";
import { createProgram } from "../program.ts";
import { bashCompletion } from "./bash_completion.ts";
import { commandTree } from "./command_tree.ts";
import { fishCompletion } from "./fish_completion.ts";
import { zshCompletion } from "./zsh_completion.ts";

/** Shells that a completion script can be printed for. */
export type Shell = "bash" | "zsh" | "fish";

const SCRIPTS = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion };

/** `hermes completion SHELL`: prints a script made of the program's own commands and options. */
export function printCompletion(shell: Shell, io: CliIo): number {
  io.out(SCRIPTS[shell](commandTree(createProgram(io, () => {}))));
  return EXIT.ok;
}
