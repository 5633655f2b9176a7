import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { probeServer, type ServerProbe } from "../../src/mattermost/probe_server.ts";
import { silentLog } from "../../src/runtime/log.ts";
import { seededRandom } from "../support/seeded_random.ts";
import { Lab, network, serverUrl } from "./support/lab.ts";
import { WatchedClock } from "./support/watched_clock.ts";

const never = new AbortController().signal;

function probe(url: string, clock = new WatchedClock()): Promise<ServerProbe> {
  const deps = { fetch: network.fetch, clock, random: seededRandom(1), log: silentLog };
  return probeServer(serverUrl(url), deps, never);
}

/** A server that sends everything on to `target`. */
async function redirecting(target: (path: string) => string) {
  const server = createServer((request, response) => {
    response.writeHead(308, { location: target(request.url ?? "") }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = () => new Promise<void>((resolve) => server.close(() => resolve()));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, [Symbol.asyncDispose]: close };
}

test("probeServer() tells version and clock of a Mattermost, and sends no token", async () => {
  await using lab = await Lab.start();
  const found = await probe(lab.sandbox.url, lab.clock);
  assert.ok(found.kind === "mattermost");
  assert.equal(found.version, "11.6.0");
  assert.ok(Math.abs(found.clockAheadMs ?? Infinity) <= 1_000, `${found.clockAheadMs}`);
  for (const { headers } of lab.sandbox.requests) assert.equal(headers.authorization, undefined);
});

test("probeServer() tells how many requests a server takes that limits their rate", async () => {
  await using lab = await Lab.start();
  const free = await probe(lab.sandbox.url);
  assert.ok(free.kind === "mattermost" && free.requestsMax === undefined);
  lab.sandbox.settings.rateBurst = 4;
  const limited = await probe(lab.sandbox.url);
  assert.ok(limited.kind === "mattermost" && limited.requestsMax === 5);
});

test("probeServer() follows a redirect to where the server is", async () => {
  await using lab = await Lab.start({ basePath: "/mm" });
  const origin = lab.sandbox.url.replace(/\/mm$/, "");
  await using old = await redirecting((path) => `${origin}/mm${path}?state=secret`);
  const moved = { kind: "elsewhere", reason: "redirect", siteUrl: lab.sandbox.url };
  assert.deepEqual(await probe(old.url), moved);
  assert.deepEqual(await probe(origin), moved);
});

test("probeServer() finds the server above a path that is too long", async () => {
  await using lab = await Lab.start({ basePath: "/mm" });
  assert.deepEqual(await probe(`${lab.sandbox.url}/some/page`), {
    kind: "elsewhere",
    reason: "path",
    siteUrl: lab.sandbox.url,
  });
});

test("probeServer() says what failed: a page, a login elsewhere, nobody there", async () => {
  await using lab = await Lab.start();
  lab.sandbox.faults.rest.push({ answer: { kind: "html", status: 200 } });
  const page = await probe(`${lab.sandbox.url}/mm`);
  assert.ok(page.kind === "failed");
  assert.match(page.error.message, /a web page came/);

  await using login = await redirecting(() => "https://127.0.0.1:9/login?next=/");
  const sent = await probe(login.url);
  assert.ok(sent.kind === "failed");
  assert.match(sent.error.message, /redirects to "https:\/\/127\.0\.0\.1:9\/login"/);

  await lab.sandbox.goDown();
  const nobody = await probe(lab.sandbox.url);
  assert.ok(nobody.kind === "failed");
  assert.equal(nobody.error.code, "network.refused");
});
