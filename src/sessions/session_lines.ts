import type { Message } from "../transcript/message.ts";
import { asObject, decodeMessage } from "./decode_message.ts";
import type {
  SaidPost,
  SessionChoices,
  SessionKey,
  SessionPrompt,
  SessionSummary,
  SessionUsage,
  StoredMessage,
} from "./session_store.ts";
import { NO_SESSION_USAGE } from "./session_usage.ts";

/** Format of the session files that this Hermes writes, and the newest one that it reads. */
const SESSION_VERSION = 1;

/** Names of sessions, and nothing that could lead out of their folder. */
const SESSION_ID = /^\d{8}_\d{6}_[0-9a-f]{8}$/;

/** The first line of a session's file. */
export type SessionHeader =
  | { readonly kind: "ours"; readonly summary: SessionSummary }
  | { readonly kind: "newer"; readonly version: number };

export function encodeHeader({ key, id, createdAtMs }: SessionSummary): string {
  return encode({ hermes: "session", version: SESSION_VERSION, key, id, createdAtMs });
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
  const { title, choices } = summary;
  return {
    key: summary.key as SessionKey,
    id: summary.id,
    createdAtMs: summary.createdAtMs,
    ...(typeof title === "string" && { title }),
    ...(choices !== undefined && { choices: decodeChoices(choices) }),
  };
}

function decodeChoices(value: unknown): SessionChoices {
  const { model, provider, reasoningEffort, showsReasoning, toolProgress } = asObject(value) ?? {};
  return {
    ...(typeof model === "string" && { model }),
    ...(typeof provider === "string" && { provider }),
    ...(typeof reasoningEffort === "string" && { reasoningEffort }),
    ...(typeof showsReasoning === "boolean" && { showsReasoning }),
    ...(typeof toolProgress === "string" && { toolProgress }),
  };
}

export function encodeStoredMessage(stored: StoredMessage): string {
  return encode(stored);
}

/** A line that voids the message of `postId` and all that was added since. */
export function encodeRewind(postId: string): string {
  return encode({ rewindTo: postId });
}

/** A line whose messages stand for all before it. The prompt before it does not hold any more. */
export function encodeCompaction(messages: readonly Message[], atMs: number): string {
  return encode({ atMs, compacted: messages });
}

/** A line with the system prompt of the session, from here on. */
export function encodePrompt(prompt: SessionPrompt): string {
  return encode({ prompt });
}

/** A line with all that the session took until here. */
export function encodeUsage(usage: SessionUsage): string {
  return encode({ usage });
}

/** One line, as far as it is one that we know. */
type Line =
  | { readonly kind: "message"; readonly message: Message; readonly postId: unknown }
  | { readonly kind: "compacted"; readonly messages: readonly Message[] }
  | { readonly kind: "rewind"; readonly postId: string }
  | { readonly kind: "prompt"; readonly prompt: SessionPrompt }
  | { readonly kind: "usage"; readonly usage: SessionUsage }
  | { readonly kind: "header" };

export interface ReadMessages {
  readonly messages: Message[];
  /** Nothing before these messages is in force: a compaction took it away. */
  readonly isCompacted: boolean;
  /** Lines that are neither a message nor anything else that we know. */
  readonly unreadable: number;
  /** The message that came from a post and those up to the next user's; empty when it is not there. */
  readonly exchange: (postId: string) => Message[];
  /** Messages of users that came from posts. */
  readonly saidPosts: readonly SaidPost[];
}

/**
 * The messages in force among the lines of a file, which may lack its beginning: a rewind to a
 * message that is not among them voids all of them.
 */
