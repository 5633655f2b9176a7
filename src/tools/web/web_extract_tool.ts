import { z } from "zod";
import { HermesError } from "../../errors.ts";
import type { Redact } from "../../safety/redact.ts";
import { safeFetch, type SafeFetchDeps } from "../../safety/safe_fetch.ts";
import { cutText } from "../../transcript/cut_text.ts";
import { ToolError } from "../errors.ts";
import type { Tool } from "../tool.ts";
import { pageText } from "./page_text.ts";

const URLS_MAX = 5;
const BODY_BYTES_MAX = 10_000_000;
const FETCH_MS_MAX = 30_000;
/** Of each page; together they stay below what one result may be. */
const PAGE_CHARS_MAX = 15_000;

export interface WebExtractDeps extends SafeFetchDeps {
  /** Finds secrets: none of them may leave in an address. */
  readonly redact: Redact;
}

/** Reads pages and documents of the web. */
export function createWebExtractTool(deps: WebExtractDeps): Tool<{ urls: string[] }> {
  return {
    name: "web_extract",
    description:
      "Reads web pages and documents (HTML, PDF, Office, text) at up to 5 addresses and " +
      "gives their text. Long ones are cut.",
    input: z.object({ urls: z.array(z.string().min(1)).min(1).max(URLS_MAX) }),
    readOnly: true,
    isUntrusted: true,
    run: async ({ urls }, _context, signal) => {
      const pages = await Promise.all(urls.map((url) => read(url, deps, signal)));
      if (pages.every(({ isError }) => isError)) {
        throw new ToolError(pages.map(({ text }) => text).join("\n"), "Check the addresses.");
      }
      return pages.map(({ text }) => text).join("\n\n---\n\n");
    },
  };
}

interface ReadPage {
  readonly text: string;
  readonly isError: boolean;
}

async function read(url: string, deps: WebExtractDeps, signal: AbortSignal): Promise<ReadPage> {
  if (deps.redact(url) !== url) return failed(url, "it holds what looks like a key or password");
  try {
    const request = {
      url,
      headers: { accept: "text/html,application/xhtml+xml,application/pdf,text/*;q=0.9,*/*;q=0.5" },
      bodyBytesMax: BODY_BYTES_MAX,
      msMax: FETCH_MS_MAX,
    };
    const response = await safeFetch(request, deps, signal);
    if (response.status >= 400) return failed(url, `the server answers ${response.status}`);
    const contentType = response.headers.get("content-type") ?? "";
    const page = await pageText({ url: response.url, contentType, body: response.body });
    if (page === undefined) return failed(url, `there is no text in ${contentType || "it"}`);
    return { text: show(response.url.href, page.title, page.text), isError: false };
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof HermesError)) throw error;
    return failed(url, error.message);
  }
}

function show(url: string, title: string, text: string): string {
  const head = `# ${title || url}\n${url}\n\n`;
  if (text.length <= PAGE_CHARS_MAX) return head + (text || "(The page has no text.)");
  return `${head}${cutText(text, PAGE_CHARS_MAX)}\n\n[Cut: ${text.length} characters in all.]`;
}

function failed(url: string, reason: string): ReadPage {
  return { text: `Cannot read ${JSON.stringify(url.slice(0, 200))}: ${reason}`, isError: true };
}
