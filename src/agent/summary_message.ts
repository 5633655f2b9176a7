import type { Message, UserMessage } from "../transcript/message.ts";

const OPENING =
  `[Summary of the earlier conversation, as background. What was asked in it is done, ` +
  `or waits until somebody asks for it again: do not take it up by yourself. Answer the newest ` +
  `message below, which counts more than anything in here.]`;
const CLOSING = "[End of the summary. What follows is newer.]";
/** Parts the summary from what a person says next: two in a row would become one. */
const PARTING: Message = {
  role: "assistant",
  text: "I know the summary, and go by the newest message.",
  toolCalls: [],
};

/** A summary as the model reads it. */
export function toSummaryMessage(summary: string): UserMessage {
  return { role: "user", text: `${OPENING}\n\n${summary.trim()}\n\n${CLOSING}`, isSummary: true };
}

/** The summary alone, out of the text of such a message. */
export function readSummary(text: string): string {
  return text.replace(OPENING, "").replace(CLOSING, "").trim();
}

/** Whether a message is the word of ours that stands behind a summary. */
export function isParting(message: Message | undefined): boolean {
  return message?.role === "assistant" && message.text === PARTING.text;
}

/** The transcript with `summary` in the place of all that came before `rest`. */
export function withSummary(summary: string, rest: readonly Message[]): Message[] {
  const message = toSummaryMessage(summary);
  return rest[0]?.role === "user" ? [message, PARTING, ...rest] : [message, ...rest];
}
