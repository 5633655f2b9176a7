import type { CommandProblem, MadeCommand } from "./command_book.ts";

/** What the bot says where the server calls it: to slash commands and to buttons. */

/** Said when the answer takes longer than the server waits. */
export const WORKING = "Working on it …";
export const TAKEN_ALREADY = "This was taken already.";
export const NOT_A_MEMBER = "I am not in this conversation: add me to it first.";
export const NOT_HERE = "I do not answer in this channel.";
export const ASKED_ABOVE = "I answer in the channel.";
export const STOPPED = "Stopped.";
export const NOTED = "Noted.";

/** What the help says of slash commands of the server, where Hermes shall have some. */
export function nativeHelpNote(
  made: readonly Pick<MadeCommand, "trigger">[],
  problems: readonly CommandProblem[],
): string {
  const own = [...new Set(made.map(({ trigger }) => `\`/${trigger}\``))];
  const closed = problems.filter(({ kind }) => kind === "forbidden");
  const teams = closed.map(({ teamName }) => `"${teamName}"`).join(", ");
  return [
    own.length === 0 ? "" : `Mattermost itself offers ${own.join(", ")}.`,
    closed.length === 0
      ? ""
      : `For such commands in ${teams} an administrator has to make me a team admin there, and restart me.`,
  ].filter((line) => line !== "").join(" ");
}

/** A post in which the bot says for somebody what that person wants from it. */
export function spokenText(personName: string, text: string): string {
  return `**${personName}** asks me:\n\n${text}`;
}
