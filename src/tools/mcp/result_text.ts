import type { CallToolResult, ContentBlock } from "@modelcontextprotocol/client";
import { cutText } from "../../transcript/cut_text.ts";

/** Longest text of one result; what is more than a model reads goes into a file later. */
export const RESULT_CHARS_MAX = 1_000_000;

/** What the model reads of a result: its texts, and what else is in it in a few words. */
export function resultText({ content = [], structuredContent }: CallToolResult): string {
  const parts = content.map(blockText).filter((text) => text !== "");
  // Servers say the same in a text as well; those that do not mean the data to be read.
  const data = parts.length === 0 && structuredContent !== undefined
    ? [JSON.stringify(structuredContent, undefined, 1)]
    : [];
  const text = [...parts, ...data].join("\n\n") || "(empty result)";
  if (text.length <= RESULT_CHARS_MAX) return text;
  return `${cutText(text, RESULT_CHARS_MAX)}\n\n[Cut: the result has ${text.length} characters.]`;
}

function blockText(block: ContentBlock): string {
  switch (block.type) {
    case "text":
      return block.text;
    case "image":
    case "audio":
      return `[${block.type}, ${block.mimeType}, ${bytesOf(block.data)} bytes: it is not shown]`;
    case "resource_link":
      return `[resource "${block.name}": ${block.uri}]`;
    case "resource":
      return "text" in block.resource
        ? block.resource.text
        : `[resource ${block.resource.uri}, ${
          bytesOf(block.resource.blob)
        } bytes: it is not shown]`;
  }
}

/** Of what a text in base64 stands for. */
function bytesOf(base64: string): number {
  return Math.floor(base64.replace(/=+$/, "").length * 3 / 4);
}
