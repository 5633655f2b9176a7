// deno-lint-ignore-file camelcase -- wire names, exactly as the API spells them.
import type { Connection } from "./connection.ts";
import { failFrame, okFrame } from "./frames.ts";
import { wordsFor } from "./messages.ts";
import type { SandboxParts } from "./parts.ts";
import { userOfToken } from "./sessions.ts";
import { greet, setPresence } from "./socket_session.ts";

interface ActionRequest {
  readonly seq: number;
  readonly action: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Does what a client's frame asks for. What is not JSON ends the connection. */
export function actOn(text: string, connection: Connection, parts: SandboxParts): void {
  const request = parseRequest(text);
  if (request === undefined) return connection.link?.terminate();
  if (request.seq <= 0) return fail(connection, 0, 400, "bad_seq", parts);
  if (request.action === "") return fail(connection, request.seq, 400, "no_action", parts);
  if (request.action === "authentication_challenge") {
    return authenticate(request, connection, parts);
  }
  if (connection.userId === undefined) {
    // Never authenticated: no answer. The token died later: the one sign that it did.
    if (connection.wasAuthenticated) fail(connection, request.seq, 401, "not_authenticated", parts);
    return;
  }
  switch (request.action) {
    case "ping":
      if (parts.faults.pings === "answered") reply(connection, request.seq, pong(parts));
      return;
    case "user_typing":
      return type(request, connection, connection.userId, parts);
    case "get_statuses":
    case "user_update_active_status":
      return reply(connection, request.seq);
    case "get_statuses_by_ids":
      return reply(connection, request.seq, statusesOf(request.data.user_ids, parts));
    default:
      return fail(connection, request.seq, 500, "bad_action", parts);
  }
}

function parseRequest(text: string): ActionRequest | undefined {
  try {
    const value = JSON.parse(text);
    if (typeof value !== "object" || value === null) return undefined;
    const { seq, action, data } = value;
    return {
      seq: typeof seq === "number" ? seq : 0,
      action: typeof action === "string" ? action : "",
      data: typeof data === "object" && data !== null ? data : {},
    };
  } catch {
    return undefined; // Not JSON.
  }
}

function authenticate(request: ActionRequest, connection: Connection, parts: SandboxParts): void {
  if (connection.userId !== undefined) return; // By header already: no reply.
  const { token } = request.data;
  const user = typeof token === "string"
    ? userOfToken(parts.world, parts.settings, token)
    : undefined;
  if (user === undefined) return connection.link?.terminate();
  const isReplyFirst = parts.faults.hello === "after_reply";
  if (isReplyFirst) reply(connection, request.seq);
  greet(connection, String(token), user.id, parts);
  if (!isReplyFirst) reply(connection, request.seq);
  setPresence(user.id, "online", parts);
}

function type(
  request: ActionRequest,
  connection: Connection,
  userId: string,
  parts: SandboxParts,
): void {
  const { channel_id, parent_id } = request.data;
  if (typeof channel_id !== "string" || parts.world.member(channel_id, userId) === undefined) {
    const id = "api.websocket_handler.invalid_param.app_error";
    const message = wordsFor(id, parts.settings.locale, ["channel_id"]);
    connection.link?.send(failFrame(request.seq, { id, message, status: 400 }));
    return;
  }
  parts.hub.publish("typing", { parent_id: parent_id ?? "", user_id: userId }, {
    channel_id,
    omit_users: { [userId]: true },
  });
  reply(connection, request.seq);
}

function pong({ clock }: SandboxParts) {
  return { node_id: "", server_time: clock.nowMs(), text: "pong", version: "11.6.0" };
}

function statusesOf(ids: unknown, { world }: SandboxParts): Record<string, string> {
  const known = (Array.isArray(ids) ? ids : []).flatMap((id) => world.statuses.get(id) ?? []);
  return Object.fromEntries(known.map((status) => [status.user_id, status.status]));
}

function reply(
  connection: Connection,
  seq: number,
  data?: Readonly<Record<string, unknown>>,
): void {
  connection.link?.send(okFrame(seq, data));
}

function fail(
  connection: Connection,
  seq: number,
  status: number,
  name: "bad_seq" | "no_action" | "bad_action" | "not_authenticated",
  { settings }: SandboxParts,
): void {
  const id = `api.web_socket_router.${name}.app_error`;
  const message = wordsFor(id, settings.locale, []);
  connection.link?.send(failFrame(seq, { id, message, status }));
}
