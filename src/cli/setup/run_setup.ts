import { askHomeChannel } from "./home_channel_question.ts";
import { askModel } from "./model_question.ts";
import { askPeople } from "./people_question.ts";
import { askPlatform } from "./platform_question.ts";
import type { AllowedPerson } from "./read_people.ts";
import { askReplyMode } from "./reply_mode_question.ts";
import { askServer } from "./server_question.ts";
import type { SetupContext } from "./setup_context.ts";
import type { SetupPlan } from "./setup_plan.ts";
import { checkSocket } from "./socket_check.ts";
import { askToken, type BotAccess } from "./token_question.ts";
import { writeAnswers, type WritePlace } from "./write_answers.ts";

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

/** From the first question to settings that are written. @throws SetupCancelledError */
export async function runSetup(context: SetupContext, place: WritePlace): Promise<SetupOutcome> {
  const { given, prompter } = context;
  const isAnyGiven = Object.values(given).some((answer) => answer !== undefined);
  if (prompter.isInteractive && !isAnyGiven) await askPlatform(context);
  const findings = await askEverything(context);
  const plan = await writeAnswers(context, place);
  if (plan === undefined) return { kind: "unconfirmed" };
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
