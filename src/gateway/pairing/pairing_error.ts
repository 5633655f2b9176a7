import { HermesError } from "../../errors.ts";

/** A file of pairings cannot be used. */
export class PairingFileError extends HermesError {
  override readonly name = "PairingFileError";
  override readonly code = "pairing.unusable_file";

  constructor(path: string) {
    super(`Cannot use ${path}: it is damaged, or another process holds it`, {
      hint: "Try again in a moment; mend or remove the file if that does not help.",
    });
  }
}
