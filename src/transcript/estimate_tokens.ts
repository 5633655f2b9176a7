import type { Message } from "./message.ts";

/** Characters that make one token, on average over English prose and code. */
const CHARS_PER_TOKEN = 4;

/** Roughly how many tokens `messages` take: good to a third, and it costs nothing. */
export function estimateTokens(messages: readonly Message[]): number {
  return Math.ceil(
    messages.reduce((sum, message) => sum + countChars(message), 0) / CHARS_PER_TOKEN,
  );
}

/** Characters of a message that a model reads again on every call. */
export function countChars(message: Message): number {
  if (message.role !== "assistant") return message.text.length;
  return message.toolCalls.reduce(
    (sum, call) => sum + call.name.length + (JSON.stringify(call.arguments) ?? "").length,
    message.text.length,
  );
}
