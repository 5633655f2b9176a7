import type { User } from "../records.ts";
import { Refusal, unknownRouteRefusal } from "../refusal.ts";
import { CHANNEL_ROUTES } from "./channels.ts";
import { FILE_ROUTES } from "./files.ts";
import { INTEGRATION_ROUTES } from "./integrations.ts";
import { POST_LIST_ROUTES } from "./post_lists.ts";
import { POST_ROUTES } from "./posts.ts";
import { REACTION_ROUTES } from "./reactions.ts";
import { REFUSED_ROUTES } from "./refused.ts";
import type { SandboxParts } from "../parts.ts";
import type { Answer, Call, Route } from "./route.ts";
import { SYSTEM_ROUTES } from "./system.ts";
import { USER_ROUTES } from "./users.ts";

/** Calls the route for `path`, which begins below `/api/v4`. @throws Refusal */
export async function dispatch(
  method: string,
  path: string,
  call: Omit<Call, "params">,
  parts: SandboxParts,
): Promise<Answer> {
  for (const { route, pattern } of ROUTES) {
    const match = route.method === method ? pattern.exec(path) : null;
    if (match === null) continue;
    if (route.isPublic !== true) checkUser(call.user, path, parts);
    return await route.handle({ ...call, params: match.groups ?? {} }, parts);
  }
  throw unknownRouteRefusal(`/api/v4${path}`);
}

/** Without a second factor a person gets no further than `users/me`. */
function checkUser(user: User | undefined, path: string, { settings }: SandboxParts): void {
  if (user === undefined) throw new Refusal(401, "api.context.session_expired.app_error");
  if (settings.enforceMfa && !user.is_bot && path !== "/users/me") {
    throw new Refusal(403, "api.context.mfa_required.app_error");
  }
}

const ROUTES = [
  ...SYSTEM_ROUTES,
  ...USER_ROUTES,
  ...CHANNEL_ROUTES,
  ...POST_ROUTES,
  ...POST_LIST_ROUTES,
  ...REACTION_ROUTES,
  ...FILE_ROUTES,
  ...INTEGRATION_ROUTES,
  ...REFUSED_ROUTES,
].map((route: Route) => ({ route, pattern: patternOf(route.path) }));

/** `/users/{user}/status` as an expression with named groups. */
function patternOf(path: string): RegExp {
  const source = path.replace(
    /\{(\w+)(?::([^}]+))?\}/g,
    (_, name: string, form?: string) => `(?<${name}>${form ?? "[a-z0-9]{26}|me"})`,
  );
  return new RegExp(`^${source}$`);
}
