import { Buffer } from "node:buffer";
import { type IncomingMessage, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import type { WebSocket, WebSocketServer } from "ws";
import type { Connection } from "./connection.ts";
import {
  type BytesAnswer,
  isBelow,
  notUpgraded,
  page,
  redirect,
  refused,
  stamped,
} from "./front_answers.ts";
import { headersOf, urlOf, withoutSecrets } from "./http_front.ts";
import { Refusal } from "./refusal.ts";
import type { LoggedUpgrade } from "./request_log.ts";
import type { SandboxParts } from "./parts.ts";
import { credentialsOf, userOfToken } from "./sessions.ts";
import { actOn } from "./socket_actions.ts";
import { endUnlessAuthenticated, greet, helloEvent, setPresence } from "./socket_session.ts";

export interface SocketFrontDeps {
  readonly parts: SandboxParts;
  readonly basePath: string;
  readonly log: LoggedUpgrade[];
  readonly sockets: WebSocketServer;
}

/** The trailing slash is the server's; a proxy in front of it may not know it. */
const WEBSOCKET_PATH = /^\/api\/v4\/websocket\/?$/;

/** Answers one upgrade request, and serves the socket until it ends. */
export function answerUpgrade(
  request: IncomingMessage,
  tcp: Duplex,
  head: Buffer,
  deps: SocketFrontDeps,
): void {
  const { parts, basePath, log, sockets } = deps;
  const url = urlOf(request);
  const headers = headersOf(request);
  if (parts.faults.proxy === "drops_authorization") delete headers.authorization;
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

function refusalOf(
  url: URL,
  headers: Readonly<Record<string, string>>,
  entry: LoggedUpgrade,
  parts: SandboxParts,
  basePath: string,
): BytesAnswer | undefined {
  const requestId = parts.world.newId();
  const { upgrade, movedTo, proxy } = parts.faults;
  if (upgrade !== undefined) {
    const { status, headers: given = {}, body = "" } = upgrade;
    return { kind: "bytes", status, headers: given, bytes: body };
  }
  if (movedTo !== undefined) return redirect(301, movedTo + url.pathname + url.search);
  if (!isBelow(url, basePath)) return redirect(302, basePath + url.pathname);
  if (!WEBSOCKET_PATH.test(url.pathname.slice(basePath.length))) {
    return stamped(page(200), requestId);
  }
  if (entry.authorization === "query") {
    const refusal = new Refusal(401, "api.context.token_provided.app_error");
    return refused(refusal, requestId, parts.settings.locale);
  }
  if (proxy === "drops_upgrade") {
    return notUpgraded(400, "", requestId, parts.settings.locale);
  }
  const { origin, host } = headers;
  const isForeign = origin !== undefined && origin.replace(/^https?:\/\//, "") !== host;
  return isForeign ? notUpgraded(403, origin, requestId, parts.settings.locale) : undefined;
}

function writeRefusal(tcp: Duplex, answer: BytesAnswer): void {
  const headers = {
    ...answer.headers,
    "Content-Length": String(Buffer.byteLength(answer.bytes)),
    Connection: "close",
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  const reason = STATUS_CODES[answer.status] ?? "";
  tcp.write(`HTTP/1.1 ${answer.status} ${reason}\r\n${lines.join("\r\n")}\r\n\r\n`);
  tcp.end(answer.bytes);
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
