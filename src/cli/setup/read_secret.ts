import { secret } from "../../config/parsers.ts";
import { rawText } from "../../config/raw_value.ts";
import type { Secret } from "../../runtime/secret.ts";

export type ReadSecret =
  | { readonly kind: "empty" }
  | { readonly kind: "malformed"; readonly problem: string }
  | { readonly kind: "read"; readonly secret: Secret };

/** What somebody typed or pasted for a token or a key; `what` begins the sentence about it. */
export function readSecret(typed: string, what: string): ReadSecret {
  const raw = rawText(typed);
  if (raw.kind === "empty") return { kind: "empty" };
  const parsed = secret(raw);
  if (parsed.kind === "accepted") return { kind: "read", secret: parsed.value };
  return { kind: "malformed", problem: `${what} ${parsed.problems[0]?.predicate}` };
}
