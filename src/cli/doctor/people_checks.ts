import type { FoundValue } from "../../config/find_value.ts";
import { listItems } from "../../config/parsers.ts";
import { accessOf } from "../../config/require_mattermost.ts";
import { PairingStore } from "../../gateway/pairing/pairing_store.ts";
import { findPerson, judgePerson, type PersonFound } from "../../mattermost/find_person.ts";
import { listed } from "./access_checks.ts";
import type { KnownBot } from "./account_checks.ts";
import { type Check, failure, ok, skipped, warning } from "./check.ts";
import type { DoctorInput } from "./doctor_input.ts";

const NAME = "people";
const LISTS = ["mattermost.allowed_users", "gateway.allowed_users"];
const ID = /^[a-z0-9]{26}$/;
/** Entries that are no ids of anybody are looked up one by one; more are told and left out. */
const LOOKED_UP_MAX = 50;

/** Who may talk to the bot, by their present names, and who of them cannot. */
export async function checkPeople(
  bot: KnownBot | undefined,
  input: DoctorInput,
  signal: AbortSignal,
): Promise<readonly Check[]> {
  const { loaded } = input;
  const settings = LISTS.filter((key) => loaded.findWritten(key) !== undefined);
  if (accessOf(loaded.draft).kind === "everyone") {
    const remedy = "List the people in MATTERMOST_ALLOWED_USERS.";
    return [warning(NAME, "Everyone on the server may talk to the bot", remedy, { settings })];
  }
  const entries = [...new Set(settings.flatMap((key) => entriesOf(loaded.findWritten(key))))];
  if (entries.length === 0) {
    const byCode = await checkPairing(input);
    if (byCode !== undefined) return [byCode];
    const remedy = "Set MATTERMOST_ALLOWED_USERS to the ids of the people who may.";
    return [failure(NAME, "Nobody may talk to the bot, so nobody is answered", remedy)];
  }
  if (bot === undefined) return skipped([NAME], "The bot could not log in");
  const found = await lookUp(entries, bot, signal);
  const people = found.flatMap(({ entry, person }) =>
    person.kind === "found" && person.user.id === entry ? [`@${person.user.username}`] : []
  );
  const left = entries.length - found.length;
  const complaints = [
    ...found.flatMap((one) => complain(one, settings)),
    ...(left === 0 ? [] : [
      warning(NAME, `${left} more entries are no ids of anybody`, "Clear the list up.", {
        settings,
      }),
    ]),
  ];
  if (people.length === 0) {
    const message = "Nobody who can talk to the bot is listed, so nobody is answered";
    const remedy = "Set MATTERMOST_ALLOWED_USERS to the ids of the people who may.";
    return [...complaints, failure(NAME, message, remedy, { settings })];
  }
  const count = people.length === 1 ? "1 person" : `${people.length} people`;
  const message = `${count} may talk to the bot: ${listed(people)}`;
  return [...complaints, ok(NAME, message, { settings })];
}

/** Who was let in by a code, or can be, where nobody is listed; `undefined` when nobody can. */
async function checkPairing(
  { loaded, paths, clock, random }: DoctorInput,
): Promise<Check | undefined> {
  const store = new PairingStore({ folder: paths.pairingFolder, clock, random });
  const { size } = await store.approved().catch(() => new Map()); // Then they let nobody in.
  const settings = ["mattermost.unauthorized_dm_behavior"];
  const who = size === 1 ? "1 person was" : `${size} people were`;
  if (size > 0) return ok(NAME, `${who} let in by a code, and may talk to the bot`, { settings });
  if (loaded.draft.mattermost.unauthorizedDm !== "pair") return undefined;
  const message = "Nobody may talk to the bot yet: strangers get a code from it";
  return warning(NAME, message, "Let them in with hermes pairing approve.", { settings });
}

/** As they were written: also what is no id, for which the settings are refused. */
function entriesOf(written: FoundValue | undefined): readonly string[] {
  const items = written === undefined ? undefined : listItems(written.raw);
  return items?.map(({ text }) => text) ?? [];
}

interface Entry {
  readonly entry: string;
  readonly person: PersonFound;
}

/** Ids in one request, and what else somebody wrote one by one. */
async function lookUp(
  entries: readonly string[],
  { api, me }: KnownBot,
  signal: AbortSignal,
): Promise<readonly Entry[]> {
  const users = await api.getUsersByIds(entries.filter((entry) => ID.test(entry)), signal);
  const found: Entry[] = [];
  let lookUpsLeft = LOOKED_UP_MAX;
  for (const entry of entries) {
    const user = users.find(({ id }) => id === entry);
    if (user !== undefined) found.push({ entry, person: judgePerson(user, me.id) });
    else if (lookUpsLeft-- > 0) {
      found.push({ entry, person: await findPerson(entry, { api, botUserId: me.id }, signal) });
    }
  }
  return found;
}

function complain({ entry, person }: Entry, settings: readonly string[]): readonly Check[] {
  const about = { settings };
  const without = `Take ${entry} out of the list.`;
  switch (person.kind) {
    case "found": {
      const { id, username } = person.user;
      if (id === entry) return [];
      const message = `"${entry}" is the name of @${username}, and the list takes ids alone`;
      return [failure(NAME, message, `Write ${id} in its place.`, about)];
    }
    case "unknown": {
      const remedy = "Correct it: the id of a person is in the System Console under Users.";
      return [warning(NAME, `"${entry}" is nobody on this server`, remedy, about)];
    }
    case "deactivated": {
      const message = `@${person.user.username} is listed, and this account is deactivated`;
      return [warning(NAME, message, without, about)];
    }
    case "is_the_bot": {
      const message =
        `The bot's own id is listed: what @${person.user.username} writes is never answered`;
      const remedy = `Write the id of a person in place of ${entry}.`;
      return [warning(NAME, message, remedy, about)];
    }
    case "is_a_bot": {
      const message = `@${person.user.username} is listed, and bots are never answered`;
      return [warning(NAME, message, without, about)];
    }
    case "may_not_look_up":
      return [
        warning(
          NAME,
          `The server does not say who "${entry}" is`,
          "Write the id of the person.",
          about,
        ),
      ];
  }
}
