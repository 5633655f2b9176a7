import type { Clock } from "../../runtime/clock.ts";
import type { Random } from "../../runtime/random.ts";
import type { SetupDraft } from "./draft.ts";
import type { Prompter } from "./prompter.ts";
import type { SetupAnswers } from "./setup_options.ts";

/** What every question of the setup works with. */
export interface SetupContext {
  readonly prompter: Prompter;
  readonly draft: SetupDraft;
  /** Of this process; a service does not have it. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Answers from the command line. */
  readonly given: SetupAnswers;
  /** Whether answers are tried on the server and the model. */
  readonly isChecked: boolean;
  readonly clock: Clock;
  readonly random: Random;
}
