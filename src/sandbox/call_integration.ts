import { request as httpRequest } from "node:http";
import type { SandboxParts } from "./parts.ts";

/** What an integration has answered. */
export interface IntegrationAnswer {
  readonly status: number;
  readonly statusText: string;
  readonly isJson: boolean;
  readonly text: string;
}

export interface IntegrationCall {
  readonly method: "POST" | "GET";
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Sent as the body of a POST. */
  readonly body: string;
}

/** `OutgoingIntegrationRequestsTimeout`. */
const ANSWER_MS_MAX = 30_000;
const LOOPBACK = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/;

/**
 * Calls an integration as the server does. `undefined` when that cannot be done, nobody answers in
 * time, or its address is an internal one that the administrator has not released.
 */
export function callIntegration(
  { method, url, headers, body }: IntegrationCall,
  { settings, clock, signal }: Pick<SandboxParts, "settings" | "clock" | "signal">,
): Promise<IntegrationAnswer | undefined> {
  const { hostname } = new URL(url);
  const isReleased = settings.internalConnections.includes(hostname);
  if (LOOPBACK.test(hostname) && !isReleased) return Promise.resolve(undefined);
  const over = new AbortController();
  const isOver = AbortSignal.any([signal, over.signal]);
  const answered = new Promise<IntegrationAnswer | undefined>((resolve) => {
    const request = httpRequest(url, {
      method,
      headers: {
        "User-Agent": "Mattermost-Bot/1.1",
        "Accept": "application/json",
        ...headers,
        ...(method === "POST" ? { "Content-Length": new Blob([body]).size } : {}),
      },
    }, (response) => {
      const chunks: Uint8Array[] = [];
      response.on("data", (chunk: Uint8Array) => chunks.push(chunk));
      response.on("error", () => resolve(undefined));
      response.on("end", () => {
        resolve({
          status: response.statusCode ?? 0,
          statusText: response.statusMessage ?? "",
          isJson: (response.headers["content-type"] ?? "").startsWith("application/json"),
          text: Buffer.concat(chunks).toString(),
        });
      });
    });
    request.on("error", () => resolve(undefined));
    isOver.addEventListener("abort", () => {
      request.destroy();
      resolve(undefined);
    });
    request.end(method === "POST" ? body : undefined);
  });
  void clock.sleep(ANSWER_MS_MAX, isOver).then(() => over.abort());
  return answered.finally(() => over.abort());
}
