import type { ApiErrorKind } from "../mattermost/describe_api_error.ts";
import { MattermostApiError, UnexpectedAnswerError } from "../mattermost/errors.ts";
import { NetworkError } from "../runtime/network_error.ts";

/**
 * What to do after a create that did not answer 201.
 * `repeat`: the outcome is unknown or the first try is still running; look, then send the same id.
 * `reconcile`: it may be stored and the server may have forgotten the id; look before sending again.
 * `unsent`: it never reached the server; wait for the server.
 * `pause`: refused before it was looked at; send it again after `delayMs`.
 * `flat`: the root of the thread is gone. `renew`: what was stored under the pending id is gone.
 * `doubt`: a refusal that a busy server also gives by mistake; believe the third one.
 * `recheck`: the token was refused; a server whose database is away refuses good ones.
 * `final`: this post will never be accepted.
 */
export type CreateRemedy =
  | { readonly kind: RemedyKind }
  | { readonly kind: "pause"; readonly delayMs: number };

type RemedyKind =
  | "repeat"
  | "reconcile"
  | "unsent"
  | "flat"
  | "renew"
  | "doubt"
  | "recheck"
  | "final";

const REMEDIES: Partial<Readonly<Record<ApiErrorKind, RemedyKind>>> = {
  create_pending: "repeat",
  unavailable: "repeat",
  server_failed: "reconcile",
  root_gone: "flat",
  forbidden: "doubt",
  unauthorized: "recheck",
};

/** The answer to a create that repeats the pending id of a deleted post. */
const PENDING_POST_GONE_ID = "api.post.deduplicate_create_post.failed_to_get";

/** Decides by kind and status, never by words. Source: server 11.6, app/post.go and its store. */
export function remedyForCreate(error: unknown): CreateRemedy {
  if (error instanceof NetworkError) return { kind: isUnsent(error) ? "unsent" : "repeat" };
  if (error instanceof UnexpectedAnswerError) return { kind: "repeat" };
  if (!(error instanceof MattermostApiError)) return { kind: "final" };
  if (error.id === PENDING_POST_GONE_ID) return { kind: "renew" };
  if (error.kind === "rate_limited") return { kind: "pause", delayMs: error.retryAfterMs };
  return { kind: REMEDIES[error.kind] ?? "final" };
}

function isUnsent(error: NetworkError): boolean {
  return error.kind === "refused" || error.kind === "dns" || error.kind === "unreachable";
}
