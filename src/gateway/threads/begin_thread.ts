import type { SessionKey } from "../../sessions/session_store.ts";
import type { Message } from "../../transcript/message.ts";
import type { ExchangeDeps } from "../exchange_deps.ts";
import type { InboundMessage } from "../inbound.ts";
import { isShared } from "../session_key.ts";

/**
 * A thread that grows under an exchange of another session starts with what can be read above it:
 * the person sees it there and refers to it. Somebody else's exchange stays apart, as sessions do.
 *
 * @returns the posts that the session knows then; `undefined` when it did not begin here.
 */
export async function beginThread(
  message: InboundMessage,
  key: SessionKey,
  { ledger, sessions, sessionOptions, delivery }: ExchangeDeps,
): Promise<ReadonlySet<string> | undefined> {
  const root = ledger.find(message.rootId);
  if (root === undefined || root.sessionKey === key) return undefined;
  if (root.senderId !== message.senderId && !isShared(message, sessionOptions)) return undefined;
  if (await sessions.describe(key) !== undefined) return undefined;
  const exchange = await sessions.loadExchange(root.sessionKey, root.postId);
  const readable = exchange.flatMap((said): Message[] => {
    if (said.role === "tool") return [];
    return [said.role === "user" ? said : { role: "assistant", text: said.text, toolCalls: [] }];
  });
  const atMs = delivery.clock.nowMs();
  await sessions.append(key, readable.map((said) => ({ atMs, message: said })));
  return readable.length === 0 ? undefined : new Set([root.postId, ...root.replyIds]);
}
