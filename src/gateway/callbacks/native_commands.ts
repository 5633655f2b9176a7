import type { CommandCall } from "../../mattermost/decode_callback.ts";
import type { ChatCommand } from "../commands/chat_command.ts";
import type { CommandRegistry } from "../commands/command_registry.ts";
import type { WantedCommand } from "./register_commands.ts";

/** The command that all others can be given with, as in `/hermes new`. */
const UMBRELLA = "hermes";
/** Commands with a slash of their own: what people need often, or at once. */
const OWN_TRIGGERS = [
  "new",
  "stop",
  "approve",
  "deny",
  "sethome",
  "retry",
  "undo",
  "queue",
  "steer",
  "background",
];
/** Sub-commands that the hint names. */
const HINTED = ["help", "new", "stop", "status", "model", "sessions"];

/** The slash commands that a team gets. */
export function wantedCommands(registry: CommandRegistry): readonly WantedCommand[] {
  const own = OWN_TRIGGERS.flatMap((trigger) => {
    const command = registry.find(trigger);
    return command === undefined ? [] : wanted(trigger, command);
  });
  const hinted = HINTED.filter((name) => registry.find(name) !== undefined);
  return [
    {
      trigger: UMBRELLA,
      hint: `[${hinted.join(" | ")} | what you want]`,
      description: "Ask Hermes, or give it a command.",
    },
    ...own,
  ];
}

function wanted(trigger: string, { args = "", summary }: ChatCommand): WantedCommand {
  return { trigger, hint: args, description: `Hermes: ${summary}` };
}

/** What somebody would have typed to say the same. */
export function nativeText(
  { trigger, text }: Pick<CommandCall, "trigger" | "text">,
  registry: Pick<CommandRegistry, "find" | "nearest">,
): string {
  if (trigger !== UMBRELLA) return `!${trigger} ${text}`.trimEnd();
  if (text === "") return "!help";
  const [name = "", ...more] = text.toLowerCase().split(/\s/);
  const isMistyped = more.length === 0 && registry.nearest(name) !== undefined;
  return isMistyped || registry.find(name) !== undefined ? `!${text}` : text;
}
