import type { IncomingMessage, ServerResponse } from "node:http";
import type { Changes } from "./changes.ts";
import { announcesTooMuch, answerRequest, type Received } from "./answer_request.ts";
import type { WireAnswer } from "./front_answers.ts";
import type { LoggedRequest } from "./request_log.ts";
import type { SandboxParts } from "./parts.ts";
import { credentialsOf } from "./sessions.ts";

export interface HttpFrontDeps {
  readonly parts: SandboxParts;
  /** `""`, or the path below which the server lives: `/mm`. */
  readonly basePath: string;
  readonly log: LoggedRequest[];
  readonly changes: Changes;
}

/** Answers one HTTP request as the server's front does, and writes it into the log. */
export async function answerHttp(
  request: IncomingMessage,
  response: ServerResponse,
  deps: HttpFrontDeps,
): Promise<void> {
  const { method = "GET", url: target = "/" } = request;
  const readBody = () => bodyOf(request);
  const raw = { method, target, headers: headersOf(request), readBody };
  const { answer, entry } = await answerRaw(raw, deps);
  if (answer.kind === "reset") {
    request.socket.destroy();
    entry.status = 0;
  } else {
    entry.status = answer.status;
    const headers = { ...frontHeaders(deps.parts), ...answer.headers };
    for (const [name, value] of Object.entries(headers)) {
      response.setHeader(name, typeof value === "string" ? value : [...value]);
    }
    response.writeHead(answer.status);
    response.end(answer.bytes);
  }
  deps.changes.notify();
}

/** The same for a client in this process, without a network. Rejects when the answer is none. */
export async function answerFetch(request: Request, deps: HttpFrontDeps): Promise<Response> {
  const { pathname, search } = new URL(request.url);
  const { answer, entry } = await answerRaw({
    method: request.method,
    target: `${pathname}${search}`,
    headers: Object.fromEntries(request.headers),
    readBody: async () => new Uint8Array(await request.arrayBuffer()),
  }, deps);
  entry.status = answer.kind === "reset" ? 0 : answer.status;
  deps.changes.notify();
  if (answer.kind === "reset") throw new TypeError("the sandbox ended the connection");
  const headers = new Headers(frontHeaders(deps.parts));
  for (const [name, values] of Object.entries(answer.headers)) {
    for (const value of typeof values === "string" ? [values] : values) headers.append(name, value);
  }
  const hasBody = ![101, 204, 205, 304].includes(answer.status);
  return new Response(hasBody ? Buffer.from(answer.bytes) : null, {
    status: answer.status,
    headers,
  });
}

interface RawRequest {
  readonly method: string;
  readonly target: string;
  readonly headers: Record<string, string>;
  readonly readBody: () => Promise<Uint8Array>;
}

async function answerRaw(
  { method, target, headers, readBody }: RawRequest,
  { parts, basePath, log, changes }: HttpFrontDeps,
): Promise<{ readonly answer: WireAnswer; readonly entry: LoggedRequest }> {
  const url = urlOf({ url: target });
  const credentials = credentialsOf(headers, url.searchParams);
  const isTooLarge = announcesTooMuch(url, headers, parts);
  const body = isTooLarge ? new Uint8Array() : await readBody();
  const entry: LoggedRequest = {
    method,
    path: target,
    atMs: parts.clock.nowMs(),
    headers: withoutSecrets(headers),
    authorization: credentials.scheme,
    body: parsedOrText(body),
    status: undefined,
  };
  log.push(entry);
  changes.notify();
  const requestId = parts.world.newId();
  const received: Received = { entry, url, headers, credentials, body, isTooLarge, requestId };
  return { answer: await answerRequest(received, parts, basePath), entry };
}

/** What the server adds to every answer: its time, and how much its rate limiter has left. */
function frontHeaders({ clock, settings: { rateBurst } }: SandboxParts): Record<string, string> {
  return {
    "Date": new Date(clock.nowMs()).toUTCString(),
    ...(rateBurst === undefined ? {} : {
      "X-RateLimit-Limit": String(rateBurst + 1),
      "X-RateLimit-Remaining": String(rateBurst),
      "X-RateLimit-Reset": "1",
    }),
  };
}

/** The address asked for, without doubled slashes at the start. */
export function urlOf(request: { readonly url?: string | undefined }): URL {
  return new URL(`http://sandbox${(request.url ?? "").replace(/^\/*/, "/")}`);
}

/** Headers with names in lower case, several of one name joined. */
export function headersOf(request: IncomingMessage): Record<string, string> {
  const entries = Object.entries(request.headers)
    .map(([name, value]) => [name, Array.isArray(value) ? value.join(", ") : value ?? ""]);
  return Object.fromEntries(entries);
}

export function withoutSecrets(headers: Readonly<Record<string, string>>): Record<string, string> {
  const { authorization: _, cookie: __, ...kept } = headers;
  return kept;
}

async function bodyOf(request: IncomingMessage): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function parsedOrText(body: Uint8Array): unknown {
  const text = new TextDecoder().decode(body);
  try {
    return JSON.parse(text);
  } catch {
    return text; // A file, or a body that is broken on purpose: logged as it is.
  }
}
