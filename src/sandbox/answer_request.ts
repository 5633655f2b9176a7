import type { RestAnswer } from "./faults.ts";
import {
  answerOfFault,
  isBelow,
  notUpgraded,
  page,
  redirect,
  refused,
  stamped,
  type WireAnswer,
} from "./front_answers.ts";
import { Refusal, unknownRouteRefusal } from "./refusal.ts";
import type { LoggedRequest } from "./request_log.ts";
import { dispatch } from "./rest/dispatch.ts";
import { tooLargeRefusal } from "./rest/files.ts";
import type { SandboxParts } from "./parts.ts";
import { type Credentials, userOfToken } from "./sessions.ts";
import { answerLater } from "./slash_commands.ts";

/** What the parts of a form take beside the files. */
const MULTIPART_OVERHEAD_BYTES_MAX = 65_536;

/** A request as the front has read it. */
export interface Received {
  readonly entry: LoggedRequest;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly credentials: Credentials;
  readonly body: Uint8Array;
  /** An upload whose announced length was too much: its body was not read. */
  readonly isTooLarge: boolean;
  readonly requestId: string;
}

/**
 * The server's answer to a request: redirects and pages for paths that are not the API's, the
 * switched-on faults, and for the rest what its route says.
 */
export async function answerRequest(
  received: Received,
  parts: SandboxParts,
  basePath: string,
): Promise<WireAnswer> {
  const { entry, url, requestId } = received;
  const { movedTo } = parts.faults;
  if (movedTo !== undefined) return redirect(301, movedTo + url.pathname + url.search);
  if (entry.path.startsWith("//")) return redirect(301, url.pathname + url.search);
  if (!isBelow(url, basePath)) {
    return redirect(302, basePath + url.pathname + url.search);
  }
  const path = url.pathname.slice(basePath.length);
  const [, hookId] = path.match(/^\/hooks\/commands\/([a-z0-9]{26})$/) ?? [];
  if (hookId !== undefined) return answerHook(hookId, received, parts);
  if (!path.startsWith("/api/")) return stamped(page(200), requestId);
  const apiPath = path.startsWith("/api/v4/") ? path.slice("/api/v4".length) : undefined;
  const fault = takeFault(parts, entry.method, apiPath ?? path);
  if (fault?.kind === "delay") await parts.clock.sleep(fault.durationMs, parts.signal);
  else if (fault !== undefined) return answerOfFault(fault, requestId, parts);
  const { locale } = parts.settings;
  if (apiPath === undefined) {
    return stamped(refused(unknownRouteRefusal(path), requestId, locale), requestId);
  }
  if (/^\/websocket\/?$/.test(apiPath)) return notUpgraded(400, "", requestId, locale);
  try {
    const call = callOf(received, parts);
    const answer = await dispatch(entry.method, apiPath, call, parts);
    return answer.kind === "reset" ? answer : stamped(answer, requestId);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return refused(error, requestId, locale);
  }
}

/** A later answer to a slash command, which needs no token. */
function answerHook(hookId: string, received: Received, parts: SandboxParts): WireAnswer {
  const { body, requestId } = received;
  try {
    answerLater(hookId, JSON.parse(new TextDecoder().decode(body)), parts);
    const headers = { "content-type": "text/plain" };
    return stamped({ kind: "bytes", status: 200, headers, bytes: "ok" }, requestId);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return refused(error, requestId, parts.settings.locale);
  }
}

function callOf(received: Received, parts: SandboxParts) {
  const { url, headers, credentials, body, isTooLarge } = received;
  if (credentials.scheme === "query") {
    throw new Refusal(401, "api.context.token_provided.app_error");
  }
  if (isTooLarge) {
    const name = url.searchParams.get("filename") ?? "";
    const announced = url.searchParams.has("filename") ? Number(headers["content-length"]) : -1;
    throw tooLargeRefusal(name, announced, parts.settings);
  }
  if (body.byteLength > parts.settings.bodyBytesMax && !isUpload(url)) {
    throw new Refusal(413, "api.context.request_body_too_large.app_error");
  }
  const user = userOfToken(parts.world, parts.settings, credentials.token);
  return { user, query: url.searchParams, headers, body };
}

/** The server refuses a file by its `Content-Length`, before it reads a byte. */
export function announcesTooMuch(
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