export function readMessages(values: readonly unknown[]): ReadMessages {
  let read: Extract<Line, { kind: "message" | "compacted" }>[] = [];
  let unreadable = 0;
  for (const value of values) {
    const line = decodeLine(value);
    if (line === undefined) unreadable++;
    if (line?.kind === "message" || line?.kind === "compacted") read.push(line);
    if (line?.kind === "rewind") read = read.slice(0, Math.max(0, indexOf(read, line.postId)));
  }
  const start = read.findLastIndex((line) => line.kind === "compacted");
  const messages = read.slice(Math.max(0, start)).flatMap((line) =>
    line.kind === "compacted" ? line.messages : [line.message]
  );
  const exchange = (postId: string) => {
    const first = indexOf(read, postId);
    const said = first < 0 ? [] : read.slice(first).flatMap(messageOf);
    const end = said.findIndex((message, index) => index > 0 && message.role === "user");
    return end < 0 ? said : said.slice(0, end);
  };
  const saidPosts = read.slice(start + 1).flatMap((line): SaidPost[] => {
    if (line.kind !== "message" || line.message.role !== "user") return [];
    return typeof line.postId === "string"
      ? [{ postId: line.postId, text: line.message.text }]
      : [];
  });
  return { messages, isCompacted: start >= 0, unreadable, exchange, saidPosts };
}

/** The newest system prompt, the newest sum of usage and the newest time among the lines of a file. */
export function readNotes(values: readonly unknown[]): {
  readonly prompt: SessionPrompt | undefined;
  readonly usage: SessionUsage;
  readonly lastUsedAtMs: number | undefined;
} {
  let prompt: SessionPrompt | undefined;
  let usage = NO_SESSION_USAGE;
  const times = values.map((value) => asObject(value)?.atMs);
  const lastUsedAtMs = times.findLast((atMs) => typeof atMs === "number");
  for (const line of values.map(decodeLine)) {
    if (line?.kind === "prompt") prompt = line.prompt;
    if (line?.kind === "compacted") prompt = undefined;
    if (line?.kind === "usage") usage = line.usage;
  }
  return { prompt, usage, lastUsedAtMs };
}

function indexOf(lines: readonly Line[], postId: string): number {
  return lines.findLastIndex((line) => line.kind === "message" && line.postId === postId);
}

function messageOf(line: Line): Message[] {
  return line.kind === "message" ? [line.message] : [];
}

function decodeLine(value: unknown): Line | undefined {
  const { message, postId, compacted, rewindTo, prompt, usage } = asObject(value) ?? {};
  if (message !== undefined) {
    const decoded = decodeMessage(message);
    return decoded && { kind: "message", message: decoded, postId };
  }
  if (Array.isArray(compacted)) {
    const messages = compacted.map(decodeMessage).filter((each) => each !== undefined);
    return messages.length < compacted.length ? undefined : { kind: "compacted", messages };
  }
  if (typeof rewindTo === "string") return { kind: "rewind", postId: rewindTo };
  if (prompt !== undefined) {
    const decoded = decodePrompt(prompt);
    return decoded && { kind: "prompt", prompt: decoded };
  }
  if (usage !== undefined) {
    const decoded = decodeUsage(usage);
    return decoded && { kind: "usage", usage: decoded };
  }
  return decodeHeader(value) && { kind: "header" };
}

function decodePrompt(value: unknown): SessionPrompt | undefined {
  const { text, basis } = asObject(value) ?? {};
  return typeof text === "string" && typeof basis === "string" ? { text, basis } : undefined;
}

function decodeUsage(value: unknown): SessionUsage | undefined {
  const { calls, contextTokens, tokens, cost } = asObject(value) ?? {};
  const counts = asObject(tokens) ?? {};
  const { usd, status } = asObject(cost) ?? {};
  const number = (count: unknown) => typeof count === "number" ? count : 0;
  if (typeof calls !== "number" || typeof usd !== "number") return undefined;
  return {
    calls,
    tokens: {
      inputTokens: number(counts.inputTokens),
      outputTokens: number(counts.outputTokens),
      cachedInputTokens: number(counts.cachedInputTokens),
      cacheWriteTokens: number(counts.cacheWriteTokens),
      reasoningTokens: number(counts.reasoningTokens),
    },
    cost: { usd, status: status === "actual" || status === "estimated" ? status : "unknown" },
    contextTokens: number(contextTokens),
  };
}

function encode(line: unknown): string {
  return `${JSON.stringify(line)}\n`;
}
