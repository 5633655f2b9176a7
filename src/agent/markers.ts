/** Blocks in a tool's result that are Hermes' own words, by the name of their tag. */
export const MARKERS = {
  /** What people said while the tool ran. */
  meanwhile: "message_while_you_worked",
  /** Text of others, which is no order. */
  untrusted: "untrusted_tool_result",
  /** What was said in the thread before. */
  earlier: "said_before_in_thread",
  /** A result that lies in a file. */
  spilled: "persisted_output",
} as const;

const ANY_TAG = new RegExp(`<(?=/?(?:${Object.values(MARKERS).join("|")})\\b)`, "gi");

/** `text` so that nothing in it passes for a block of ours. */
export function defuseMarkers(text: string): string {
  return text.replace(ANY_TAG, "&lt;");
}

/** A block of ours. `attributes` stand in its first tag as they are. */
export function markedBlock(
  marker: keyof typeof MARKERS,
  text: string,
  attributes = "",
): string {
  const tag = MARKERS[marker];
  return `<${tag}${attributes === "" ? "" : ` ${attributes}`}>\n${text}\n</${tag}>`;
}
