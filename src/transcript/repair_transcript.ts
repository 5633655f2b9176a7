import type { AssistantMessage, Message, ToolResultMessage, UserMessage } from "./message.ts";

/** What the model reads for a call whose result a crash took. */
export const INTERRUPTED_TEXT =
  "Interrupted: Hermes stopped before this call gave its result. It may or may not have taken effect.";

/**
 * Makes any list of stored messages one that a model accepts: it begins with a user message, every
 * tool call is followed by its result in call order, results without a call and messages that say
 * nothing are gone, and user messages that follow each other are one (some chat templates refuse
 * two in a row). A transcript that is already like that stays as it is.
 */
export function repairTranscript(messages: readonly Message[]): Message[] {
  const repaired: Message[] = [];
  for (let index = 0; index < messages.length; index++) {
    const message = messages[index];
    if (message === undefined || message.role === "tool") continue; // Results are taken below.
    const last = repaired.at(-1);
    if (message.role === "user") {
      if (last?.role === "user") repaired[repaired.length - 1] = joinUserMessages(last, message);
      else repaired.push(message);
    } else if (last !== undefined && !saysNothing(message)) {
      repaired.push(message, ...resultsOf(message, messages, index + 1));
    }
  }
  return repaired;
}

function joinUserMessages(a: UserMessage, b: UserMessage): UserMessage {
  const images = [...a.images ?? [], ...b.images ?? []];
  const text = `${a.text}\n\n${b.text}`;
  return images.length === 0 ? { role: "user", text } : { role: "user", text, images };
}

/** Neither words nor calls: providers refuse such a message. */
export function saysNothing(message: AssistantMessage): boolean {
  return message.text.trim() === "" && message.toolCalls.length === 0;
}

/** One result for each call of `message`, from the tool messages that begin at `start`. */
function resultsOf(
  message: AssistantMessage,
  messages: readonly Message[],
  start: number,
): ToolResultMessage[] {
  const found: ToolResultMessage[] = [];
  for (let index = start; index < messages.length; index++) {
    const next = messages[index];
    if (next?.role !== "tool") break;
    found.push(next);
  }
  return message.toolCalls.map((call) => {
    // Some servers number the calls of every step anew, or give two calls one id: take each once.
    const index = found.findIndex((result) => result.toolCallId === call.id);
    const [result] = index < 0 ? [] : found.splice(index, 1);
    return result ?? {
      role: "tool",
      toolCallId: call.id,
      toolName: call.name,
      text: INTERRUPTED_TEXT,
      isError: true,
    };
  });
}
