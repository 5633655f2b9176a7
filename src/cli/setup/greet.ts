import { HermesError } from "../../errors.ts";
import { type AllowedPerson, personLabel } from "./read_people.ts";
import type { SetupContext } from "./setup_context.ts";
import type { BotAccess } from "./token_question.ts";

/** Writes to each of the people who may talk to the bot. Gives those whom it reached. */
export async function greet(
  people: readonly AllowedPerson[],
  bot: BotAccess,
  context: SetupContext,
): Promise<readonly AllowedPerson[]> {
  const { prompter } = context;
  const greeted: AllowedPerson[] = [];
  for (const person of people) {
    const label = personLabel(person);
    try {
      await prompter.busy(`Writing to ${label}`, (signal) => write(person, bot, context, signal));
      greeted.push(person);
    } catch (error) {
      if (!(error instanceof HermesError) || error.code === "setup.cancelled") throw error;
      prompter.say("warning", `${label} was not greeted: ${error.message}. ${error.hint}`);
    }
  }
  if (greeted.length > 0) {
    prompter.say("good", `@${bot.me.username} wrote to ${greeted.map(personLabel).join(", ")}`);
  }
  return greeted;
}

async function write(
  person: AllowedPerson,
  { api, me }: BotAccess,
  { random }: SetupContext,
  signal: AbortSignal,
): Promise<void> {
  const channel = await api.createDirectChannel([me.id, person.id], signal);
  const message = `Hello, I am @${me.username}, a bot that runs Hermes. Write to me here, or ` +
    `mention me in a channel that I am in: \`/invite @${me.username}\` brings me there.`;
  const pendingPostId = `${me.id}:${random.id()}`;
  await api.createPost({ channelId: channel.id, rootId: "", message, pendingPostId }, signal);
}
