import { sessionPrompt } from "../agent/session_prompt.ts";
import type { TurnInput } from "../agent/turn.ts";
import type { SessionKey } from "../sessions/session_store.ts";
import type { ToolContext } from "../tools/tool.ts";
import type { Message, UserMessage } from "../transcript/message.ts";
import type { Attachments } from "./attachments.ts";
import { conversationFacts, PLATFORM_HINT } from "./conversation_facts.ts";
import type { ExchangeDeps, TurnPlace } from "./exchange_deps.ts";
import type { InboundMessage } from "./inbound.ts";
import { tellDelivered } from "./outbox/tell_delivered.ts";
import { isShared } from "./session_key.ts";
import { userText } from "./user_text.ts";

/** What the model is given for one message: the prompt, what was said before, and the message. */
export async function turnInput(
  { message, key, asker }: TurnPlace,
  attached: Attachments,
  deps: ExchangeDeps,
): Promise<TurnInput> {
  if (message.rootId !== "") await beginThread(message, key, deps);
  await tellDelivered(message, key, { ...deps, clock: deps.delivery.clock });
  const [session, history, { contextTokens }] = await Promise.all([
    deps.sessions.describe(key),
    deps.sessions.load(key, { charsMax: deps.historyCharsMax }),
    deps.sessions.usageOf(key),
  ]);
  const shared = isShared(message, deps.sessionOptions);
  const { images } = attached;
  const userMessage: UserMessage = {
    role: "user",
    text: userText(message, { shared, attached: attached.texts }),
    ...(images.length > 0 ? { images } : {}),
  };
  const channelPrompt = deps.channelPrompts.get(message.channelId) ?? "";
  const tools = await deps.turn.loadTools(key);
  const systemPrompt = await sessionPrompt(
    {
      key,
      conversation: conversationFacts(message, deps.sessionOptions),
      personId: shared ? undefined : message.senderId,
      platformHint: `${PLATFORM_HINT}\n\n${channelPrompt}`,
      toolNames: new Set(tools.descriptions.map(({ name }) => name)),
      modelId: deps.turn.models.primary.modelId,
      startedAtMs: session?.createdAtMs ?? deps.delivery.clock.nowMs(),
    },
    deps.prompt,
    deps.sessions,
  );
  const context: ToolContext = {
    sessionKey: key,
    person: { id: message.senderId, name: message.senderName },
    hasSeveralPeople: shared,
    askApproval: asker.askApproval,
    askQuestion: asker.askQuestion,
  };
  return { systemPrompt, history, userMessage, context, contextTokens };
}

/**
 * A thread that grows under an exchange of another session starts with what can be read above it:
 * the person sees it there and refers to it. Somebody else's exchange stays apart, as sessions do.
 */
async function beginThread(
  message: InboundMessage,
  key: SessionKey,
  { ledger, sessions, sessionOptions, delivery }: ExchangeDeps,
): Promise<void> {
  const root = ledger.find(message.rootId);
  if (root === undefined || root.sessionKey === key) return;
  if (root.senderId !== message.senderId && !isShared(message, sessionOptions)) return;
  if (await sessions.describe(key) !== undefined) return;
  const exchange = await sessions.loadExchange(root.sessionKey, root.postId);
  const readable = exchange.flatMap((said): Message[] => {
    if (said.role === "tool") return [];
    return [said.role === "user" ? said : { role: "assistant", text: said.text, toolCalls: [] }];
  });
  const atMs = delivery.clock.nowMs();
  await sessions.append(key, readable.map((said) => ({ atMs, message: said })));
}
