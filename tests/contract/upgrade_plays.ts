import assert from "node:assert/strict";
import { connect } from "node:net";
import type { SandboxServer } from "../../src/sandbox/sandbox_server.ts";
import type { Play } from "./play.ts";
import { loadRest } from "./recordings.ts";

/** Recordings of raw upgrade requests and their answers. */
export const UPGRADE_PLAYS: Readonly<Record<string, Play>> = {
  "ws-upgrade-ok": answersUpgrade,
  "ws-upgrade-bad-token": answersUpgrade,
  "ws-upgrade-same-origin": answersUpgrade,
  "ws-upgrade-trailing-slash": answersUpgrade,
  "ws-upgrade-foreign-origin-403": answersUpgrade,
  "ws-upgrade-plain-get-400": answersUpgrade,
  "ws-upgrade-rate-limited-429": answersUpgrade,
  "ws-upgrade-wrong-path": answersUpgrade,
};

async function answersUpgrade({ sandbox, name }: Parameters<Play>[0]): Promise<void> {
  const { request, response } = loadRest(name);
  if (response.status === 429) {
    sandbox.faults.upgrade = { status: 429, body: "limit exceeded\n" };
  }
  const answer = await rawAnswer(sandbox, request.url, request.headers);
  assert.equal(answer.match(/^HTTP\/1.1 (\d+)/)?.[1], String(response.status), answer);
  const accept = response.headers?.["Sec-WebSocket-Accept"];
  if (accept !== undefined) assert.ok(answer.includes(accept), answer);
  const text = String(response.body ?? response.body_text ?? "");
  const errorId = text.match(/"id":"[^"]+"/)?.[0] ?? text.match(/^[^\n<]+\n/)?.[0] ?? "";
  assert.ok(answer.includes(errorId), answer);
}

/** Sends a raw request and reads the headers and as much of the body as they announce. */
function rawAnswer(
  sandbox: SandboxServer,
  url: string,
  headers: Readonly<Record<string, string>>,
): Promise<string> {
  const { hostname, port } = new URL(sandbox.url);
  const lines = Object.entries({ Host: "mattermost.example", ...headers })
    .map(([name, value]) => `${name}: ${value}`);
  return new Promise((resolve, reject) => {
    const tcp = connect({ host: hostname, port: Number(port) });
    let text = "";
    tcp.on("data", (data) => {
      text += data.toString();
      const bodyLength = Number(text.match(/content-length: (\d+)/i)?.[1] ?? 0);
      const bodyFrom = text.indexOf("\r\n\r\n") + 4;
      if (bodyFrom < 4 || text.length < bodyFrom + bodyLength) return;
      tcp.destroy();
      resolve(text);
    });
    tcp.on("error", reject);
    tcp.write(`GET ${new URL(url).pathname} HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n`);
  });
}
