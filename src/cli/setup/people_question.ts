import type { Config } from "../../config/load_config.ts";
import { accessOf } from "../../config/require_mattermost.ts";
import type { SetupContext } from "./setup_context.ts";
import { type AllowedPerson, namePeople, personLabel, readPeople } from "./read_people.ts";
import { settle } from "./settle.ts";
import type { BotAccess } from "./token_question.ts";

/** All that has a say in who may talk. */
const PEOPLE_KEYS = [
  "mattermost.allowed_users",
  "mattermost.allow_all_users",
  "gateway.allowed_users",
  "gateway.allow_all_users",
];

/** Asks who may talk to the bot. Leaves the answer in the draft, and gives the people it names. */
export async function askPeople(
  access: BotAccess | undefined,
  context: SetupContext,
): Promise<readonly AllowedPerson[]> {
  const { draft, given, prompter } = context;
  const config = await draft.config();
  const kind = given.people?.kind ??
    (prompter.isInteractive ? await askKind(context) : "as_before");
  switch (kind) {
    case "as_before":
      return await namePeople(config.mattermost.allowedUsers, access, context);
    case "listed": {
      const people = await settlePeople(config, access, context);
      putPeople(people, config, context);
      return people;
    }
    case "everyone":
      draft.set("mattermost.allow_all_users", "true", "everyone on the server");
      return [];
    case "nobody":
      prompter.say("warning", "Nobody may talk to the bot, so it answers nobody.");
      for (const key of PEOPLE_KEYS) draft.remove(key);
      return [];
  }
}

type Kind = "listed" | "everyone" | "nobody";

async function askKind({ draft, prompter }: SetupContext): Promise<Kind> {
  const access = accessOf(await draft.config());
  for (;;) {
    const kind = await prompter.choose<Kind>({
      message: "Who may talk to the bot?",
      options: [
        { value: "listed", label: "Only people that I name" },
        { value: "everyone", label: "Everyone on this server" },
        { value: "nobody", label: "Nobody for now" },
      ],
      initial: access.kind === "everyone" ? "everyone" : "listed",
    });
    if (kind !== "everyone") return kind;
    const question = "Everyone who has or gets an account there may then use the bot, its model " +
      "and its tools. Is that what you want?";
    if (await prompter.confirm(question, false)) return kind;
  }
}

async function settlePeople(
  config: Config,
  access: BotAccess | undefined,
  context: SetupContext,
): Promise<readonly AllowedPerson[]> {
  const { given, prompter } = context;
  const { allowedUsers } = config.mattermost;
  const people = await namePeople(allowedUsers, access, context);
  // A name in place of an id is refused by the settings, and good enough here.
  const before = people.length > 0
    ? people.map(personLabel).join(", ")
    : config.environment.get("MATTERMOST_ALLOWED_USERS");
  return await settle<string, readonly AllowedPerson[]>({
    given: given.people?.kind === "listed" ? given.people.people : undefined,
    ask: (wrong) =>
      prompter.text({
        message: "Their user names or e-mail addresses, with commas",
        initial: wrong ?? before,
        example: "@alice, bob@example.com",
      }),
    doing: access === undefined ? undefined : "Looking them up",
    check: (typed, signal) => readPeople(typed, access, signal),
  }, prompter);
}

function putPeople(
  people: readonly AllowedPerson[],
  config: Config,
  { draft, prompter }: SetupContext,
): void {
  const ids = people.map(({ id }) => id);
  const { mattermost, gateway } = config;
  draft.set("mattermost.allowed_users", ids.join(","), people.map(personLabel).join(", "));
  if (mattermost.allowAllUsers) draft.remove("mattermost.allow_all_users");
  const others = gateway.allowedUsers.filter((id) => !ids.includes(id));
  if (others.length > 0) {
    const text = `gateway.allowed_users lets ${others.length} more in: ${others.join(", ")}.`;
    prompter.say("warning", text);
  }
}
