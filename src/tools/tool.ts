import type { z } from "zod";

/** Something the model may do. Input is validated before `run` sees it. */
export interface Tool<Input = unknown> {
  /** snake_case, as the model writes it. */
  readonly name: string;
  /** For the model: what it does, when to use it, its limits. */
  readonly description: string;
  readonly input: z.ZodType<Input>;
  /** It changes nothing, so calls to it may run side by side. Without it, calls wait in line. */
  readonly readOnly?: boolean;
  /**
   * Runs the call and gives the text that the model reads. A thrown error becomes an error result
   * for the model; only aborting `signal` ends the turn.
   */
  run(input: Input, signal: AbortSignal): Promise<string>;
}
