import { HermesError } from "../errors.ts";
import type { Clock } from "../runtime/clock.ts";
import type { Log } from "../runtime/log.ts";
import type { FetchFn } from "../runtime/network.ts";
import { classifyNetworkError, NetworkError } from "../runtime/network_error.ts";
import type { Random } from "../runtime/random.ts";
import type { Secret } from "../runtime/secret.ts";
import type { ServerUrl } from "./base_url.ts";
import { parseJson } from "./decode.ts";
import { MattermostApiError, UnexpectedAnswerError } from "./errors.ts";
import { findAppError, parseRetryAfterMs, readTextPart } from "./read_answer.ts";

/** Longest time for one request with its answer. The server forgets a pending post id after 30 s. */
const REQUEST_MS_MAX = 15_000;
/** Longest wait for the next part of a file. */
const FILE_PART_MS_MAX = 30_000;
/** A file that is sent more slowly than that does not arrive in any useful time. */
const UPLOAD_BYTES_PER_MS_MIN = 50;
/** So much of a refusal is read; a proxy's page is cut. */
const REFUSAL_BYTES_MAX = 8_192;
/** Wait after a 429 that names no time. */
const PAUSE_MS_DEFAULT = 1_000;
/** Share by which a pause is made longer at random, so that not all come back at once. */
const PAUSE_JITTER = 0.1;

export interface RestClientDeps {
  readonly serverUrl: ServerUrl;
  /** Without one only public endpoints answer. */
  readonly token: Secret | undefined;
  readonly fetch: FetchFn;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

export interface RestRequest {
  /** What we want, for the error's message, e.g. `create a post`. */
  readonly action: string;
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  /** Below `/api/v4`, with its query. */
  readonly path: string;
  /** Sent as JSON, but for a `Blob`, which is sent as it is. */
  readonly body?: unknown;
}

/** A good answer, unparsed. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/**
 * Requests to one server with one token. Throws `MattermostApiError` when the server refuses,
 * `UnexpectedAnswerError` when something else answers, `NetworkError` when nothing does. After a
 * 429 all requests wait until the time that the server named is over.
 */
export class RestClient {
  readonly #deps: RestClientDeps;
  #pausedUntilMs = 0;

  constructor(deps: RestClientDeps) {
    this.#deps = deps;
  }

  /** The server asked us to wait, and that time is not over. */
  get isPaused(): boolean {
    return this.#deps.clock.nowMs() < this.#pausedUntilMs;
  }

  async request<T>(
    request: RestRequest,
    decode: (value: unknown) => T | undefined,
    signal: AbortSignal,
  ): Promise<T> {
    const { status, text } = await this.ask(request, signal);
    const decoded = decode(parseJson(text));
    if (decoded !== undefined) return decoded;
    throw new UnexpectedAnswerError({ action: request.action, kind: "not_json", status });
  }

  /** A file as it comes: there is no limit for the whole, but each part has to come in time. */
  async *download(request: RestRequest, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    await this.#waitOutPause(signal);
    const url = this.#deps.serverUrl.restUrl + request.path;
    const left = new AbortController();
    const late = new AbortController();
    const life = AbortSignal.any([signal, left.signal, late.signal]);
    const inTime = <T>(pending: Promise<T>) => this.#inTime(pending, late, life);
    try {
      const response = await inTime(
        this.#deps.fetch(url, { ...this.#init(request), signal: life }),
      );
      if (!response.ok) {
        const { status, headers } = response;
        const text = await inTime(readTextPart(response, REFUSAL_BYTES_MAX));
        throw this.#refusal(request, { status, headers, text });
      }
      const reader = response.body?.getReader();
      while (reader !== undefined) {
        const { done, value } = await inTime(reader.read());
        if (done) return;
        yield value;
      }
    } catch (error) {
      signal.throwIfAborted();
      if (late.signal.aborted) throw new NetworkError("timeout", url, { cause: error });
      throw error instanceof HermesError ? error : classifyNetworkError(error, url);
    } finally {
      left.abort();
    }
  }

  /** Waits for a part of a file, and aborts `late` when it does not come. */
  async #inTime<T>(pending: Promise<T>, late: AbortController, life: AbortSignal): Promise<T> {
    const came = new AbortController();
    const limit = this.#deps.clock.sleep(FILE_PART_MS_MAX, AbortSignal.any([life, came.signal]))
      .then(() => came.signal.aborted || late.abort());
    try {
      return await pending;
    } finally {
      came.abort();
      await limit;
    }
  }

  /** The answer itself, when it says that it is JSON of a Mattermost server. */
  async ask(request: RestRequest, signal: AbortSignal): Promise<Answer> {
    await this.#waitOutPause(signal);
    const answer = await this.#sendAgainIfCut(request, signal);
    if (answer.status >= 200 && answer.status < 300) {
      const kind = unexpectedKind(answer);
      if (kind === undefined) return answer;
      throw new UnexpectedAnswerError({ action: request.action, kind, status: answer.status });
    }
    throw this.#refusal(request, answer);
  }

