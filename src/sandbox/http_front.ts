import type { IncomingMessage, ServerResponse } from "node:http";
import type { Changes } from "./changes.ts";
import type { RestAnswer } from "./faults.ts";
import type { LoggedRequest } from "./request_log.ts";
import { Refusal } from "./refusal.ts";
import { dispatch } from "./rest/dispatch.ts";
import { errorJson } from "./rest/errors.ts";
import { tooLargeRefusal } from "./rest/files.ts";
import type { Answer, SandboxParts } from "./rest/route.ts";
import { type Credentials, credentialsOf, userOfToken } from "./sessions.ts";
import { VERSION_ID } from "./version.ts";

export interface HttpFrontDeps {
  readonly parts: SandboxParts;
  /** `""`, or the path below which the server lives: `/mm`. */
  readonly basePath: string;
  readonly log: LoggedRequest[];
  readonly changes: Changes;
}

/** What the parts of a form take beside the files. */
const MULTIPART_OVERHEAD_BYTES_MAX = 65_536;

const HTML_PAGE =
  "<!DOCTYPE html><html><head><title>Mattermost</title></head><body></body></html>\n";

/** Answers one HTTP request as the server's front does, and writes it into the log. */
export async function answerHttp(
  request: IncomingMessage,
  response: ServerResponse,
  deps: HttpFrontDeps,
): Promise<void> {
  const { parts, log, changes } = deps;
  const target = request.url ?? "/";
  const url = new URL(target.replace(/^\/+/, "/"), "http://sandbox");
  const headers = headersOf(request);
  const credentials = credentialsOf(headers, url.searchParams);
  const isTooLarge = announcesTooMuch(url, headers, parts);
  const body = isTooLarge ? new Uint8Array() : await readBody(request);
  const entry: LoggedRequest = {
    method: request.method ?? "GET",
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
  const received = { entry, url, headers, credentials, body, isTooLarge, requestId };
  const answer = await answerTo(received, deps);
  if (answer.kind === "reset") {
    request.socket.destroy();
    entry.status = 0;
  } else {
    entry.status = answer.status;
    write(response, answer, requestId);
  }
  changes.notify();
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

interface Received {
  readonly entry: LoggedRequest;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly credentials: Credentials;
  readonly body: Uint8Array;
  /** An upload whose announced length was too much: its body was not read. */
  readonly isTooLarge: boolean;
  readonly requestId: string;
}

async function answerTo(received: Received, deps: HttpFrontDeps): Promise<Answer> {
  const { entry, url } = received;
  const { parts, basePath } = deps;
  if (entry.path.startsWith("//")) return redirect(301, url.pathname + url.search);
  if (!`${url.pathname}/`.startsWith(`${basePath}/`)) {
    return redirect(302, basePath + url.pathname + url.search);
  }
  const path = url.pathname.slice(basePath.length);
  if (!path.startsWith("/api/")) return page(200);
  const apiPath = path.startsWith("/api/v4/") ? path.slice("/api/v4".length) : undefined;
  const fault = takeFault(parts, entry.method, apiPath ?? path);
  if (fault?.kind === "delay") await parts.clock.sleep(fault.durationMs, parts.signal);
  else if (fault !== undefined) return answerOfFault(fault, received, parts);
  try {
    if (apiPath === undefined) throw new Refusal(404, "api.context.404.app_error", path);
    return await dispatch(entry.method, apiPath, callOf(received, parts), parts);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return refused(error, received, parts);
  }
}

function callOf(received: Received, parts: SandboxParts) {
  const { url, headers, credentials, body, isTooLarge } = received;
  if (credentials.scheme === "query") {
    throw new Refusal(401, "api.context.token_provided.app_error");
  }
  if (isTooLarge) throw tooLargeRefusal(url.searchParams.get("filename") ?? "");
  if (body.byteLength > parts.settings.bodyBytesMax && !isUpload(url)) {
    throw new Refusal(413, "api.context.request_body_too_large.app_error");
  }
  const user = userOfToken(parts.world, parts.settings, credentials.token);
  return { user, query: url.searchParams, headers, body };
}

/** The server refuses a file by its `Content-Length`, before it reads a byte. */
function announcesTooMuch(
  url: URL,
  headers: Readonly<Record<string, string>>,
  { settings }: SandboxParts,
): boolean {
  const bytesMax = settings.fileBytesMax +
    (url.searchParams.has("filename") ? 0 : MULTIPART_OVERHEAD_BYTES_MAX);
  return isUpload(url) && Number(headers["content-length"] ?? 0) > bytesMax;
}

function isUpload(url: URL): boolean {
  return url.pathname.endsWith("/files");
}

function takeFault(parts: SandboxParts, method: string, path: string): RestAnswer | undefined {
  const { faults } = parts;
  const found = faults.rest.find((fault) =>
    (fault.method === undefined || fault.method === method) &&
    (fault.path === undefined || fault.path.test(path))
  );
  if (found?.times === undefined) return found?.answer;
  found.times -= 1;
  if (found.times <= 0) faults.rest.splice(faults.rest.indexOf(found), 1);
  return found.answer;
}

function answerOfFault(
  fault: Exclude<RestAnswer, { kind: "delay" }>,
  received: Received,
  parts: SandboxParts,
): Answer {
  switch (fault.kind) {
    case "rate_limited":
      return rateLimited(fault.retryAfterS, fault.doubled === true);
    case "html":
      return page(fault.status, fault.headers);
    case "redirect":
      return redirect(302, fault.location);
    case "error":
      return refused(new Refusal(fault.status, fault.id), received, parts);
    case "body":
      return {
        kind: "bytes",
        status: fault.status,
        headers: { "content-type": fault.contentType },
        bytes: fault.text,
      };
    case "reset":
      return { kind: "reset" };
  }
}

function refused(refusal: Refusal, { requestId }: Received, parts: SandboxParts): Answer {
  return {
    kind: "bytes",
    status: refusal.status,
    headers: { "content-type": "application/json" },
    bytes: errorJson(refusal, parts.settings.locale, requestId),
  };
}

function rateLimited(retryAfterS: number, doubled: boolean): Answer {
  const seconds = String(retryAfterS);
  return {
    kind: "bytes",
    status: 429,
    headers: {
      "content-type": "text/plain; charset=utf-8",
      "retry-after": doubled ? [seconds, String(retryAfterS + 1)] : seconds,
      "x-ratelimit-limit": doubled ? ["101", "101"] : "101",
      "x-ratelimit-remaining": doubled ? ["0", "0"] : "0",
      "x-ratelimit-reset": doubled ? [seconds, seconds] : seconds,
    },
    bytes: "limit exceeded\n",
  };
}

function redirect(status: number, location: string): Answer {
  return { kind: "bytes", status, headers: { location }, bytes: "" };
}

function page(status: number, headers: Readonly<Record<string, string>> = {}): Answer {
  return {
    kind: "bytes",
    status,
    headers: { "content-type": "text/html", ...headers },
    bytes: HTML_PAGE,
  };
}

function write(
  response: ServerResponse,
  answer: Exclude<Answer, { kind: "reset" }>,
  requestId: string,
): void {
  const bytes = answer.kind === "json" ? JSON.stringify(answer.body) : answer.bytes;
  const headers = answer.kind === "json" ? { "content-type": "application/json" } : answer.headers;
  const isOwn = answer.status < 300 || answer.status >= 400 && answer.status !== 429;
  if (isOwn) {
    response.setHeader("X-Request-ID", requestId);
    response.setHeader("X-Version-Id", VERSION_ID);
  }
  for (const [name, value] of Object.entries(headers)) {
    response.setHeader(name, typeof value === "string" ? value : [...value]);
  }
  response.writeHead(answer.status);
  response.end(bytes);
}

async function readBody(request: IncomingMessage): Promise<Uint8Array> {
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
