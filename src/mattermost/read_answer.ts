import { asNumber, asObject, parseJson } from "./decode.ts";

/** Longest wait we let a server impose; after it we ask again. */
const RETRY_AFTER_MS_MAX = 60_000;

/** The server's error, wherever it stands in `text`. Source: model.AppError. */
export interface AppError {
  /** E.g. `api.context.permissions.app_error`. */
  readonly id: string;
  /** 0 when it is cut off. */
  readonly status: number;
  /** Where it begins in the text. */
  readonly index: number;
}

/**
 * Finds an error of the server in a body that is not JSON as a whole: the server appends one to a
 * list that it has begun to send, and to the words of a refused upgrade. Ids of errors have dots,
 * ids of everything else have none.
 */
export function findAppError(text: string): AppError | undefined {
  const match = /\{\s*"id"\s*:\s*"(\w+(?:\.\w+)+|mfa_required)"/.exec(text);
  if (match === null) return undefined;
  const error = asObject(parseJson(text.slice(match.index)));
  return { id: match[1] ?? "", status: asNumber(error?.status_code) ?? 0, index: match.index };
}

/**
 * A `Retry-After` in milliseconds: seconds or a date; of several values, as a doubly sent header
 * gives them, the longest. 0 when there is none.
 */
export function parseRetryAfterMs(header: string | null, nowMs: number): number {
  if (header === null) return 0;
  const seconds = header.split(",").map((part) => asNumber(part.trim())).filter((part) =>
    part !== undefined
  );
  const waitMs = seconds.length > 0 ? Math.max(...seconds) * 1_000 : Date.parse(header) - nowMs;
  return Number.isNaN(waitMs) ? 0 : Math.min(Math.max(waitMs, 0), RETRY_AFTER_MS_MAX);
}

/** The beginning of a body, at most `bytesMax` of it; the rest is not fetched. */
export async function readTextPart(response: Response, bytesMax: number): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  let bytesLeft = bytesMax;
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk.subarray(0, bytesLeft), { stream: true });
    bytesLeft -= chunk.length;
    if (bytesLeft <= 0) break; // Leaving the loop cancels the body.
  }
  return text;
}
