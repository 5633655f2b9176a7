import type { ImageReference, Message, ToolCall } from "../transcript/message.ts";

/** A stored message; `undefined` when the value holds none that we can read. */
export function decodeMessage(value: unknown): Message | undefined {
  const message = asObject(value);
  if (typeof message?.text !== "string") return undefined;
  const { role, text } = message;
  if (role === "user") {
    const images = decodeImages(message.images);
    return {
      role,
      text,
      ...(images.length > 0 ? { images } : {}),
      ...(message.isSummary === true ? { isSummary: true } : {}),
    };
  }
  if (role === "assistant") {
    const toolCalls = decodeToolCalls(message.toolCalls);
    if (toolCalls === undefined) return undefined;
    const { reasoning, providerData } = message;
    return {
      role,
      text,
      toolCalls,
      ...(typeof reasoning === "string" ? { reasoning } : {}),
      ...(providerData === undefined ? {} : { providerData }),
    };
  }
  const { toolCallId, toolName, isError } = message;
  if (role !== "tool" || typeof toolCallId !== "string") return undefined;
  if (typeof toolName !== "string" || typeof isError !== "boolean") return undefined;
  return { role, toolCallId, toolName, text, isError };
}

export function asObject(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === "object" && value !== null ? value as Record<string, unknown> : undefined;
}

/** An image that cannot be read is no reason to lose the message. */
function decodeImages(value: unknown): ImageReference[] {
  return (Array.isArray(value) ? value : []).flatMap((item) => {
    const { path, mimeType, name } = asObject(item) ?? {};
    const isWhole = [path, mimeType, name].every((field) => typeof field === "string");
    return isWhole ? [{ path, mimeType, name } as ImageReference] : [];
  });
}

function decodeToolCalls(value: unknown): ToolCall[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const calls: ToolCall[] = [];
  for (const item of value) {
    const call = asObject(item);
    if (typeof call?.id !== "string" || typeof call.name !== "string") return undefined;
    calls.push({ id: call.id, name: call.name, arguments: call.arguments });
  }
  return calls;
}
