import assert from "node:assert/strict";
import { get } from "node:https";
import { test } from "node:test";
import WebSocket from "ws";
import { pem } from "../runtime/servers.ts";
import { startSandbox } from "./support.ts";

test("with a certificate the sandbox serves https and wss", async () => {
  await using started = await startSandbox({
    tls: { key: pem("server_key"), cert: pem("server") },
  });
  const { sandbox } = started;
  assert.match(sandbox.url, /^https:/);
  const status = await new Promise((resolve, reject) => {
    get(`${sandbox.url}/api/v4/system/ping`, { ca: pem("ca"), agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode);
    }).on("error", reject);
  });
  assert.equal(status, 200);
  const socket = new WebSocket(`${sandbox.url.replace("https", "wss")}/api/v4/websocket`, {
    ca: pem("ca"),
    headers: { Authorization: `Bearer ${sandbox.token("hermes").reveal()}` },
  });
  const hello = await new Promise((resolve, reject) => {
    socket.on("message", (data) => resolve(JSON.parse(String(data)).event));
    socket.on("error", reject);
  });
  assert.equal(hello, "hello");
  socket.close();
});
