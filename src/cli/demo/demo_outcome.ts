import type { LogFields } from "../../runtime/log.ts";

/** What the gateway made of a post. */
export type PostOutcome =
  | { readonly kind: "answered"; readonly postId: string }
  | { readonly kind: "ignored"; readonly postId: string; readonly reason: string }
  | { readonly kind: "failed"; readonly postId: string };

/** Reads the end of a post's handling from the gateway's log; `undefined` for all other lines. */
export function readOutcome(event: string, fields: LogFields): PostOutcome | undefined {
  const postId = String(fields.postId);
  switch (event) {
    case "gateway.answered":
      return { kind: "answered", postId };
    case "gateway.ignored":
      return { kind: "ignored", postId, reason: String(fields.reason) };
    case "gateway.not_answered":
    case "gateway.interrupted":
    case "gateway.dropped":
      return { kind: "failed", postId };
    default:
      return undefined;
  }
}

/** Why there is no answer, for people. `undefined` when nobody expects one. */
export function describeIgnored(reason: string, person: string): string | undefined {
  if (reason === "not_mentioned") {
    return "hermes was not mentioned; in a channel it answers to @hermes";
  }
  if (reason === "for_others") return "it is for somebody else, and hermes leaves it alone";
  if (reason === "user_not_allowed") return `${person} is not one of those whom hermes answers`;
  return reason.startsWith("from_") ? undefined : `hermes ignored it: ${reason}`;
}
