import type { ApprovalScope } from "../../safety/approval_request.ts";
import type { SessionKey } from "../../sessions/session_store.ts";
import type { ChannelKind, InboundMessage } from "../inbound.ts";

/** What a person said to a question. */
export type Answer =
  | { readonly kind: "allowed"; readonly scope: ApprovalScope }
  | { readonly kind: "denied" }
  | { readonly kind: "answered"; readonly text: string };

/** A question that stands in the chat and waits for an answer. */
export interface OpenQuestion {
  readonly kind: "approval" | "clarification";
  readonly sessionKey: SessionKey;
  readonly channelId: string;
  readonly channelKind: ChannelKind;
  /** Thread in which it stands, or `""`. */
  readonly rootId: string;
  /** The post that it is. */
  readonly postId: string;
  /** Server's clock. What was written before does not answer it, however late it comes. */
  readonly postedAtMs: number;
  /** Who may answer: the person whose task it is. */
  readonly personId: string;
  readonly personName: string;
  /** For a clarification: what can be chosen by number. */
  readonly choices: readonly string[];
}

/**
 * Whether a message is said where a question stands: in its thread, below it, or in its channel
 * outside of any thread. In a direct channel it is all one place.
 */
export function isSaidAt(message: InboundMessage, question: OpenQuestion): boolean {
  if (message.channelId !== question.channelId) return false;
  if (message.createdAtMs < question.postedAtMs) return false;
  return message.channelKind === "dm" || message.rootId === "" || isBelow(message, question);
}

/** Whether a message is a reply in the thread of a question, or to the question itself. */
export function isBelow(message: InboundMessage, { rootId, postId }: OpenQuestion): boolean {
  return message.rootId !== "" && (message.rootId === rootId || message.rootId === postId);
}