  async #waitOutPause(signal: AbortSignal): Promise<void> {
    while (this.isPaused && !signal.aborted) {
      await this.#deps.clock.sleep(this.#pausedUntilMs - this.#deps.clock.nowMs(), signal);
    }
    signal.throwIfAborted();
  }

  /** A proxy that reloads cuts the connections it has: a read is worth a second one. */
  async #sendAgainIfCut(request: RestRequest, signal: AbortSignal): Promise<Answer> {
    try {
      return await this.#send(request, signal);
    } catch (error) {
      const isReset = error instanceof NetworkError && error.kind === "reset";
      if (signal.aborted || !isReset || request.method !== "GET") throw error;
      return await this.#send(request, signal);
    }
  }

  async #send(request: RestRequest, signal: AbortSignal): Promise<Answer> {
    const { clock, serverUrl } = this.#deps;
    const url = serverUrl.restUrl + request.path;
    const timeout = new AbortController();
    const answered = new AbortController();
    const size = request.body instanceof Blob ? request.body.size : 0;
    const msMax = REQUEST_MS_MAX + size / UPLOAD_BYTES_PER_MS_MIN;
    const expiry = clock.sleep(msMax, AbortSignal.any([signal, answered.signal]))
      .then(() => timeout.abort()); // Also when answered: it lets go of the caller's signal.
    try {
      const response = await this.#deps.fetch(url, {
        ...this.#init(request),
        signal: AbortSignal.any([signal, timeout.signal]),
      });
      const text =
        await (response.ok ? response.text() : readTextPart(response, REFUSAL_BYTES_MAX));
      return { status: response.status, headers: response.headers, text };
    } catch (error) {
      signal.throwIfAborted();
      if (timeout.signal.aborted) throw new NetworkError("timeout", url, { cause: error });
      throw error instanceof HermesError ? error : classifyNetworkError(error, url);
    } finally {
      answered.abort();
      await expiry;
    }
  }

  #init(request: RestRequest): RequestInit {
    const { token } = this.#deps;
    const headers = token === undefined ? {} : { authorization: `Bearer ${token.reveal()}` };
    const init = { method: request.method, redirect: "manual" } as const;
    if (request.body === undefined) return { ...init, headers };
    const { body } = request;
    const isFile = body instanceof Blob;
    const type = isFile ? "application/octet-stream" : "application/json";
    const sent = isFile ? body : JSON.stringify(body);
    return { ...init, headers: { ...headers, "content-type": type }, body: sent };
  }

  #refusal(request: RestRequest, answer: Answer): MattermostApiError | UnexpectedAnswerError {
    const { action } = request;
    const { status, headers, text } = answer;
    const location = headers.get("location");
    if (status < 400 && location !== null) {
      const target = URL.parse(location, this.#deps.serverUrl.restUrl + request.path);
      const place = target === null ? "no valid address" : target.origin + target.pathname;
      return new UnexpectedAnswerError({ action, kind: "redirect", status, location: place });
    }
    const id = findAppError(text)?.id ?? "";
    const retryAfterMs = parseRetryAfterMs(headers.get("retry-after"), this.#deps.clock.nowMs());
    if (status === 429) this.#pause(retryAfterMs || PAUSE_MS_DEFAULT);
    const isServerAtAll = id !== "" || status === 413 || status === 429 || status >= 500;
    if (!isServerAtAll) {
      const kind = isHtml(headers) ? "html" : "not_json";
      return new UnexpectedAnswerError({ action, kind, status });
    }
    const requestId = headers.get("x-request-id") ?? "";
    return new MattermostApiError({ action, status, id, requestId, retryAfterMs });
  }

  #pause(durationMs: number): void {
    const { clock, random, log } = this.#deps;
    const pauseMs = Math.round(durationMs * (1 + random.float() * PAUSE_JITTER));
    this.#pausedUntilMs = Math.max(this.#pausedUntilMs, clock.nowMs() + pauseMs);
    log("warn", "mattermost.requests_paused", { pauseMs });
  }
}

/** Why a good status is no good answer; `undefined` when it is one. */
function unexpectedKind(answer: Answer): "html" | "not_json" | "not_mattermost" | undefined {
  if (isHtml(answer.headers)) return "html";
  if (!/\bjson\b/i.test(answer.headers.get("content-type") ?? "")) return "not_json";
  return answer.headers.has("x-version-id") ? undefined : "not_mattermost";
}

function isHtml(headers: Headers): boolean {
  return /^text\/html\b/i.test(headers.get("content-type") ?? "");
}
