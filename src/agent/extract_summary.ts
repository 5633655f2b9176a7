import { cutText } from "../transcript/cut_text.ts";
import type { Message } from "../transcript/message.ts";

/** Longest extract that takes the place of a summary. */
const EXTRACT_CHARS_MAX = 8_000;
const LINE_CHARS_MAX = 300;

/** What takes the place of a summary when no model gives one: who said what, shortened. */
export function extractSummary(before: string | undefined, messages: readonly Message[]): string {
  const known = before === undefined ? "" : `${cutText(before, EXTRACT_CHARS_MAX / 2)}\n\n`;
  const room = EXTRACT_CHARS_MAX - known.length;
  const lines = messages.flatMap(lineOf);
  let text = "";
  while (lines.length > 0) {
    const longer = `${lines.pop()}\n${text}`; // What is newer counts more.
    if (longer.length > room) break;
    text = longer;
  }
  return `${known}${text}`.trim();
}

function lineOf(message: Message): string[] {
  if (message.role === "tool") return [];
  const who = message.role === "user" ? "Person" : "Assistant";
  const text = cutText(message.text.replaceAll(/\s+/g, " ").trim(), LINE_CHARS_MAX);
  const tools = message.role === "assistant" ? message.toolCalls.map(({ name }) => name) : [];
  const used = tools.length === 0 ? "" : ` (used ${tools.join(", ")})`;
  return text === "" && used === "" ? [] : [`- ${who}: ${text}${used}`];
}
