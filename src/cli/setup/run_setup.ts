import type { HomePaths } from "../../config/paths.ts";
import { writeSettings } from "../../config/write_settings.ts";
import { askHomeChannel } from "./home_channel_question.ts";
import { askModel } from "./model_question.ts";
import { askPeople } from "./people_question.ts";
import { askPlatform } from "./platform_question.ts";
import { SetupCancelledError } from "./prompter.ts";
import type { AllowedPerson } from "./read_people.ts";
import { askReplyMode } from "./reply_mode_question.ts";
import { askServer } from "./server_question.ts";
import type { SetupContext } from "./setup_context.ts";
import { planChanges, type SetupPlan } from "./setup_plan.ts";
import { checkSocket } from "./socket_check.ts";
import { overrideWarnings, summaryLines } from "./summary.ts";
import { askToken, type BotAccess } from "./token_question.ts";

/** What the answers have shown of the server. */
export interface SetupFindings {
  /** `undefined` when the server was not asked. */
  readonly bot: BotAccess | undefined;
  /** The people that are named as those who may talk to the bot. */
  readonly people: readonly AllowedPerson[];
}

export type SetupOutcome =
  | { readonly kind: "settled"; readonly plan: SetupPlan; readonly findings: SetupFindings }
  /** Nobody said that it may be written, and nobody can be asked. */
  | { readonly kind: "unconfirmed" };

/** Where the settings are, and how to come to them. */
export interface SetupPlace {
  readonly paths: HomePaths;
  /** Whether to write without asking once more. */
  readonly isConfirmed: boolean;
}

/** From the first question to settings that are written. @throws SetupCancelledError */
export async function runSetup(context: SetupContext, place: SetupPlace): Promise<SetupOutcome> {
  const { draft, environment, given, prompter } = context;
  const { paths } = place;
  const isAnyGiven = Object.values(given).some((answer) => answer !== undefined);
  if (prompter.isInteractive && !isAnyGiven) await askPlatform(context);
  const findings = await askEverything(context);
  const plan = await planChanges(draft, { home: paths.home, environment });
  if (plan.lines.length === 0) {
    prompter.say("good", "The files say all this already: there is nothing to write.");
  } else {
    prompter.page("This will be written", summaryLines(plan, paths));
  }
  for (const warning of overrideWarnings(plan)) prompter.say("warning", warning);
  if (plan.lines.length > 0) {
    if (!place.isConfirmed && !prompter.isInteractive) return { kind: "unconfirmed" };
    const isWanted = place.isConfirmed || await prompter.confirm("Write it?", true);
    if (!isWanted) throw new SetupCancelledError();
    await writeSettings(paths, plan.changes);
    prompter.say("good", "Written.");
  }
  return { kind: "settled", plan, findings };
}

/** Asks everything, each answer checked before the next question. The answers are in the draft then. */
async function askEverything(context: SetupContext): Promise<SetupFindings> {
  const server = await askServer(context);
  const bot = await askToken(server, context);
  if (bot !== undefined) await checkSocket(server, bot, context);
  const people = await askPeople(bot, context);
  await askHomeChannel(bot, context);
  await askReplyMode(context);
  await askModel(context);
  return { bot, people };
}
