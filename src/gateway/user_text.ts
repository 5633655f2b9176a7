import type { InboundMessage } from "./inbound.ts";

/**
 * A message as the model reads it: with the speaker's name where several people share the session,
 * and with what its files hold.
 */
export function userText(
  message: InboundMessage,
  options: { readonly shared: boolean; readonly attached: readonly string[] },
): string {
  const { attached, shared } = options;
  const isBare = message.text === "" && attached.length === 0;
  const said = isBare ? "(They called you without saying more.)" : message.text;
  const text = [said, ...attached].filter((part) => part !== "").join("\n\n");
  return shared && message.origin !== "nobody" ? `[${message.senderName}] ${text}` : text;
}
