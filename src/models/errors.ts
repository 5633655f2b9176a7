import { HermesError } from "../errors.ts";

/** Why a model call failed; each kind has one remedy. */
export type ModelErrorKind =
  | "auth"
  | "billing"
  | "rate_limit"
  | "overloaded"
  | "context_overflow"
  | "model_not_found"
  | "refused"
  | "bad_request"
  | "network"
  | "first_token_timeout"
  | "idle_timeout"
  | "total_timeout"
  | "bad_answer";

/** Not the timeouts: somebody has waited long enough, and a slow model is slow the second time too. */
const KINDS_WORTH_A_RETRY: ReadonlySet<ModelErrorKind> = new Set([
  "rate_limit",
  "overloaded",
  "network",
]);

/** The model could not answer. `message` and `hint` may be shown to the person who asked. */
export class ModelError extends HermesError {
  override readonly name = "ModelError";
  override readonly code: string;
  readonly kind: ModelErrorKind;
  /** HTTP status, or 0 when there was no answer. */
  readonly status: number;
  /** Whether the same request may succeed when it is sent again. */
  readonly isRetryable: boolean;
  /** How long the provider asked to wait, if it did. */
  readonly retryAfterMs: number | undefined;

  constructor(
    kind: ModelErrorKind,
    reason: string,
    options: {
      hint: string;
      status?: number;
      retryAfterMs?: number | undefined;
    },
  ) {
    super(`Cannot get an answer from the model: ${reason}`, options);
    this.kind = kind;
    this.code = `model.${kind}`;
    this.status = options.status ?? 0;
    this.isRetryable = KINDS_WORTH_A_RETRY.has(kind);
    this.retryAfterMs = options.retryAfterMs;
  }
}
