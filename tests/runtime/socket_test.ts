import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { once } from "node:events";
import type { Socket as TcpSocket } from "node:net";
import { test } from "node:test";
import type { Socket } from "../../src/runtime/network.ts";
import { NetworkError } from "../../src/runtime/network_error.ts";
import { CLOSE_CODE_UNREAD, connectSocket, FRAMES_WAITING_MAX } from "../../src/runtime/socket.ts";
import { startTcpServer, startWebServer, type WebServer } from "./servers.ts";

const never = new AbortController().signal;

async function open(server: WebServer, signal: AbortSignal = never) {
  const url = `ws://127.0.0.1:${server.port}/`;
  const connection = { socketOptions: {}, proxy: undefined };
  const socket = await connectSocket({ url, headers: {} }, connection, signal);
  await server.socketOpened();
  return { socket, peer: server.sockets[0]!.socket };
}

async function allFrames(socket: Socket): Promise<string[]> {
  return await Array.fromAsync(socket.frames());
}

test("connectSocket() gives all frames in order, and ends with the peer's code", async () => {
  await using server = await startWebServer({});
  const { socket, peer } = await open(server);
  assert.equal(socket.closed, undefined);
  for (let number = 0; number < 100; number++) peer.send(`frame ${number} ü`);
  peer.close(4321);
  const expected = Array.from({ length: 100 }, (_, number) => `frame ${number} ü`);
  assert.deepEqual(await allFrames(socket), expected);
  assert.deepEqual(socket.closed, { code: 4321 });
});

/** Answers the upgrade by hand, in one packet with `frames`. */
async function upgradeByHand(connection: TcpSocket, frames: Uint8Array = new Uint8Array()) {
  const [request] = await once(connection, "data");
  const key = String(request).match(/sec-websocket-key: (.*)\r\n/i)?.[1];
  const accept = createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`);
  const head = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
    `Sec-WebSocket-Accept: ${accept.digest("base64")}\r\n\r\n`;
  connection.write(Buffer.concat([Buffer.from(head), frames]));
}

test("connectSocket() loses no frame that comes together with the answer to the upgrade", async () => {
  await using server = await startTcpServer(async (connection) => {
    const hello = Buffer.concat([Buffer.from([0x81, 5]), Buffer.from("hello")]);
    await upgradeByHand(connection, hello);
    connection.end();
  });
  const url = `ws://127.0.0.1:${server.port}/`;
  const connection = { socketOptions: {}, proxy: undefined };
  const socket = await connectSocket({ url, headers: {} }, connection, never);
  assert.deepEqual(await allFrames(socket), ["hello"]);
});

test("Socket.close() ends the connection to a peer that does not answer", {
  skip: "Deno" in globalThis && "Deno cannot end a socket that was not closed by both",
}, async () => {
  const ended = Promise.withResolvers<void>();
  await using server = await startTcpServer(async (connection) => {
    connection.on("close", () => ended.resolve());
    await upgradeByHand(connection);
  });
  const url = `ws://127.0.0.1:${server.port}/`;
  const connection = { socketOptions: {}, proxy: undefined };
  const socket = await connectSocket({ url, headers: {} }, connection, never);
  socket.close();
  await ended.promise;
});

test("connectSocket() takes and sends large frames", async () => {
  await using server = await startWebServer({});
  const { socket, peer } = await open(server);
  const large = "ü".repeat(1_000_000);
  socket.send(large);
  const [received] = await once(peer, "message");
  assert.equal(String(received), large);
  peer.send(large);
  peer.close();
  assert.deepEqual(await allFrames(socket), [large]);
});

test("connectSocket() ends when the connection is cut, and says that no close frame came", async () => {
  await using server = await startWebServer({});
  const { socket, peer } = await open(server);
  peer.send("last");
  peer.terminate();
  assert.deepEqual(await allFrames(socket), ["last"]);
  assert([0, 1005, 1006].includes(socket.closed!.code));
});

test("Socket.close() ends the iteration, drops what waits, and reaches the peer", async () => {
  await using server = await startWebServer({});
  const { socket, peer } = await open(server);
  const peerClosed = once(peer, "close");
  peer.send("waits");
  const reading = allFrames(socket);
  socket.close(4001);
  assert.deepEqual(await reading, []);
  assert.deepEqual(socket.closed, { code: 4001 });
  const [code] = await peerClosed;
  assert.equal(code, 4001);
  socket.close();
  socket.send("into nothing");
  assert.deepEqual(socket.closed, { code: 4001 });
});

test("connectSocket() closes the socket when the signal aborts later", async () => {
  await using server = await startWebServer({});
  const abort = new AbortController();
  const { socket, peer } = await open(server, abort.signal);
  const peerClosed = once(peer, "close");
  const reading = allFrames(socket);
  abort.abort();
  assert.deepEqual(await reading, []);
  assert.deepEqual(socket.closed, { code: 1000 });
  await peerClosed;
});

test("connectSocket() gives up a connection under way when the signal aborts", async () => {
  const abort = new AbortController();
  await using server = await startTcpServer((connection) => {
    connection.once("data", () => abort.abort(new Error("stopped")));
  });
  const request = { url: `ws://127.0.0.1:${server.port}/`, headers: {} };
  const connection = { socketOptions: {}, proxy: undefined };
  await assert.rejects(connectSocket(request, connection, abort.signal), /stopped/);
  await assert.rejects(connectSocket(request, connection, abort.signal), /stopped/);
});

test("connectSocket() throws a NetworkError when the peer refuses, and then hears no abort", async () => {
  await using server = await startWebServer({ upgradeStatus: 503 });
  const abort = new AbortController();
  await assert.rejects(open(server, abort.signal), NetworkError);
  abort.abort();
});

test("connectSocket() closes a socket whose frames nobody reads", async () => {
  await using server = await startWebServer({});
  const { socket, peer } = await open(server);
  const peerClosed = once(peer, "close");
  for (let number = 0; number <= FRAMES_WAITING_MAX; number++) peer.send("frame");
  const [code] = await peerClosed;
  assert.equal(code, CLOSE_CODE_UNREAD);
  assert.deepEqual(await allFrames(socket), []);
  assert.deepEqual(socket.closed, { code: CLOSE_CODE_UNREAD });
});

test("connectSocket() leaves binary frames out", async () => {
  await using server = await startWebServer({});
  const { socket, peer } = await open(server);
  peer.send(new Uint8Array([1, 2, 3]));
  peer.send("text");
  peer.close();
  assert.deepEqual(await allFrames(socket), ["text"]);
});
