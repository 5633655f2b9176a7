import type { Message } from "./message.ts";

/** Characters of `messages` that a model reads again on every call; about four make a token. */
export function countChars(messages: readonly Message[]): number {
  return messages.reduce((sum, message) => sum + charsOf(message), 0);
}

/** What an image takes, in characters of text: about 1,500 tokens. */
const IMAGE_CHARS = 6_000;

function charsOf(message: Message): number {
  if (message.role === "tool") return message.text.length;
  if (message.role === "user") {
    return message.text.length + (message.images?.length ?? 0) * IMAGE_CHARS;
  }
  return message.toolCalls.reduce(
    (sum, call) => sum + call.name.length + (JSON.stringify(call.arguments) ?? "").length,
    message.text.length,
  );
}
