import type { Conversation } from "../agent/system_prompt.ts";
import type { InboundMessage } from "./inbound.ts";
import { isShared, opensThread, type SessionOptions } from "./session_key.ts";

/** How Mattermost shows text, for the model. */
export const PLATFORM_HINT =
  `Your answers are posted in Mattermost, which renders GitHub-flavoured Markdown: headings, lists, tables,
task lists, links and fenced code with a language. Single line breaks are kept. Raw HTML is not rendered.
Write for a chat: short paragraphs, no greeting and no signature.
@name notifies that person: write it only to call somebody, and the plain name otherwise.
To send a file, write MEDIA:/absolute/path on a line of its own.
When nobody needs an answer, answer [SILENT] and nothing else: nothing is posted then.`;

/** Where a message was said, as the system prompt tells it; the same for every message of a session. */
export function conversationFacts(message: InboundMessage, options: SessionOptions): Conversation {
  return {
    place: placeOf(message),
    isThread: message.rootId !== "" || opensThread(message, options),
    hasSeveralPeople: isShared(message, options),
  };
}

function placeOf(message: InboundMessage): Conversation["place"] {
  switch (message.channelKind) {
    case "dm":
      return { kind: "dm", personName: message.senderName };
    case "group":
      return { kind: "group" };
    case "private":
    case "public": {
      const isPrivate = message.channelKind === "private";
      return { kind: "channel", channelName: message.channelName, isPrivate };
    }
  }
}
