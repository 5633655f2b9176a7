import { HermesError } from "../errors.ts";

/** A job cannot be made, changed or found as it is wanted. */
export class JobError extends HermesError {
  override readonly name = "JobError";
  override readonly code = "cron.job";

  constructor(message: string, hint: string) {
    super(message, { hint });
  }
}
