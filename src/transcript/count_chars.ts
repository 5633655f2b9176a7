import type { Message } from "./message.ts";

/** Characters of `messages` that a model reads again on every call; about four make a token. */
export function countChars(messages: readonly Message[]): number {
  return messages.reduce((sum, message) => sum + charsOf(message), 0);
}

function charsOf(message: Message): number {
  if (message.role !== "assistant") return message.text.length;
  return message.toolCalls.reduce(
    (sum, call) => sum + call.name.length + (JSON.stringify(call.arguments) ?? "").length,
    message.text.length,
  );
}
