import { HermesError } from "../errors.ts";
import type { Clock } from "../runtime/clock.ts";
import type { FetchFn } from "../runtime/network.ts";
import { NetworkError } from "../runtime/network_error.ts";
import type { ResolveHost } from "../runtime/resolve_host.ts";
import { type AddressPolicy, judgeUrl } from "./address_rules.ts";

export interface SafeFetchDeps {
  readonly fetch: FetchFn;
  readonly resolveHost: ResolveHost;
  readonly policy: AddressPolicy;
  readonly clock: Clock;
}

export interface SafeRequest {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** More of a body is not read. */
  readonly bodyBytesMax: number;
  /** How long it may take in all, with redirects and body. */
  readonly msMax: number;
}

export interface SafeResponse {
  /** Where the last redirect led. */
  readonly url: URL;
  readonly status: number;
  readonly headers: Headers;
  readonly body: Uint8Array;
  /** The body is longer than `bodyBytesMax`, and its end is missing. */
  readonly isCut: boolean;
}

/** An address that tools may not open, or an answer that leads nowhere. */
export class AddressRefusedError extends HermesError {
  override readonly name = "AddressRefusedError";
  override readonly code = "safety.address_refused";

  constructor(reason: string) {
    super(`Cannot open the address: ${reason}`, {
      hint: "Use a public address, and do not try to get around this.",
    });
  }
}

/** The answer took longer than the request allowed. */
export class SlowAnswerError extends HermesError {
  override readonly name = "SlowAnswerError";
  override readonly code = "safety.slow_answer";

  constructor(msMax: number) {
    super(`Cannot open the address: it took longer than ${Math.round(msMax / 1_000)} seconds`, {
      hint: "Try another address, or this one later.",
    });
  }
}

/** Redirects of one request. */
const REDIRECTS_MAX = 5;
/** Addresses of one host that are tried. */
const ADDRESSES_MAX = 4;
const REDIRECT_STATUSES = new Set([301, 302, 303, 307, 308]);
/** Headers that belong to the host they were meant for. */
const PRIVATE_HEADERS = ["authorization", "cookie", "proxy-authorization"];

/**
 * Gets what an address that somebody else chose holds. Each address on the way is judged, and
 * connected to at the very address that was judged (see `connectTo` of `FetchFn` for where that
 * cannot be).
 *
 * @throws AddressRefusedError, SlowAnswerError, NetworkError; and as `fetch` does when `signal` aborts.
 */
export async function safeFetch(
  request: SafeRequest,
  deps: SafeFetchDeps,
  signal: AbortSignal,
): Promise<SafeResponse> {
  const done = new AbortController();
  const timeUp = new AbortController();
  const limit = deps.clock.sleep(request.msMax, done.signal).then(() => timeUp.abort());
  try {
    return await follow(request, deps, AbortSignal.any([signal, timeUp.signal]));
  } catch (error) {
    signal.throwIfAborted();
    if (timeUp.signal.aborted) throw new SlowAnswerError(request.msMax);
    throw error;
  } finally {
    done.abort();
    await limit;
  }
}

async function follow(
  { url: text, headers = {}, bodyBytesMax }: SafeRequest,
  deps: SafeFetchDeps,
  signal: AbortSignal,
): Promise<SafeResponse> {
  const sent = new Headers(headers);
  let next = text;
  for (let redirects = 0; redirects <= REDIRECTS_MAX; redirects++) {
    const verdict = await judgeUrl(next, deps, signal);
    if (verdict.kind === "refused") throw new AddressRefusedError(verdict.reason);
    const { url } = verdict;
    const response = await connect(url, verdict.addresses, sent, deps, signal);
    const location = response.headers.get("location");
    if (!REDIRECT_STATUSES.has(response.status) || location === null) {
      const { status, headers } = response;
      return { url, status, headers, ...await readBody(response, bodyBytesMax) };
    }
    await response.body?.cancel();
    const target = URL.canParse(location, url) ? new URL(location, url) : undefined;
    if (target?.origin !== url.origin) PRIVATE_HEADERS.forEach((name) => sent.delete(name));
    next = target?.href ?? location;
  }
  throw new AddressRefusedError(`it redirects more than ${REDIRECTS_MAX} times`);
}

/** Tries the addresses of the host one after the other, as a browser does. */
async function connect(
  url: URL,
  addresses: readonly string[],
  headers: Headers,
  deps: SafeFetchDeps,
  signal: AbortSignal,
): Promise<Response> {
  let failure: unknown;
  for (const connectTo of addresses.slice(0, ADDRESSES_MAX)) {
    try {
      return await deps.fetch(url, { headers, redirect: "manual", signal, connectTo });
    } catch (error) {
      if (signal.aborted || !(error instanceof NetworkError)) throw error;
      failure = error;
    }
  }
  throw failure;
}

async function readBody(
  response: Response,
  bytesMax: number,
): Promise<{ readonly body: Uint8Array; readonly isCut: boolean }> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    const room = bytesMax - length;
    chunks.push(chunk.subarray(0, room));
    length += chunk.length;
    if (length > bytesMax) break; // Leaving the loop cancels the rest.
  }
  return { body: Buffer.concat(chunks), isCut: length > bytesMax };
}
