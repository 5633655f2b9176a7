import type { Command } from "commander";

/** One place on the command line: what may follow there. */
export interface CommandNode {
  /** Names that lead to it, e.g. `config get`; `""` for `hermes` itself. */
  readonly path: string;
  readonly commands: readonly Word[];
  /** Long options, and short ones where there is no long one. */
  readonly options: readonly OptionWord[];
  /** What its arguments are, by their names in the help, e.g. `key`. */
  readonly argumentNames: readonly string[];
}

export interface Word {
  readonly name: string;
  readonly description: string;
}

export interface OptionWord extends Word {
  /** What its value is, by the name in the help; `undefined` for a switch. */
  readonly valueName: string | undefined;
}

/** Every place on the command line, as the program itself declares it. */
export function commandTree(program: Command): readonly CommandNode[] {
  return nodesBelow(program, []);
}

function nodesBelow(command: Command, names: readonly string[]): CommandNode[] {
  const visible = command.createHelp().visibleCommands(command);
  const options = command.createHelp().visibleOptions(command).map((option) => ({
    name: option.long ?? option.short ?? "",
    description: option.description,
    valueName: option.flags.match(/[<[]([^>\]]+)[>\]]/)?.[1]?.replace("...", ""),
  }));
  const node: CommandNode = {
    path: names.join(" "),
    commands: visible.flatMap((each) =>
      [each.name(), ...each.aliases()]
        .map((name) => ({ name, description: each.summary() || each.description() }))
    ),
    options,
    argumentNames: command.registeredArguments.map((argument) => argument.name()),
  };
  const below = visible.flatMap((each) =>
    [each.name(), ...each.aliases()].flatMap((name) => nodesBelow(each, [...names, name]))
  );
  return [node, ...below];
}
