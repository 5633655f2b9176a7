import { HermesError } from "../../errors.ts";

/** What may go wrong with a release or a program, beyond the network and the disk. */
export type UpdateProblem =
  | "no_address"
  | "from_source"
  | "not_found"
  | "download"
  | "damaged"
  | "does_not_start"
  | "not_permitted"
  | "no_previous";

/** The program stays as it is. */
export class UpdateError extends HermesError {
  override readonly name = "UpdateError";
  override readonly code: string;

  constructor(problem: UpdateProblem, message: string, hint: string, cause?: unknown) {
    super(message, { hint, cause });
    this.code = `update.${problem}`;
  }
}
