import { STATUS_CODES } from "node:http";
import type { RestAnswer } from "./faults.ts";
import { Refusal } from "./refusal.ts";
import { errorJson } from "./rest/errors.ts";
import type { SandboxParts } from "./parts.ts";
import type { Answer } from "./rest/route.ts";
import type { ServerSettings } from "./settings.ts";
import { VERSION_ID } from "./version.ts";

/** An answer ready to be written. */
export type WireAnswer = Exclude<Answer, { kind: "json" }>;
export type BytesAnswer = Extract<Answer, { kind: "bytes" }>;

const HTML_PAGE =
  "<!DOCTYPE html><html><head><title>Mattermost</title></head><body></body></html>\n";

/** Whether the address is the server's, which lives below `basePath`. */
export function isBelow(url: URL, basePath: string): boolean {
  return `${url.pathname}/`.startsWith(`${basePath}/`);
}

/** Adds the headers by which a client recognises the server itself. */
export function stamped(
  answer: Exclude<Answer, { kind: "reset" }>,
  requestId: string,
): BytesAnswer {
  const own = { "X-Request-ID": requestId, "X-Version-Id": VERSION_ID };
  if (answer.kind === "bytes") return { ...answer, headers: { ...own, ...answer.headers } };
  const headers = { ...own, "content-type": "application/json" };
  return { kind: "bytes", status: answer.status, headers, bytes: JSON.stringify(answer.body) };
}

/** What a switched-on fault puts in place of the answer. */
export function answerOfFault(
  fault: Exclude<RestAnswer, { kind: "delay" }>,
  requestId: string,
  parts: SandboxParts,
): WireAnswer {
  switch (fault.kind) {
    case "rate_limited":
      return rateLimited(fault.retryAfterS, fault.doubled === true);
    case "html":
      return page(fault.status, fault.headers);
    case "redirect":
      return redirect(302, fault.location);
    case "error":
      return refused(new Refusal(fault.status, fault.id), requestId, parts.settings.locale);
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

/** What a request for the socket gets that cannot be upgraded: a line of the library, then JSON. */
export function notUpgraded(
  status: 400 | 403,
  origin: string,
  requestId: string,
  locale: ServerSettings["locale"],
): BytesAnswer {
  const refusal = new Refusal(400, "api.web_socket.connect.upgrade.app_error", origin);
  const type = status === 400 ? "application/json" : "text/plain; charset=utf-8";
  return stamped({
    kind: "bytes",
    status,
    headers: { "Content-Type": type, "Sec-WebSocket-Version": "13" },
    bytes: `${STATUS_CODES[status]}\n${errorJson(refusal, locale, requestId)}`,
  }, requestId);
}

/** An error body. An unknown route answers without the server's own headers. */
export function refused(
  refusal: Refusal,
  requestId: string,
  locale: ServerSettings["locale"],
): BytesAnswer {
  const isUnknownRoute = refusal.id === "api.context.404.app_error";
  const answer: BytesAnswer = {
    kind: "bytes",
    status: refusal.status,
    headers: { "content-type": "application/json" },
    bytes: errorJson(refusal, locale, requestId),
  };
  return isUnknownRoute ? answer : stamped(answer, requestId);
}

function rateLimited(retryAfterS: number, doubled: boolean): BytesAnswer {
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

export function redirect(status: number, location: string): BytesAnswer {
  return { kind: "bytes", status, headers: { location }, bytes: "" };
}

/** The page of the web client, which also answers for wrong paths. */
export function page(status: number, headers: Readonly<Record<string, string>> = {}): BytesAnswer {
  return {
    kind: "bytes",
    status,
    headers: { "content-type": "text/html", ...headers },
    bytes: HTML_PAGE,
  };
}
