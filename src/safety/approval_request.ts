/** Something that a person has to allow before it is done. */
export interface ApprovalRequest {
  /** What would be done, as a person can judge it: the command itself. */
  readonly command: string;
  /** Why it has to be allowed, each in a few words, e.g. `deletes a folder with all that is in it`. */
  readonly reasons: readonly string[];
  /** How long the question stands. Silence is a refusal. */
  readonly expiresInMs: number;
}

/** What became of the question. Whoever is asked says no more than this. */
export type ApprovalAnswer =
  | { readonly kind: "allowed"; readonly scope: ApprovalScope }
  | { readonly kind: "denied" }
  | { readonly kind: "expired" }
  /** Nobody can be asked here: a job that runs by itself, a pipe. */
  | { readonly kind: "nobody_to_ask" };

/** For how long what was allowed is allowed: this once, until the session ends, from now on. */
export type ApprovalScope = "once" | "session" | "always";

/** Puts the question to the people of one conversation. How, the chat or the terminal knows. */
export type AskApproval = (
  request: ApprovalRequest,
  signal: AbortSignal,
) => Promise<ApprovalAnswer>;

/** For conversations that have nobody to ask. */
export const askNobody: AskApproval = () => Promise.resolve({ kind: "nobody_to_ask" });
