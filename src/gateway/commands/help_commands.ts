import { NOTHING_WAITS } from "../questions/question_texts.ts";
import type { ChatCommand } from "./chat_command.ts";
import { type CommandAccess, isAdmin, mayUse } from "./command_access.ts";
import type { CommandRegistry } from "./command_registry.ts";
import {
  commandHelpText,
  helpText,
  NOTHING_RUNS,
  unknownCommandText,
  whoAmIText,
} from "./command_texts.ts";
import type { SkillNames } from "./skill_names.ts";

export interface HelpDeps {
  /** All commands, these included. */
  readonly registry: () => CommandRegistry;
  readonly access: CommandAccess;
  readonly skillNames: SkillNames;
  /** What is to be said of slash commands of the server; `""` for nothing. */
  readonly nativeNote: () => string;
  readonly version: string;
}

/** Commands that tell about the others, and about oneself. */
export function createHelpCommands(deps: HelpDeps): readonly ChatCommand[] {
  const { access, nativeNote, registry, skillNames, version } = deps;
  return [
    {
      name: "help",
      aliases: ["commands"],
      args: "[command]",
      summary: "Show what you can type.",
      timing: "beside",
      run: async ({ args, message }) => {
        const { all } = registry();
        const name = args.replace(/^[!/]/, "").toLowerCase();
        if (name === "") {
          const usable = all.filter((command) => mayUse(command.name, message, access));
          const skills = await skillNames();
          const text = helpText(usable, [...skills].sort(), nativeNote());
          return { kind: "reply", text };
        }
        const command = registry().find(name);
        const text = command === undefined
          ? unknownCommandText(name, registry().nearest(name))
          : commandHelpText(command);
        return { kind: "reply", text };
      },
    },
    {
      name: "whoami",
      summary: "Show who you are to the bot, and what you may use.",
      timing: "beside",
      run: ({ message }) => {
        const { all } = registry();
        const usable = all.filter((command) => mayUse(command.name, message, access));
        const names = usable.length < all.length ? usable.map(({ name }) => name) : undefined;
        const text = whoAmIText(message, { isAdmin: isAdmin(message, access), names });
        return Promise.resolve({ kind: "reply", text });
      },
    },
    {
      name: "version",
      aliases: ["v"],
      summary: "Show which version of Hermes answers.",
      timing: "beside",
      run: () => Promise.resolve({ kind: "reply", text: `Hermes ${version}` }),
    },
  ];
}

/** Commands that are read in another way where they lead to something: see `readWord`. */
export function createTurnCommands(): readonly ChatCommand[] {
  const nothing = (text: string) => () => Promise.resolve({ kind: "reply" as const, text });
  return [
    {
      name: "stop",
      summary: "End what runs here.",
      timing: "beside",
      run: nothing(NOTHING_RUNS),
    },
    {
      name: "approve",
      args: "[session|always]",
      summary: "Allow the command that waits.",
      timing: "beside",
      run: nothing(NOTHING_WAITS),
    },
    {
      name: "deny",
      summary: "Do not allow the command that waits.",
      timing: "beside",
      run: nothing(NOTHING_WAITS),
    },
    {
      name: "queue",
      aliases: ["q"],
      args: "<message>",
      summary: "Say something that is taken up when the present answer is done.",
      timing: "message",
      say: ({ args }) =>
        args === ""
          ? { kind: "reply", text: "Write what comes next, e.g. `!queue now the same for May`." }
          : { kind: "message", text: args, how: "queue" },
    },
    {
      name: "steer",
      args: "<message>",
      summary: "Say something that the present answer takes into account.",
      timing: "message",
      say: ({ args }) =>
        args === ""
          ? { kind: "reply", text: "Write what to consider, e.g. `!steer only the open ones`." }
          : { kind: "message", text: args, how: "steer" },
    },
  ];
}
