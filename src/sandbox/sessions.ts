import type { User } from "./records.ts";
import type { ServerSettings } from "./settings.ts";
import type { World } from "./world.ts";

/** A token is cut to this length before it is looked up. APP/authentication.go. */
const TOKEN_LENGTH_MAX = 50;

export interface Credentials {
  readonly token: string;
  readonly scheme: "none" | "bearer" | "token" | "cookie" | "query";
}

/** Where a request carries its token: a cookie wins over the header. */
export function credentialsOf(
  headers: Readonly<Record<string, string | undefined>>,
  query: URLSearchParams,
): Credentials {
  const cookie = headers.cookie?.match(/(?:^|;\s*)MMAUTHTOKEN=([^;]+)/)?.[1];
  if (cookie !== undefined) return { token: cookie, scheme: "cookie" };
  const header = headers.authorization?.match(/^(bearer|token)\s+(.+)$/i);
  if (header?.[1] !== undefined && header[2] !== undefined) {
    const scheme = header[1].toLowerCase() === "bearer" ? "bearer" : "token";
    return { token: header[2].slice(0, TOKEN_LENGTH_MAX), scheme };
  }
  const inQuery = query.get("access_token");
  if (inQuery !== null) return { token: inQuery, scheme: "query" };
  return { token: "", scheme: "none" };
}

/** Whose token it is, or `undefined` when it does not work (any more). */
export function userOfToken(
  world: World,
  settings: ServerSettings,
  token: string,
): User | undefined {
  const known = world.tokens.get(token);
  const user = world.users.get(known?.user_id ?? "");
  if (known?.state !== "active" || user === undefined || user.delete_at > 0) return undefined;
  return user.is_bot || settings.userAccessTokens ? user : undefined;
}
