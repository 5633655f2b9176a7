import type { TurnEvent } from "../agent/turn.ts";
import type { ModelErrorKind } from "../models/errors.ts";
import type { SessionKey } from "../sessions/session_store.ts";
import type { ExchangeDeps } from "./exchange_deps.ts";
import type { InboundMessage } from "./inbound.ts";

/** Makes what happened durable before any of it is shown. */
export async function keepEvent(
  event: TurnEvent,
  message: InboundMessage,
  key: SessionKey,
  deps: ExchangeDeps,
): Promise<void> {
  if (event.kind === "compacted") return await deps.sessions.compact(key, event.messages);
  if (event.kind === "usage") return await deps.sessions.addUsage(key, event.usage);
  if (event.kind !== "message") return;
  const stored = { atMs: deps.delivery.clock.nowMs(), message: event.message };
  const from = { postId: message.postId, personId: message.senderId };
  const isUser = event.message.role === "user";
  await deps.sessions.append(key, [isUser ? { ...stored, ...from } : stored]);
}

/**
 * Nothing was said. A message that the model does not take is taken back, or it would spoil every
 * later one; else the session holds what the person was told.
 */
export async function keepUnanswered(
  note: string,
  isTakenBack: boolean,
  message: InboundMessage,
  key: SessionKey,
  { sessions, delivery }: ExchangeDeps,
): Promise<void> {
  if (isTakenBack) return await sessions.rewind(key, message.postId);
  const atMs = delivery.clock.nowMs();
  await sessions.append(key, [{ atMs, message: { role: "assistant", text: note, toolCalls: [] } }]);
}

/** What the model will not take the next time either. */
const NEVER_TAKEN: readonly ModelErrorKind[] = [
  "refused",
  "bad_request",
  "context_overflow",
  "images_refused",
];

/** Whether a message at which the model failed so is taken back out of the session. */
export function isNeverTaken(kind: ModelErrorKind): boolean {
  return NEVER_TAKEN.includes(kind);
}
