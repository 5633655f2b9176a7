import type { MetadataExtractor } from "@ai-sdk/openai-compatible";

/**
 * Collects `reasoning_details`, in which OpenRouter hands over the signed or encrypted reasoning of
 * the model behind it. Some models refuse the results of their tool calls when it is not sent back
 * with them. The library itself drops the field.
 */
export const reasoningDetailsExtractor: MetadataExtractor = {
  extractMetadata: () => Promise.resolve(undefined),
  createStreamExtractor() {
    const details: Detail[] = [];
    return {
      processChunk(chunk) {
        for (const detail of decodeDetails(chunk)) addDetail(details, detail);
      },
      buildMetadata: () =>
        details.length === 0 ? undefined : {
          openaiCompatible: { reasoning_details: details.map((detail) => ({ ...detail })) },
        },
    };
  },
};

type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
type Detail = Record<string, Json> & { type: string };

function decodeDetails(chunk: unknown): Detail[] {
  const choices = (chunk as { choices?: unknown } | null)?.choices;
  const choice: unknown = Array.isArray(choices) ? choices[0] : undefined;
  const delta = (choice as { delta?: unknown } | undefined)?.delta;
  const details = (delta as { reasoning_details?: unknown } | null | undefined)?.reasoning_details;
  if (!Array.isArray(details)) return [];
  return details.filter((detail): detail is Detail => typeof detail?.type === "string");
}

/** Pieces of one readable block follow each other and join; an encrypted block comes whole. */
function addDetail(details: Detail[], piece: Detail): void {
  const last = details.at(-1);
  const isSameBlock = last?.type === piece.type && last["index"] === piece["index"];
  if (last === undefined || !isSameBlock || piece.type === "reasoning.encrypted") {
    details.push({ ...piece });
    return;
  }
  for (const [field, value] of Object.entries(piece)) {
    const old = last[field];
    const isText = field === "text" || field === "summary";
    if (isText && typeof old === "string" && typeof value === "string") last[field] = old + value;
    else if (value !== null) last[field] = value;
  }
}
