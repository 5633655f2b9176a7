import type { CliIo } from "../io.ts";
import { greet } from "./greet.ts";
import { type AllowedPerson, personLabel } from "./read_people.ts";
import type { SetupOutcome } from "./run_setup.ts";
import type { SetupContext } from "./setup_context.ts";
import { offerStart, type StartResult } from "./start_offer.ts";
import type { BotAccess } from "./token_question.ts";

/** What `--json` prints. */
export interface SetupReport {
  readonly written: readonly { readonly file: string; readonly name: string }[];
  /** Variables of the environment that count before what was written. */
  readonly overriding: readonly string[];
  readonly server: string | null;
  readonly bot: string | null;
  readonly model: string | null;
  readonly greeted: readonly string[];
  readonly gateway: StartResult;
}

export interface FinishOptions {
  readonly home: string;
  readonly io: CliIo;
  /** Whether the command line asks for it; else the person is asked. */
  readonly greets: boolean;
  readonly installsService: boolean;
}

/** What follows once the settings are written: the start of the bot, a greeting, and what to do next. */
export async function finishSetup(
  { plan, findings: { bot, people } }: Extract<SetupOutcome, { kind: "settled" }>,
  context: SetupContext,
  options: FinishOptions,
): Promise<SetupReport> {
  const { draft, prompter } = context;
  // First, because what people answer before its first start is not answered.
  const gateway = await offerStart(prompter, options);
  const isRunning = gateway === "running";
  const greeted =
    bot !== undefined && await wantsGreeting({ bot, people, isRunning }, context, options)
      ? await greet(people, bot, context)
      : [];
  const config = await draft.config();
  if (prompter.isInteractive) prompter.page("What next", nextSteps(bot, gateway));
  const next = gateway === "running" || prompter.isInteractive
    ? ""
    : " Start it: hermes gateway start";
  prompter.end(gateway === "failed" ? "Set up, but the bot does not run." : `Set up.${next}`);
  return {
    written: plan.lines.map(({ file, name }) => ({ file, name })),
    overriding: plan.overriding,
    server: config.mattermost.url ?? null,
    bot: bot?.me.username ?? null,
    model: config.model.id ?? null,
    greeted: greeted.map(personLabel),
    gateway,
  };
}

/** A greeting before the bot runs leads to answers that it does not see: then it is not the default. */
async function wantsGreeting(
  { bot, people, isRunning }: {
    readonly bot: BotAccess;
    readonly people: readonly AllowedPerson[];
    readonly isRunning: boolean;
  },
  { prompter }: SetupContext,
  { greets }: FinishOptions,
): Promise<boolean> {
  if (people.length === 0) return false;
  if (greets || !prompter.isInteractive) return greets;
  const names = people.map(personLabel).join(", ");
  return await prompter.confirm(`Let @${bot.me.username} say hello to ${names}?`, isRunning);
}

function nextSteps(bot: BotAccess | undefined, gateway: StartResult): string[] {
  const name = bot === undefined ? "the bot" : `@${bot.me.username}`;
  return [
    ...(gateway === "running" ? [] : ["Start it: hermes gateway"]),
    `Write ${name} a direct message.`,
    `Bring it into a channel with /invite ${name}, and mention it there.`,
    "Something does not work? hermes doctor",
  ];
}
