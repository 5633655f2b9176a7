import type { InboundMessage } from "../inbound.ts";

/** Who may use which commands in one kind of place. Talking to the bot is another matter: `gate`. */
export interface CommandScope {
  /** User ids that may use every command. Empty means that everybody may. */
  readonly admins: ReadonlySet<string>;
  /** Names of the commands that everybody else may use, besides those that everybody needs. */
  readonly userCommands: ReadonlySet<string>;
}

/** The original keeps direct messages and channels apart: an admin of one is none of the other. */
export interface CommandAccess {
  readonly dm: CommandScope;
  readonly channel: CommandScope;
}

/** To find out what one may do, and to answer for one's own task. */
const ALWAYS_ALLOWED: readonly string[] = ["help", "whoami", "stop", "approve", "deny"];

/** Whether somebody is restricted in nothing. */
export function isAdmin(message: InboundMessage, access: CommandAccess): boolean {
  const { admins } = scopeOf(message, access);
  return admins.size === 0 || admins.has(message.senderId);
}

/** @param name The command's own name, not an alias. */
export function mayUse(name: string, message: InboundMessage, access: CommandAccess): boolean {
  if (isAdmin(message, access) || ALWAYS_ALLOWED.includes(name)) return true;
  return scopeOf(message, access).userCommands.has(name);
}

function scopeOf({ channelKind }: InboundMessage, access: CommandAccess): CommandScope {
  return channelKind === "dm" ? access.dm : access.channel;
}
