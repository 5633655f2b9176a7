import { countChars } from "./count_chars.ts";
import type { Message } from "./message.ts";

/** Characters of a token, on average, in European languages and in code. */
export const CHARS_PER_TOKEN = 4;

/** About how many tokens these messages take. A provider's own count is better, where there is one. */
export function estimateTokens(messages: readonly Message[]): number {
  return Math.ceil(countChars(messages) / CHARS_PER_TOKEN);
}
