import { HermesError } from "../../errors.ts";
import { findPerson, type PersonFound } from "../../mattermost/find_person.ts";
import type { User } from "../../mattermost/types.ts";
import type { SetupContext } from "./setup_context.ts";
import { judgeFailure, type Verdict } from "./settle.ts";
import type { BotAccess } from "./token_question.ts";

/** Somebody who may talk to the bot. */
export interface AllowedPerson {
  readonly id: string;
  /** Missing where nobody could be asked for it. */
  readonly username?: string;
  /** First and last name, or `""`. */
  readonly fullName?: string;
}

/** Each is a request of its own. */
const PEOPLE_MAX = 200;
const ID = /^[a-z0-9]{26}$/;

/** How somebody is called in a list: `@alice`, or the id. */
export function personLabel({ id, username }: AllowedPerson): string {
  return username === undefined ? id : `@${username}`;
}

/** Finds everybody in a list of names, e-mail addresses and ids; says of each who is wrong, and why. */
export async function readPeople(
  typed: string,
  access: BotAccess | undefined,
  signal: AbortSignal,
): Promise<Verdict<readonly AllowedPerson[]>> {
  const wanted = [...new Set(typed.split(/[\s,;]+/).filter((item) => item !== ""))];
  if (wanted.length === 0) {
    const remedy = "Name at least one person, e.g. @alice.";
    return { kind: "malformed", problem: "Nobody is named", remedy };
  }
  if (wanted.length > PEOPLE_MAX) {
    const remedy = "Let everyone in, or name fewer.";
    return { kind: "malformed", problem: `These are more than ${PEOPLE_MAX} people`, remedy };
  }
  if (access === undefined) return readIds(wanted);
  try {
    return await lookUp(wanted, access, signal);
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof HermesError)) throw error;
    if (wanted.every((item) => ID.test(item))) {
      return judgeFailure(error, wanted.map((id) => ({ id })));
    }
    return { kind: "refused", problem: error.message, remedy: error.hint };
  }
}

/** The people of these ids, with their names where the server can be asked. */
export async function namePeople(
  ids: readonly string[],
  access: BotAccess | undefined,
  { prompter }: SetupContext,
): Promise<readonly AllowedPerson[]> {
  if (access === undefined || ids.length === 0) return ids.map((id) => ({ id }));
  try {
    const load = (signal: AbortSignal) => access.api.getUsersByIds(ids, signal);
    const users = await prompter.busy("Looking people up", load);
    return ids.map((id) => {
      const user = users.find((other) => other.id === id);
      return user === undefined ? { id } : toPerson(user);
    });
  } catch (error) {
    if (!(error instanceof HermesError) || error.code === "setup.cancelled") throw error;
    return ids.map((id) => ({ id })); // Their names are a kindness.
  }
}

function readIds(wanted: readonly string[]): Verdict<readonly AllowedPerson[]> {
  const name = wanted.find((item) => !ID.test(item));
  if (name === undefined) return { kind: "good", answer: wanted.map((id) => ({ id })) };
  return {
    kind: "malformed",
    problem: `"${name}" is not an id, and nobody can be looked up without the server`,
    remedy: "Write the 26 characters of the id.",
  };
}

async function lookUp(
  wanted: readonly string[],
  { api, me }: BotAccess,
  signal: AbortSignal,
): Promise<Verdict<readonly AllowedPerson[]>> {
  const people = new Map<string, AllowedPerson>();
  const problems: string[] = [];
  for (const item of wanted) {
    const found = await findPerson(item, { api, botUserId: me.id }, signal);
    if (found.kind === "found") people.set(found.user.id, toPerson(found.user));
    else problems.push(problemWith(item, found));
  }
  if (problems.length > 0) {
    const remedy = problems.length < wanted.length
      ? "Correct this, and leave the others."
      : "Write user names, e-mail addresses or ids.";
    return { kind: "refused", problem: capitalized(problems.join("; ")), remedy };
  }
  const names = [...people.values()].map(({ username, fullName }) =>
    fullName === "" ? `@${username}` : `@${username} (${fullName})`
  );
  const says = `May talk to the bot: ${names.join(", ")}`;
  return { kind: "good", answer: [...people.values()], says };
}

/** Goes on, or begins, a sentence about several. */
function problemWith(item: string, found: Exclude<PersonFound, { kind: "found" }>): string {
  switch (found.kind) {
    case "unknown":
      return `the server knows nobody called "${item}"`;
    case "deactivated":
      return `@${found.user.username} is deactivated`;
    case "is_the_bot":
      return `@${found.user.username} is the bot itself`;
    case "is_a_bot":
      return `@${found.user.username} is a bot, and bots are not answered`;
    case "may_not_look_up":
      return `the server does not let the bot look "${item}" up`;
  }
}

function capitalized(sentence: string): string {
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}

function toPerson({ id, username, first_name: first, last_name: last }: User): AllowedPerson {
  return { id, username, fullName: `${first} ${last}`.trim() };
}
