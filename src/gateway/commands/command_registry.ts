import { nearest } from "../../config/nearest.ts";
import type { ChatCommand } from "./chat_command.ts";

/** The commands that people can type, by name and by alias. */
export class CommandRegistry {
  /** In the order in which the help lists them. */
  readonly all: readonly ChatCommand[];
  readonly #byName = new Map<string, ChatCommand>();

  /** Throws when two commands share a name: that is a bug. */
  constructor(commands: readonly ChatCommand[]) {
    this.all = commands;
    for (const command of commands) {
      for (const name of [command.name, ...command.aliases ?? []]) {
        if (this.#byName.has(name)) throw new Error(`two commands are named ${name}`);
        this.#byName.set(name, command);
      }
    }
  }

  /** @param name In lower case. `undefined` when there is no such command. */
  find(name: string): ChatCommand | undefined {
    return this.#byName.get(name);
  }

  /** The name that this one is most likely a misspelling of. */
  nearest(name: string, further: readonly string[] = []): string | undefined {
    return nearest(name, [...this.#byName.keys(), ...further]);
  }
}
