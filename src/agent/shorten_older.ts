import { cutText } from "../transcript/cut_text.ts";
import type {
  AssistantMessage,
  Message,
  ToolResultMessage,
  UserMessage,
} from "../transcript/message.ts";

/** Older results up to this length stay as they are. */
const RESULT_CHARS_MAX = 200;
/** Text within older arguments is cut when the arguments are longer than this. */
const ARGUMENTS_CHARS_MAX = 500;
const ARGUMENT_TEXT_CHARS_MAX = 200;
/** How much of a result's first line is told. */
const FIRST_LINE_CHARS = 80;

/**
 * Messages that are older, with what they need less: a result that came again, and every long one, as
 * one line; long texts in arguments cut; images told of. From index `currentFrom` on they belong to the turn under way,
 * in which answers stay as their provider knows them. Calls keep their ids, and their results.
 */
export function shortenOlder(messages: readonly Message[], currentFrom: number): Message[] {
  const lastOf = new Map<string, number>();
  messages.forEach((message, index) => {
    if (message.role === "tool") lastOf.set(contentKey(message), index);
  });
  let calls: AssistantMessage["toolCalls"] = [];
  return messages.map((message, index) => {
    if (message.role === "user") return index >= currentFrom ? message : tellImages(message);
    if (message.role === "assistant") {
      calls = message.toolCalls;
      return index >= currentFrom ? message : shortenAnswer(message);
    }
    if (message.text.length <= RESULT_CHARS_MAX) return message;
    const call = calls.find(({ id }) => id === message.toolCallId);
    const isRepeated = lastOf.get(contentKey(message)) !== index;
    return {
      ...message,
      text: isRepeated ? repeatedLine(message) : lineOf(message, call?.arguments),
    };
  });
}

/** A message without its images, whose names and places it tells. */
export function tellImages(message: UserMessage): UserMessage {
  const { images, ...rest } = message;
  if (images === undefined) return message;
  const lines = images.map(({ name, path }) => `[Image, shown then: ${name}, stored as ${path}]`);
  return { ...rest, text: [rest.text, ...lines].join("\n") };
}

function contentKey({ toolName, text }: ToolResultMessage): string {
  return `${toolName} ${text}`;
}

function repeatedLine({ toolName }: ToolResultMessage): string {
  return `[A later call of ${toolName} gave the same result.]`;
}

function lineOf({ toolName, text, isError }: ToolResultMessage, given: unknown): string {
  const target = cutText(JSON.stringify(given) ?? "", RESULT_CHARS_MAX);
  const first = text.trimStart().split("\n", 1)[0] ?? "";
  const begin = cutText(first, FIRST_LINE_CHARS);
  const outcome = isError ? "failed" : "gave";
  return `[${toolName} ${target} ${outcome} ${text.length} characters, left out here. They began: ${begin}]`;
}

/** Without what the provider knows the message by: that repeats the arguments. */
function shortenAnswer(message: AssistantMessage): AssistantMessage {
  const { role, text } = message;
  const toolCalls = message.toolCalls.map((call) =>
    (JSON.stringify(call.arguments) ?? "").length <= ARGUMENTS_CHARS_MAX
      ? call
      : { ...call, arguments: cutTexts(call.arguments) }
  );
  return { role, text, toolCalls };
}

function cutTexts(value: unknown): unknown {
  if (typeof value === "string") {
    if (value.length <= ARGUMENT_TEXT_CHARS_MAX) return value;
    return `${cutText(value, ARGUMENT_TEXT_CHARS_MAX)}… [${value.length} characters]`;
  }
  if (Array.isArray(value)) return value.map(cutTexts);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, cutTexts(inner)]));
}
