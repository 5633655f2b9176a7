import { parseCommand, type TypedCommand } from "../../gateway/commands/parse_command.ts";

/** What a line at the prompt asks for. */
export type ChatInput =
  | { readonly kind: "nothing" }
  | { readonly kind: "say"; readonly text: string }
  | { readonly kind: "command"; readonly command: TypedCommand; readonly text: string };

/** Tells commands from what is to be said. A path such as `/etc/hosts` is no command. */
export function parseChatInput(line: string): ChatInput {
  const text = line.trim();
  if (text === "") return { kind: "nothing" };
  if (text.startsWith("//")) return { kind: "say", text: text.slice(1) };
  const command = text.startsWith("/") ? parseCommand(text) : undefined;
  return command === undefined ? { kind: "say", text } : { kind: "command", command, text };
}
