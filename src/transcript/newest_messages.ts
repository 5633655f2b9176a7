import { countChars } from "./count_chars.ts";
import type { Message } from "./message.ts";

/** Stands where a user message would, when all that fits is the end of one long turn. */
export const LEFT_OUT_TEXT = "[The earlier part of this conversation is left out here.]";

/**
 * The newest messages that hold at most `charsMax` characters together, but at least one. They begin
 * with a user message; where none fits, a note takes its place.
 */
export function newestMessages(messages: readonly Message[], charsMax: number): Message[] {
  let chars = 0;
  let start = messages.length;
  for (let index = messages.length - 1; index >= 0; index--) {
    const message = messages[index];
    if (message !== undefined) chars += countChars([message]);
    if (chars > charsMax && start < messages.length) break;
    start = index;
  }
  const newest = messages.slice(start);
  const firstUser = newest.findIndex((message) => message.role === "user");
  if (firstUser >= 0) return newest.slice(firstUser);
  return newest.length === 0 ? [] : [{ role: "user", text: LEFT_OUT_TEXT }, ...newest];
}
