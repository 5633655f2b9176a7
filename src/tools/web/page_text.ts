import { textOfBytes } from "../../files/extract_text.ts";
import { SNIFF_BYTES, sniffFile } from "../../files/file_kind.ts";
import { parseHtml } from "./parse_html.ts";

/** A page as a model reads it. */
export interface PageText {
  /** `""` where the page names none. */
  readonly title: string;
  /** Markdown where the page was HTML. */
  readonly text: string;
}

export interface FetchedPage {
  readonly url: URL;
  readonly contentType: string;
  readonly body: Uint8Array;
}

/** What is to be read on a page or in a document; `undefined` when that is nothing. */
export async function pageText(page: FetchedPage): Promise<PageText | undefined> {
  const name = page.url.pathname.split("/").at(-1) ?? "";
  const sniffed = await sniffFile(page.body.subarray(0, SNIFF_BYTES), name);
  const isHtml = /html/i.test(page.contentType) || /^\s*<(?:!doctype html|html)\b/i.test(
    new TextDecoder().decode(page.body.subarray(0, 200)),
  );
  if (isHtml) return await htmlText(decode(page), page.url);
  if (sniffed.kind === "pdf" || sniffed.kind === "office") {
    const extracted = await textOfBytes(page.body, sniffed);
    return extracted.kind === "text" ? { title: name, text: extracted.text } : undefined;
  }
  const isText = sniffed.kind === "text" || /^text\/|json|xml/i.test(page.contentType);
  return isText ? { title: name, text: decode(page) } : undefined;
}

/** By the header, then by what the page says of itself, then as UTF-8. */
function decode({ contentType, body }: FetchedPage): string {
  const head = new TextDecoder("latin1").decode(body.subarray(0, 1_024));
  const charset = contentType.match(/charset=["']?([\w-]+)/i)?.[1] ??
    head.match(/<meta[^>]*charset=["']?([\w-]+)/i)?.[1];
  try {
    return new TextDecoder(charset ?? "utf-8").decode(body);
  } catch {
    return new TextDecoder().decode(body); // A charset that nobody knows.
  }
}

async function htmlText(html: string, url: URL): Promise<PageText> {
  const [document, { Readability }, { default: Turndown }] = await Promise.all([
    parseHtml(html),
    import("@mozilla/readability"),
    import("turndown"),
  ]);
  const title = document.title.trim();
  for (const link of document.querySelectorAll("a[href]")) {
    const target = URL.parse(link.getAttribute("href") ?? "", url);
    if (target !== null) link.setAttribute("href", target.href);
  }
  for (const useless of document.querySelectorAll("script,style,noscript,svg,iframe,template")) {
    useless.remove();
  }
  const whole = document.body?.innerHTML ?? html;
  // The library works on any DOM, and is typed for the browser's.
  const article = new Readability(document as never).parse();
  const content = article?.content || whole;
  const markdown = new Turndown({ headingStyle: "atx", codeBlockStyle: "fenced" });
  const { body } = await parseHtml(`<html><body>${content}</body></html>`);
  const text = markdown.turndown(body as never).replaceAll(/\n{3,}/g, "\n\n").trim();
  return { title: article?.title?.trim() || title, text };
}
