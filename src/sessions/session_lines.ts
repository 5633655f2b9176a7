import type { Message, ToolCall } from "../transcript/message.ts";
import type { SessionKey, SessionPrompt, SessionSummary, StoredMessage } from "./session_store.ts";

/** Format of the session files that this Hermes writes, and the newest one that it reads. */
const SESSION_VERSION = 1;

/** Names of sessions, and nothing that could lead out of their folder. */
const SESSION_ID = /^\d{8}_\d{6}_[0-9a-f]{8}$/;

/** The first line of a session's file. */
export type SessionHeader =
  | { readonly kind: "ours"; readonly summary: SessionSummary }
  | { readonly kind: "newer"; readonly version: number };

export function encodeHeader({ key, id, createdAtMs }: SessionSummary): string {
  const header = { hermes: "session", version: SESSION_VERSION, key, id, createdAtMs };
  return `${JSON.stringify(header)}\n`;
}

/** `undefined` when the line is no header. */
export function decodeHeader(value: unknown): SessionHeader | undefined {
  const header = asObject(value);
  if (header?.hermes !== "session" || typeof header.version !== "number") return undefined;
  if (header.version > SESSION_VERSION) return { kind: "newer", version: header.version };
  const summary = decodeSummary(value);
  return summary === undefined ? undefined : { kind: "ours", summary };
}

/** `undefined` when a field is missing, or when the id could not be the name of a file of ours. */
export function decodeSummary(value: unknown): SessionSummary | undefined {
  const summary = asObject(value);
  if (typeof summary?.key !== "string" || typeof summary.createdAtMs !== "number") return undefined;
  if (typeof summary.id !== "string" || !SESSION_ID.test(summary.id)) return undefined;
  return { key: summary.key as SessionKey, id: summary.id, createdAtMs: summary.createdAtMs };
}

export function encodeStoredMessage(stored: StoredMessage): string {
  return `${JSON.stringify(stored)}\n`;
}

/** A line that voids the message of `postId` and all that was added since. */
export function encodeRewind(postId: string): string {
  return `${JSON.stringify({ rewindTo: postId })}\n`;
}

/** A line with the system prompt of the session, from here on. */
export function encodePrompt(prompt: SessionPrompt): string {
  return `${JSON.stringify({ prompt })}\n`;
}

/** The newest system prompt among the lines of a file; `undefined` when there is none. */
export function readPrompt(values: readonly unknown[]): SessionPrompt | undefined {
  return values.map(decodePrompt).findLast((prompt) => prompt !== undefined);
}

export interface ReadMessages {
  readonly messages: Message[];
  /** Lines that are neither a message nor anything else that we know. */
  readonly unreadable: number;
  /** The message that came from a post and those up to the next user's; empty when it is not there. */
  readonly exchange: (postId: string) => Message[];
}

/**
 * The messages in force among the lines of a file, which may lack its beginning: a rewind to a
 * message that is not among them voids all of them.
 */
export function readMessages(values: readonly unknown[]): ReadMessages {
  let read: { message: Message; postId: unknown }[] = [];
  let unreadable = 0;
  for (const value of values) {
    const message = decodeStoredMessage(value);
    const { postId, rewindTo } = asObject(value) ?? {};
    if (message !== undefined) read.push({ message, postId });
    else if (typeof rewindTo === "string") {
      read = read.slice(0, Math.max(0, read.findLastIndex((line) => line.postId === rewindTo)));
    } else if (decodeHeader(value) === undefined && decodePrompt(value) === undefined) unreadable++;
  }
  const messages = read.map((line) => line.message);
  const exchange = (postId: string) => {
    const start = read.findLastIndex((line) => line.postId === postId);
    const [first, ...rest] = start < 0 ? [] : messages.slice(start);
    const end = rest.findIndex((message) => message.role === "user");
    return first === undefined ? [] : [first, ...rest.slice(0, end < 0 ? rest.length : end)];
  };
  return { messages, unreadable, exchange };
}

function decodePrompt(value: unknown): SessionPrompt | undefined {
  const { text, basis } = asObject(asObject(value)?.prompt) ?? {};
  return typeof text === "string" && typeof basis === "string" ? { text, basis } : undefined;
}

/** The message of a line; `undefined` when the line holds none that we can read. */
function decodeStoredMessage(value: unknown): Message | undefined {
  const message = asObject(asObject(value)?.message);
  if (typeof message?.text !== "string") return undefined;
  const { role, text } = message;
  if (role === "user") return { role, text };
  if (role === "assistant") {
    const toolCalls = decodeToolCalls(message.toolCalls);
    if (toolCalls === undefined) return undefined;
    const { reasoning, providerData } = message;
    return {
      role,
      text,
      toolCalls,
      ...(typeof reasoning === "string" ? { reasoning } : {}),
      ...(providerData === undefined ? {} : { providerData }),
    };
  }
  const { toolCallId, toolName, isError } = message;
  if (role !== "tool" || typeof toolCallId !== "string") return undefined;
  if (typeof toolName !== "string" || typeof isError !== "boolean") return undefined;
  return { role, toolCallId, toolName, text, isError };
}

function decodeToolCalls(value: unknown): ToolCall[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const calls: ToolCall[] = [];
  for (const item of value) {
    const call = asObject(item);
    if (typeof call?.id !== "string" || typeof call.name !== "string") return undefined;
    calls.push({ id: call.id, name: call.name, arguments: call.arguments });
  }
  return calls;
}

function asObject(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === "object" && value !== null ? value as Record<string, unknown> : undefined;
}
