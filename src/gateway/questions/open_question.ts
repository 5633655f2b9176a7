import type { ApprovalScope } from "../../safety/approval_request.ts";
import type { SessionKey } from "../../sessions/session_store.ts";
import type { ChannelKind, InboundMessage } from "../inbound.ts";

/** What a person said to a question. */
export type Answer =
  & (
    | { readonly kind: "allowed"; readonly scope: ApprovalScope }
    | { readonly kind: "denied" }
    | { readonly kind: "answered"; readonly text: string }
  )
  & {
    /** Who said it, where that is not the person whose task it is. */
    readonly by?: string;
  };

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
  /** Who is asked: the person whose task it is. */
  readonly personId: string;
  readonly personName: string;
  /** Who else may decide. */
  readonly adminIds: ReadonlySet<string>;
  /** For a clarification: what can be chosen by number. */
  readonly choices: readonly string[];
}

/** Whether what this person says to the question counts. */
export function mayDecide(userId: string, { personId, adminIds }: OpenQuestion): boolean {
  return userId === personId || adminIds.has(userId);
}

/** The answer with who has given it, where that has to be told. */
export function saidBy(
  person: { readonly id: string; readonly name: string },
  answer: Answer,
  question: OpenQuestion,
): Answer {
  return person.id === question.personId ? answer : { ...answer, by: person.name };
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
