import type { Config } from "../config/load_config.ts";
import type { ChatCommand } from "../gateway/commands/chat_command.ts";
import type { CommandAccess } from "../gateway/commands/command_access.ts";
import { CommandRegistry } from "../gateway/commands/command_registry.ts";
import { createHelpCommands, createTurnCommands } from "../gateway/commands/help_commands.ts";
import { createSkillNames, type SkillNames } from "../gateway/commands/skill_names.ts";
import type { AgentParts } from "./compose_agent.ts";
import { VERSION } from "./version.ts";

/** What people can type in the chat, and who may. */
export interface ComposedCommands {
  readonly commands: CommandRegistry;
  readonly access: CommandAccess;
  readonly skillNames: SkillNames;
}

/** The table of commands: a group a line. */
export function composeCommands(
  agent: AgentParts,
  further: readonly ChatCommand[],
): ComposedCommands {
  const { config, log, skills } = agent;
  const access = commandAccess(config);
  const skillNames = createSkillNames({ store: skills, disabled: config.skills.disabled, log });
  const commands: CommandRegistry = new CommandRegistry([
    ...createTurnCommands(),
    ...further,
    ...createHelpCommands({ registry: () => commands, access, skillNames, version: VERSION }),
  ]);
  return { commands, access, skillNames };
}

/** Who may use which commands. */
export function commandAccess({ commands }: Config): CommandAccess {
  const { dmAdmins, dmUserCommands, channelAdmins, channelUserCommands } = commands;
  const ofDm = dmUserCommands.length > 0 ? dmUserCommands : channelUserCommands;
  return {
    dm: { admins: new Set(dmAdmins), userCommands: new Set(ofDm) },
    channel: { admins: new Set(channelAdmins), userCommands: new Set(channelUserCommands) },
  };
}
