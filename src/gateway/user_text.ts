import type { InboundMessage } from "./inbound.ts";

export interface UserTextOptions {
  readonly shared: boolean;
  /** What the files hold. */
  readonly attached: readonly string[];
  /** From `readEarlierPosts`. */
  readonly before: string;
}

/**
 * A message as the model reads it: with the speaker's name where several people share the session,
 * with what its files hold, and with what was said in the thread before the model was called.
 */
export function userText(message: InboundMessage, options: UserTextOptions): string {
  const { attached, before, shared } = options;
  const isBare = message.text === "" && attached.length === 0;
  const said = isBare ? (before === "" ? BARE : BARE_IN_THREAD) : message.text;
  const text = [said, ...attached, before].filter((part) => part !== "").join("\n\n");
  return shared && message.origin !== "nobody" ? `[${message.senderName}] ${text}` : text;
}

const BARE = "(They called you without saying more. Offer your help in one short line.)";
const BARE_IN_THREAD =
  "(They called you into this thread without saying more. Answer what was last asked or discussed in it.)";
