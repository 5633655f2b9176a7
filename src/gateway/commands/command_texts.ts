import type { InboundMessage } from "../inbound.ts";
import type { ChatCommand } from "./chat_command.ts";

/** What the bot says about commands as such. Whatever a person typed is quoted as code. */

export const NOTHING_RUNS = "Nothing is running here.";
export const HELP_HINT = "`!help` lists all commands.";

export function unknownCommandText(name: string, suggestion: string | undefined): string {
  const meant = suggestion === undefined ? "" : ` Did you mean \`!${suggestion}\`?`;
  return `I know no command \`!${name}\`.${meant} ${HELP_HINT}`;
}

export function notAllowedText(name: string): string {
  return `\`!${name}\` is for admins here. \`!whoami\` shows what you may use.`;
}

/** How a command is written, e.g. `` `!title [name]` ``. */
export function usageText({ name, args }: ChatCommand): string {
  return args === undefined ? `\`!${name}\`` : `\`!${name} ${args}\``;
}

/** One command, whole. */
export function commandHelpText(command: ChatCommand): string {
  const { aliases = [], summary } = command;
  const others = aliases.map((alias) => `\`!${alias}\``).join(", ");
  return `${usageText(command)}: ${summary}${others === "" ? "" : ` Also ${others}.`}`;
}

/** The commands that somebody may use, and how they are typed. */
export function helpText(
  commands: readonly ChatCommand[],
  skills: readonly string[],
  nativeNote: string,
): string {
  const lines = commands.map((command) => `- ${usageText(command)} ${command.summary}`);
  const more = skills.length === 0
    ? ""
    : `\n\nSkills: ${skills.map((name) => `\`!${name}\``).join(", ")}`;
  return `**Commands.** Type them with \`!\` in front, or with \`/\` after a space or a mention.\n\n` +
    `${lines.join("\n")}${more}${nativeNote === "" ? "" : `\n\n${nativeNote}`}`;
}

/** @param names Commands that the person may use; `undefined` when it is all of them. */
export function whoAmIText(
  { senderName, senderId }: Pick<InboundMessage, "senderName" | "senderId">,
  { isAdmin, names }: { readonly isAdmin: boolean; readonly names: readonly string[] | undefined },
): string {
  const who = `You are **${senderName}** (\`${senderId}\`).`;
  if (names === undefined) return `${who} You may use all commands${isAdmin ? "" : " here"}.`;
  return `${who} You may use ${names.map((name) => `\`!${name}\``).join(", ")}.`;
}
