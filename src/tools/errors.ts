import { HermesError } from "../errors.ts";

/** A tool could not do what it was asked; the model reads `message` and `hint` and may try again. */
export class ToolError extends HermesError {
  override readonly name = "ToolError";
  override readonly code = "tools.refused";

  constructor(message: string, hint: string) {
    super(message, { hint });
  }
}
