import { permissionRefusal, Refusal } from "../refusal.ts";
import type { Answer, Route } from "./route.ts";

/** What a plain bot finds closed: making accounts and hooks, and reading bots. */
export const REFUSED_ROUTES: readonly Route[] = [
  { method: "POST", path: "/bots", handle: forbid },
  { method: "POST", path: "/hooks/incoming", handle: forbid },
  { method: "POST", path: "/users/{user}/tokens", handle: forbid },
  { method: "POST", path: "/posts/ephemeral", handle: forbid },
  {
    method: "GET",
    path: "/bots/{bot}",
    handle: () => refuse(404, "store.sql_bot.get.missing.app_error"),
  },
  {
    method: "GET",
    path: "/emoji/name/{name:[^/]+}",
    handle: () => refuse(404, "app.emoji.get_by_name.no_result"),
  },
];

function forbid(): Answer {
  throw permissionRefusal();
}

function refuse(status: number, id: string): Answer {
  throw new Refusal(status, id);
}
