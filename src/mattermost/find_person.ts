import type { MattermostApi } from "./api.ts";
import { MattermostApiError } from "./errors.ts";
import type { User } from "./types.ts";

/** Who somebody meant. */
export type PersonFound =
  | { readonly kind: "found"; readonly user: User }
  | { readonly kind: "unknown" }
  | { readonly kind: "deactivated"; readonly user: User }
  /** The account that asks: what it writes is never answered. */
  | { readonly kind: "is_the_bot"; readonly user: User }
  /** Another bot: bots are never answered. */
  | { readonly kind: "is_a_bot"; readonly user: User }
  /** The server hides e-mail addresses, or people of other teams, from the account that asks. */
  | { readonly kind: "may_not_look_up" };

const ID = /^[a-z0-9]{26}$/;
/** What a name can be made of. Source: server/public/model/user.go. */
const USERNAME = /^[a-z0-9._-]+$/;

/** Finds who is meant by `@name`, `name`, an e-mail address or an id. */
export async function findPerson(
  typed: string,
  deps: { readonly api: MattermostApi; readonly botUserId: string },
  signal: AbortSignal,
): Promise<PersonFound> {
  try {
    const user = await lookUp(typed.trim(), deps.api, signal);
    return user === undefined ? { kind: "unknown" } : judgePerson(user, deps.botUserId);
  } catch (error) {
    if (!(error instanceof MattermostApiError)) throw error;
    if (error.kind === "forbidden") return { kind: "may_not_look_up" };
    // Of a name that nobody can have the server says 400 or 404.
    if (error.status === 404 || error.status === 400) return { kind: "unknown" };
    throw error;
  }
}

async function lookUp(
  typed: string,
  api: MattermostApi,
  signal: AbortSignal,
): Promise<User | undefined> {
  if (ID.test(typed)) {
    const [user] = await api.getUsersByIds([typed], signal);
    if (user !== undefined) return user; // Or else it is a name that looks like an id.
  }
  if (/^[^@\s]+@[^@\s]+$/.test(typed)) return await api.getUserByEmail(typed.toLowerCase(), signal);
  const username = typed.replace(/^@/, "").toLowerCase();
  return USERNAME.test(username) ? await api.getUserByUsername(username, signal) : undefined;
}

/** Whether this account can talk to the bot. */
export function judgePerson(user: User, botUserId: string): PersonFound {
  if (user.id === botUserId) return { kind: "is_the_bot", user };
  if (user.delete_at !== 0) return { kind: "deactivated", user };
  return { kind: user.is_bot ? "is_a_bot" : "found", user };
}
