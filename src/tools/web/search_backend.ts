import { HermesError } from "../../errors.ts";
import type { Clock } from "../../runtime/clock.ts";
import type { FetchFn } from "../../runtime/network.ts";
import { withinTime } from "../../runtime/within_time.ts";

/** One thing that a search found. */
export interface SearchResult {
  readonly title: string;
  readonly url: string;
  /** A few sentences; `""` when there are none. */
  readonly snippet: string;
}

/** Somebody who searches the web for us. */
export interface SearchBackend {
  /** For people, e.g. `Brave`. */
  readonly name: string;
  /** At most about `limit` results, the best first. @throws SearchError */
  search(query: string, limit: number, signal: AbortSignal): Promise<readonly SearchResult[]>;
}

export interface SearchDeps {
  readonly fetch: FetchFn;
  readonly clock: Clock;
}

/** A search that did not come to an answer. */
export class SearchError extends HermesError {
  override readonly name = "SearchError";
  override readonly code = "tools.search_failed";

  constructor(backend: string, reason: string, hint: string) {
    super(`Cannot search with ${backend}: ${reason}`, { hint });
  }
}

const SEARCH_MS_MAX = 20_000;
const HINT = "Try again later, or search for something else.";

/** Asks a backend and gives its answer as text. @throws SearchError */
export async function askBackend(
  backend: string,
  request: { readonly url: string } & RequestInit,
  deps: SearchDeps,
  signal: AbortSignal,
): Promise<string> {
  const { url, ...init } = request;
  const ask = async (until: AbortSignal) => {
    const response = await deps.fetch(url, { ...init, redirect: "manual", signal: until });
    return { status: response.status, text: await response.text() };
  };
  const answer = await withinTime(ask, { msMax: SEARCH_MS_MAX, clock: deps.clock }, signal)
    .catch((error: unknown) => {
      signal.throwIfAborted();
      throw new SearchError(
        backend,
        error instanceof HermesError ? error.message : "it failed",
        HINT,
      );
    });
  if (answer.kind === "late") throw new SearchError(backend, "it did not answer in time", HINT);
  const { status, text } = answer.value;
  if (status === 401 || status === 403) {
    throw new SearchError(backend, `it refuses the key (HTTP ${status})`, "Tell the person.");
  }
  if (status !== 200) throw new SearchError(backend, `it answers with HTTP ${status}`, HINT);
  return text;
}

/** The entries of a list within a JSON answer, by the way to it. @throws SearchError */
export function resultsOf(backend: string, text: string, ...way: readonly string[]): unknown[] {
  try {
    const found = way.reduce<unknown>(
      (value, name) => (value as Record<string, unknown> | null | undefined)?.[name],
      JSON.parse(text),
    );
    return Array.isArray(found) ? found : [];
  } catch {
    throw new SearchError(backend, "its answer is not JSON", HINT);
  }
}

/** A result by the names that a backend gives its fields; `undefined` for one without an address. */
export function toResult(
  value: unknown,
  names: { readonly title: string; readonly url: string; readonly snippet: string },
): SearchResult | undefined {
  const fields = (value ?? {}) as Record<string, unknown>;
  const textOf = (name: string) => {
    const field = fields[name];
    return typeof field === "string" ? plainText(field) : "";
  };
  const url = textOf(names.url);
  if (!/^https?:\/\//.test(url)) return undefined;
  return { title: textOf(names.title) || url, url, snippet: textOf(names.snippet) };
}

/** Backends mark the words they found with tags. */
export function plainText(text: string): string {
  return text.replaceAll(/<[^>]*>/g, "").replaceAll(/\s+/g, " ").trim();
}
