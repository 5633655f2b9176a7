import { nearest } from "../../config/nearest.ts";

/** What a line at the prompt asks for. */
export type ChatInput =
  | { readonly kind: "nothing" }
  | { readonly kind: "say"; readonly text: string }
  | { readonly kind: "command"; readonly name: CommandName }
  | { readonly kind: "unknown"; readonly name: string; readonly meant: string | undefined };

const COMMANDS = {
  new: "begin a new conversation",
  usage: "what this conversation took",
  stop: "stop the answer (or Ctrl-C)",
  help: "this list",
  exit: "leave (or Ctrl-D)",
} as const;

type CommandName = keyof typeof COMMANDS;

export const CHAT_HELP = [
  ...Object.entries(COMMANDS).map(([name, does]) => `/${name.padEnd(6)} ${does}`),
  "Everything else is said to the agent; a line that begins with // is said with one slash.",
].join("\n");

const NAMES = Object.keys(COMMANDS);
const ALIASES: Readonly<Record<string, CommandName>> = { quit: "exit", reset: "new", q: "exit" };

/** Tells commands from what is to be said. A path such as /etc/hosts is no command. */
export function parseChatInput(line: string): ChatInput {
  const text = line.trim();
  if (text === "") return { kind: "nothing" };
  if (text.startsWith("//")) return { kind: "say", text: text.slice(1) };
  const typed = /^\/([a-z]+)$/i.exec(text)?.[1]?.toLowerCase();
  if (typed === undefined) return { kind: "say", text };
  const name = ALIASES[typed] ?? typed;
  if (Object.hasOwn(COMMANDS, name)) return { kind: "command", name: name as CommandName };
  return { kind: "unknown", name, meant: nearest(name, NAMES) };
}
