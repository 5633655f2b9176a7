import type { Argument, Command, Option } from "commander";

/** One place on the command line: what may follow there. */
export interface CommandNode {
  /** Names that lead to it, e.g. `config get`; `""` for `hermes` itself. */
  readonly path: string;
  readonly commands: readonly Word[];
  readonly options: readonly OptionWord[];
  readonly arguments: readonly ArgumentName[];
}

export interface Word {
  readonly name: string;
  readonly description: string;
}

export interface OptionWord extends Word {
  /** Its other spelling, e.g. `-n` of `--lines`. */
  readonly short: string | undefined;
  /** `undefined` for a switch. */
  readonly value: ValueName | undefined;
}

/** What stands for a value in the help, e.g. `key=value`. */
export interface ValueName {
  readonly name: string;
  /** The only words that may stand there, where there is a list of them. */
  readonly choices: readonly string[] | undefined;
}

export interface ArgumentName extends ValueName {
  /** Whether there may be any number of them. */
  readonly isVariadic: boolean;
}

/** Every place on the command line, as the program itself declares it. */
export function commandTree(program: Command): readonly CommandNode[] {
  return nodesBelow(program, []);
}

function nodesBelow(command: Command, names: readonly string[]): CommandNode[] {
  const help = command.createHelp();
  const commands = help.visibleCommands(command)
    .flatMap((each) => [each.name(), ...each.aliases()].map((name) => ({ name, command: each })));
  const node: CommandNode = {
    path: names.join(" "),
    commands: commands.map(({ name, command }) => ({ name, description: describe(command) })),
    options: help.visibleOptions(command).map(toOptionWord),
    arguments: command.registeredArguments.map(toArgumentName),
  };
  return [node, ...commands.flatMap((each) => nodesBelow(each.command, [...names, each.name]))];
}

function describe(command: Command): string {
  return command.summary() || command.description();
}

function toOptionWord(option: Option): OptionWord {
  const { long, short, description } = option;
  const takesValue = option.required || option.optional;
  return {
    name: long ?? short ?? "",
    short: long === undefined ? undefined : short,
    description,
    value: takesValue
      ? { name: option.flags.replace(/^.*[<[]|[>\]].*$/g, ""), choices: option.argChoices }
      : undefined,
  };
}

function toArgumentName(argument: Argument): ArgumentName {
  return {
    name: argument.name(),
    choices: argument.argChoices,
    isVariadic: argument.variadic,
  };
}
