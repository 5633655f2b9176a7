import { z } from "zod";
import { cutText } from "../../transcript/cut_text.ts";
import type { Tool } from "../tool.ts";
import type { SearchBackend } from "./search_backend.ts";

const RESULTS_MAX = 20;
const RESULTS_DEFAULT = 5;
const SNIPPET_CHARS_MAX = 500;

/** Searches the web. */
export function createWebSearchTool(
  backend: SearchBackend,
): Tool<{ query: string; limit: number }> {
  return {
    name: "web_search",
    description: "Searches the web and gives titles, addresses and excerpts. Read the pages with " +
      "web_extract before you rely on them.",
    input: z.object({
      query: z.string().min(1).max(500),
      limit: z.int().min(1).max(RESULTS_MAX).default(RESULTS_DEFAULT),
    }),
    readOnly: true,
    isUntrusted: true,
    run: async ({ query, limit }, _context, signal) => {
      const results = await backend.search(query, limit, signal);
      if (results.length === 0) return `${backend.name} found nothing. Try other words.`;
      return results.map(({ title, url, snippet }, index) =>
        `${index + 1}. ${title}\n   ${url}\n   ${cutText(snippet, SNIPPET_CHARS_MAX)}`.trimEnd()
      ).join("\n");
    },
  };
}
