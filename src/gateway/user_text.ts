import type { AttachedFile, InboundMessage } from "./inbound.ts";

const FILES_LISTED_MAX = 10;

/**
 * A message as the model reads it: with the speaker's name where several people share the session,
 * and with the names of attached files.
 */
export function userText(message: InboundMessage, options: { readonly shared: boolean }): string {
  const said = message.text === "" && message.files.length === 0
    ? "(They called you without saying more.)"
    : message.text;
  const lines = [said, ...message.files.slice(0, FILES_LISTED_MAX).map(fileLine)];
  const text = lines.filter((line) => line !== "").join("\n");
  return options.shared && message.origin !== "nobody" ? `[${message.senderName}] ${text}` : text;
}

function fileLine(file: AttachedFile): string {
  return `[Attached file, which you cannot open: ${file.name} (${file.mimeType}, ${file.sizeBytes} bytes)]`;
}
