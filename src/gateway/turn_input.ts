import { sessionPrompt } from "../agent/session_prompt.ts";
import type { TurnInput } from "../agent/turn.ts";
import type { ToolContext, ToolPlace } from "../tools/tool.ts";
import type { UserMessage } from "../transcript/message.ts";
import type { Attachments } from "./attachments.ts";
import { conversationFacts, PLATFORM_HINT } from "./conversation_facts.ts";
import type { ExchangeDeps, TurnPlace } from "./exchange_deps.ts";
import type { InboundMessage } from "./inbound.ts";
import { MESSAGES_A_POST, tellDelivered } from "./outbox/tell_delivered.ts";
import { replyTarget } from "./post_note.ts";
import { isShared } from "./session_key.ts";
import { beginThread } from "./threads/begin_thread.ts";
import { readEarlierPosts } from "./threads/earlier_posts.ts";
import { userText } from "./user_text.ts";

/** What the model is given for one message: the prompt, what was said before, and the message. */
export async function turnInput(
  { message, key, asker, control }: TurnPlace,
  attached: Attachments,
  deps: ExchangeDeps,
  signal: AbortSignal,
): Promise<TurnInput> {
  const begun = message.rootId === "" ? undefined : await beginThread(message, key, deps);
  const told = await tellDelivered(message, key, { ...deps, clock: deps.delivery.clock });
  const [session, history, { contextTokens }] = await Promise.all([
    deps.sessions.describe(key),
    deps.sessions.load(key, { charsMax: deps.historyCharsMax }),
    deps.sessions.usageOf(key),
  ]);
  const shared = isShared(message, deps.sessionOptions);
  const zone = await deps.zones.zoneOf(message.senderId, signal);
  const isCalledIn = message.rootId !== "" && message.origin !== "nobody" &&
    (begun !== undefined || history.length === MESSAGES_A_POST * told.size);
  const earlier = { known: new Set([...begun ?? [], ...told]), timeZone: zone };
  const before = isCalledIn
    ? await readEarlierPosts(message, earlier, { ...deps.delivery, ...deps }, signal)
    : "";
  const { images } = attached;
  const userMessage: UserMessage = {
    role: "user",
    text: userText(message, { shared, attached: attached.texts, before }),
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
      ...(shared ? {} : { timeZone: zone }),
      startedAtMs: session?.createdAtMs ?? deps.delivery.clock.nowMs(),
    },
    deps.prompt,
    deps.sessions,
  );
  const context: ToolContext = {
    sessionKey: key,
    person: { id: message.senderId, name: message.senderName, timeZone: zone },
    hasSeveralPeople: shared,
    place: placeOf(message, deps),
    askApproval: asker.askApproval,
    askQuestion: asker.askQuestion,
  };
  return { systemPrompt, history, userMessage, context, contextTokens, steer: control.steer };
}

function placeOf(message: InboundMessage, { sessionOptions }: ExchangeDeps): ToolPlace {
  const { channelId, rootId } = replyTarget(message, sessionOptions);
  return { channelId, channelName: message.channelName, threadId: rootId || undefined };
}
