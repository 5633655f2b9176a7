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

/** The model could not answer. `message` and `hint` may be shown to the person who asked. */
export class ModelError extends HermesError {
  override readonly name = "ModelError";
  override readonly code: string;
  readonly kind: ModelErrorKind;
  /** HTTP status, or 0 when there was no answer. */
  readonly status: number;

  constructor(
    kind: ModelErrorKind,
    reason: string,
    options: { hint: string; status?: number; cause?: unknown },
  ) {
    super(`Cannot get an answer from the model: ${reason}`, options);
    this.kind = kind;
    this.code = `model.${kind}`;
    this.status = options.status ?? 0;
  }
}
