import { Buffer } from "node:buffer";
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import type { WebSocket, WebSocketServer } from "ws";
import type { Connection } from "./connection.ts";
import { headersOf, withoutSecrets } from "./http_front.ts";
import type { LoggedUpgrade } from "./request_log.ts";
import type { SandboxParts } from "./rest/route.ts";
import { credentialsOf, userOfToken } from "./sessions.ts";
import { actOn } from "./socket_actions.ts";
import { endUnlessAuthenticated, greet, helloEvent, setPresence } from "./socket_session.ts";

export interface SocketFrontDeps {
  readonly parts: SandboxParts;
  readonly basePath: string;
  readonly log: LoggedUpgrade[];
  readonly sockets: WebSocketServer;
}

/** Answers one upgrade request, and serves the socket until it ends. */
export function answerUpgrade(
  request: IncomingMessage,
  tcp: Duplex,
  head: Buffer,
  deps: SocketFrontDeps,
): void {
  const { parts, basePath, log, sockets } = deps;
  const url = new URL(request.url ?? "/", "http://sandbox");
  const headers = headersOf(request);
  const entry: LoggedUpgrade = {
    method: "GET",
    path: request.url ?? "/",
    atMs: parts.clock.nowMs(),
    headers: withoutSecrets(headers),
    authorization: credentialsOf(headers, url.searchParams).scheme,
    query: Object.fromEntries(url.searchParams),
    status: undefined,
    frames: [],
    open: false,
    closeCode: undefined,
  };
  log.push(entry);
  const refusal = refusalOf(url, headers, entry, parts, basePath);
  if (refusal !== undefined) {
    entry.status = refusal.status;
    writeRefusal(tcp, refusal);
    parts.changes.notify();
    return;
  }
  sockets.handleUpgrade(request, tcp, head, (socket) => {
    entry.status = 101;
    entry.open = true;
    serve(socket, url, headers, entry, parts);
    parts.changes.notify();
  });
}

interface UpgradeRefusal {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

function refusalOf(
  url: URL,
  headers: Readonly<Record<string, string>>,
  entry: LoggedUpgrade,
  parts: SandboxParts,
  basePath: string,
): UpgradeRefusal | undefined {
  if (parts.faults.upgrade !== undefined) return parts.faults.upgrade;
  if (!/^\/api\/v4\/websocket\/?$/.test(url.pathname.slice(basePath.length))) {
    return { status: 200, headers: { "Content-Type": "text/html" }, body: "<!DOCTYPE html>" };
  }
  if (entry.authorization === "query") return { status: 401 };
  const origin = headers.origin;
  if (origin !== undefined && new URL(origin).host !== headers.host) return { status: 403 };
  return undefined;
}

function writeRefusal(tcp: Duplex, refusal: UpgradeRefusal): void {
  const body = refusal.body ?? "";
  const headers = {
    ...refusal.headers,
    "Content-Length": String(Buffer.byteLength(body)),
    Connection: "close",
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  tcp.end(`HTTP/1.1 ${refusal.status} Refused\r\n${lines.join("\r\n")}\r\n\r\n${body}`);
}

function serve(
  socket: WebSocket,
  url: URL,
  headers: Readonly<Record<string, string>>,
  entry: LoggedUpgrade,
  parts: SandboxParts,
): void {
  const connection = connect(socket, url, headers, parts);
  socket.on("message", (data, isBinary) => {
    const text = isBinary ? "" : data.toString();
    entry.frames.push(text.replace(/("token"\s*:\s*")[^"]*/, "$1***"));
    if (connection !== undefined) actOn(text, connection, parts);
    parts.changes.notify();
  });
  socket.on("error", () => {}); // A frame over the limit: `ws` closes with 1009 by itself.
  socket.on("close", (code) => {
    entry.open = false;
    entry.closeCode = code;
    if (connection !== undefined) disconnect(connection, socket, parts);
    parts.changes.notify();
  });
}

/** Finds or makes the connection for a new socket; `undefined` when it was ended at once. */
function connect(
  socket: WebSocket,
  url: URL,
  headers: Readonly<Record<string, string>>,
  parts: SandboxParts,
): Connection | undefined {
  const { world, hub, settings, faults, clock } = parts;
  const { token } = credentialsOf(headers, url.searchParams);
  const user = userOfToken(world, settings, token);
  const wantedId = url.searchParams.get("connection_id") ?? "";
  const wantedSeq = url.searchParams.get("sequence_number") ?? "";
  const isJunk = !/^[a-z0-9]{26}$/.test(wantedId) || !/^\d+$/.test(wantedSeq);
  if (wantedId !== "" && (isJunk || faults.resume === "closed_at_once")) {
    socket.terminate();
    return undefined;
  }
  if (user === undefined) {
    const connection = hub.open(socket);
    void endUnlessAuthenticated(connection, parts);
    return connection;
  }
  const found = faults.resume === "refused" ? undefined : hub.resumable(wantedId, user.id);
  if (found === undefined) {
    const connection = hub.open(socket);
    greet(connection, token, user.id, parts);
    setPresence(user.id, "online", parts);
    return connection;
  }
  const seq = Number(wantedSeq);
  if (found.covers(seq) && faults.resume !== "messages_lost") {
    found.resume(socket, seq, clock.nowMs());
  } else {
    const id = world.newId();
    found.restart(socket, id, helloEvent(id, user.id), clock.nowMs());
  }
  setPresence(user.id, "online", parts);
  return found;
}

function disconnect(connection: Connection, socket: WebSocket, parts: SandboxParts): void {
  const { hub, clock } = parts;
  if (connection.link !== socket) return; // Lost before, or resumed over a newer socket.
  connection.lose(clock.nowMs());
  const { userId } = connection;
  if (userId === undefined) hub.connections.delete(connection);
  else if (hub.openOf(userId).length === 0) setPresence(userId, "offline", parts);
}
