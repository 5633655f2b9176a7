// deno-lint-ignore-file camelcase -- wire names, exactly as the API spells them.
import type { Connection } from "./connection.ts";
import { broadcastTo, type ServerEvent } from "./frames.ts";
import type { SandboxParts } from "./parts.ts";
import { VERSION_ID } from "./version.ts";

/** A connection that has not authenticated after this long is ended. PLAT/web_conn.go. */
const AUTHENTICATION_MS = 5_000;

/** Makes a connection the user's: it hears `hello` first. */
export function greet(
  connection: Connection,
  token: string,
  userId: string,
  parts: SandboxParts,
): void {
  connection.userId = userId;
  connection.token = token;
  connection.wasAuthenticated = true;
  if (parts.faults.hello === "never") return;
  parts.hub.deliver(connection, helloEvent(connection.id, userId));
}

/** Ends a connection whose token does not hold five seconds after it was opened. */
export async function endUnlessAuthenticated(
  connection: Connection,
  { hub, clock, signal }: SandboxParts,
): Promise<void> {
  const leftMs = connection.openedAtMs + AUTHENTICATION_MS - clock.nowMs();
  if (leftMs <= 0) return; // The server looks once: a token that dies later goes unnoticed.
  await clock.sleep(leftMs, signal);
  if (connection.userId !== undefined || signal.aborted) return;
  hub.connections.delete(connection);
  connection.link?.terminate();
}

/** Whether a user is there follows its sockets, unless it was set by hand. */
export function setPresence(userId: string, name: "online" | "offline", parts: SandboxParts): void {
  const { world, hub, settings } = parts;
  const status = world.statuses.get(userId);
  if (status === undefined || status.manual || status.status === name) return;
  status.status = name;
  if (!settings.userStatuses) return;
  hub.publish("status_change", { status: name, user_id: userId }, { user_id: userId });
}

/** The first event of a connection under a new id. */
export function helloEvent(connectionId: string, userId: string): ServerEvent {
  return {
    event: "hello",
    data: {
      connection_id: connectionId,
      server_hostname: "sandbox",
      server_version: VERSION_ID,
    },
    broadcast: broadcastTo({ user_id: userId }),
    isPersonal: true,
  };
}
