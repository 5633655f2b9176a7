import type { HomePaths } from "../../config/paths.ts";
import { writeSettings } from "../../config/write_settings.ts";
import { SetupCancelledError } from "./prompter.ts";
import type { SetupContext } from "./setup_context.ts";
import { planChanges, type SetupPlan } from "./setup_plan.ts";
import { overrideWarnings, summaryLines } from "./summary.ts";

/** Where the settings are, and how to come to them. */
export interface WritePlace {
  readonly paths: HomePaths;
  /** Whether to write without asking once more. */
  readonly isConfirmed: boolean;
}

/**
 * Shows what the answers change, and writes it once that is confirmed. `undefined` when nobody said
 * that it may be written, and nobody can be asked. @throws SetupCancelledError
 */
export async function writeAnswers(
  { draft, environment, prompter }: SetupContext,
  { paths, isConfirmed }: WritePlace,
): Promise<SetupPlan | undefined> {
  const plan = await planChanges(draft, { home: paths.home, environment });
  if (plan.lines.length === 0) {
    prompter.say("good", "The files say all this already: there is nothing to write.");
  } else {
    prompter.page("This will be written", summaryLines(plan, paths));
  }
  for (const warning of overrideWarnings(plan)) prompter.say("warning", warning);
  if (plan.lines.length > 0) {
    if (!isConfirmed && !prompter.isInteractive) return undefined;
    const isWanted = isConfirmed || await prompter.confirm("Write it?", true);
    if (!isWanted) throw new SetupCancelledError();
    await writeSettings(paths, plan.changes);
    prompter.say("good", "Written.");
  }
  return plan;
}
