import { HermesError } from "../errors.ts";
import { REMEDIES } from "./remedies.ts";
import type { TokenLimits } from "./token_limits.ts";

/** Why a model call failed. What can be done about each kind stands in `REMEDIES`. */
export type ModelErrorKind =
  | "auth"
  | "billing"
  | "rate_limit"
  | "overloaded"
  /** More than the model can read at once. */
  | "context_overflow"
  /** The model may not be allowed as many tokens for its answer. */
  | "output_limit"
  | "model_not_found"
  | "refused"
  /** The model takes no images, or not these. */
  | "images_refused"
  /** The model does not reason as it was asked to, or does not take its reasoning back. */
  | "reasoning_refused"
  | "bad_request"
  | "network"
  | "first_token_timeout"
  | "idle_timeout"
  | "total_timeout"
  | "bad_answer";

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
  /** What the provider said about how much it takes, if it did. */
  readonly limits: TokenLimits;

  constructor(
    kind: ModelErrorKind,
    reason: string,
    options: {
      hint: string;
      status?: number;
      retryAfterMs?: number | undefined;
      limits?: TokenLimits;
    },
  ) {
    super(`Cannot get an answer from the model: ${reason}`, options);
    this.kind = kind;
    this.code = `model.${kind}`;
    this.status = options.status ?? 0;
    this.isRetryable = REMEDIES[kind].includes("retry");
    this.retryAfterMs = options.retryAfterMs;
    this.limits = options.limits ?? {};
  }
}
