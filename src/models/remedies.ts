import type { ModelErrorKind } from "./errors.ts";

/** What can be done so that a call that failed succeeds after all. */
export type Remedy =
  /** Wait, and send the same again. */
  | "retry"
  /** Allow the model fewer tokens for its answer. */
  | "shorten_output"
  /** Put a summary in the place of the older messages. */
  | "compact"
  /** Tell of the images instead of sending them. */
  | "strip_images"
  /** Neither ask for reasoning nor send back what there was of it. */
  | "strip_reasoning"
  /** Ask another model, for the rest of the turn. */
  | "fall_back";

/** What helps against each kind of failure, the first to be tried first. Where all is tried, it stands. */
export const REMEDIES: Readonly<Record<ModelErrorKind, readonly Remedy[]>> = {
  auth: ["fall_back"],
  billing: ["shorten_output", "fall_back"],
  rate_limit: ["retry", "fall_back"],
  overloaded: ["retry", "fall_back"],
  network: ["retry", "fall_back"],
  context_overflow: ["compact", "fall_back"],
  output_limit: ["shorten_output", "fall_back"],
  model_not_found: ["fall_back"],
  refused: ["fall_back"],
  images_refused: ["strip_images", "fall_back"],
  reasoning_refused: ["strip_reasoning", "fall_back"],
  bad_request: ["fall_back"],
  bad_answer: ["fall_back"],
  first_token_timeout: ["fall_back"],
  idle_timeout: ["fall_back"],
  // Somebody has waited for half an hour: another model would not be quicker than an explanation.
  total_timeout: [],
};

/** The remedy to try next against `kind`, of those that can still be tried; `undefined` for none. */
export function nextRemedy(
  kind: ModelErrorKind,
  canTry: (remedy: Remedy) => boolean,
): Remedy | undefined {
  return REMEDIES[kind].find(canTry);
}
