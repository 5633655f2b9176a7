import type { Secret } from "../../runtime/secret.ts";
import { parseHtml } from "./parse_html.ts";
import {
  askBackend,
  plainText,
  resultsOf,
  type SearchBackend,
  type SearchDeps,
  type SearchResult,
  toResult,
} from "./search_backend.ts";

/** A SearXNG of one's own. Source: https://docs.searxng.org/dev/search_api.html. */
export function searxng(baseUrl: string, deps: SearchDeps): SearchBackend {
  const name = "SearXNG";
  return {
    name,
    search: async (query, limit, signal) => {
      const url = `${baseUrl.replace(/\/+$/, "")}/search?${new URLSearchParams({
        q: query,
        format: "json",
      })}`;
      const text = await askBackend(name, { url }, deps, signal);
      return first(resultsOf(name, text, "results"), limit, "title", "url", "content");
    },
  };
}

/** Source: https://api-dashboard.search.brave.com/app/documentation/web-search. */
export function brave(apiKey: Secret, deps: SearchDeps, baseUrl = BRAVE_URL): SearchBackend {
  const name = "Brave";
  return {
    name,
    search: async (query, limit, signal) => {
      const asked = new URLSearchParams({ q: query, count: String(Math.min(limit, 20)) });
      const headers = { "x-subscription-token": apiKey.reveal(), accept: "application/json" };
      const url = `${baseUrl}/res/v1/web/search?${asked}`;
      const text = await askBackend(name, { url, headers }, deps, signal);
      return first(resultsOf(name, text, "web", "results"), limit, "title", "url", "description");
    },
  };
}

/** Source: https://docs.tavily.com/documentation/api-reference/endpoint/search. */
export function tavily(apiKey: Secret, deps: SearchDeps, baseUrl = TAVILY_URL): SearchBackend {
  const name = "Tavily";
  return {
    name,
    search: async (query, limit, signal) => {
      const headers = { ...JSON_TYPE, authorization: `Bearer ${apiKey.reveal()}` };
      const body = JSON.stringify({ query, max_results: Math.min(limit, 20) });
      const request = { url: `${baseUrl}/search`, method: "POST", headers, body };
      const text = await askBackend(name, request, deps, signal);
      return first(resultsOf(name, text, "results"), limit, "title", "url", "content");
    },
  };
}

/** Source: https://docs.exa.ai/reference/search. */
export function exa(apiKey: Secret, deps: SearchDeps, baseUrl = EXA_URL): SearchBackend {
  const name = "Exa";
  return {
    name,
    search: async (query, limit, signal) => {
      const headers = { ...JSON_TYPE, "x-api-key": apiKey.reveal() };
      const contents = { text: { maxCharacters: SNIPPET_CHARS_MAX } };
      const body = JSON.stringify({ query, numResults: limit, contents });
      const request = { url: `${baseUrl}/search`, method: "POST", headers, body };
      const text = await askBackend(name, request, deps, signal);
      return first(resultsOf(name, text, "results"), limit, "title", "url", "text");
    },
  };
}

/** Without a key: the page for browsers without scripts. */
export function duckDuckGo(deps: SearchDeps, baseUrl = DUCKDUCKGO_URL): SearchBackend {
  const name = "DuckDuckGo";
  return {
    name,
    search: async (query, limit, signal) => {
      const headers = { ...FORM_TYPE, "user-agent": "Mozilla/5.0 (compatible; Hermes)" };
      const body = new URLSearchParams({ q: query }).toString();
      const request = { url: `${baseUrl}/html/`, method: "POST", headers, body };
      const html = await askBackend(name, request, deps, signal);
      const document = await parseHtml(html);
      return [...document.querySelectorAll(".result")].flatMap((result): SearchResult[] => {
        const link = result.querySelector("a.result__a");
        const url = realAddress(link?.getAttribute("href") ?? "");
        if (link === null || url === undefined) return [];
        const snippet = plainText(result.querySelector(".result__snippet")?.textContent ?? "");
        return [{ title: plainText(link.textContent ?? ""), url, snippet }];
      }).slice(0, limit);
    },
  };
}

const BRAVE_URL = "https://api.search.brave.com";
const TAVILY_URL = "https://api.tavily.com";
const EXA_URL = "https://api.exa.ai";
const DUCKDUCKGO_URL = "https://html.duckduckgo.com";
const JSON_TYPE = { "content-type": "application/json" };
const FORM_TYPE = { "content-type": "application/x-www-form-urlencoded" };
const SNIPPET_CHARS_MAX = 500;

function first(
  values: readonly unknown[],
  limit: number,
  title: string,
  url: string,
  snippet: string,
): SearchResult[] {
  return values.map((value) => toResult(value, { title, url, snippet }))
    .filter((result) => result !== undefined).slice(0, limit);
}

/** The address behind DuckDuckGo's own redirect; `undefined` for an advertisement. */
function realAddress(href: string): string | undefined {
  const link = URL.parse(href, DUCKDUCKGO_URL);
  if (link === null || link.pathname === "/y.js") return undefined;
  const target = link.searchParams.get("uddg") ?? link.href;
  return /^https?:\/\//.test(target) ? target : undefined;
}
