import assert from "node:assert/strict";
import type { RequestListener } from "node:http";
import { test } from "node:test";
import type { FetchFn } from "../../src/runtime/network.ts";
import { NetworkError } from "../../src/runtime/network_error.ts";
import { safeFetch, type SafeFetchDeps } from "../../src/safety/safe_fetch.ts";
import { startTcpServer, startWebServer } from "../runtime/servers.ts";
import { FakeClock } from "../support/fake_clock.ts";

const never = new AbortController().signal;
const PUBLIC = "93.184.215.14";

interface Web extends AsyncDisposable {
  readonly deps: SafeFetchDeps;
  readonly clock: FakeClock;
  /** Host and address of each request, in order. */
  readonly connections: string[];
  /** What the next look-ups of a name give; without it, a public address. */
  readonly answers: Map<string, readonly string[][]>;
}

/** A web whose hosts are all played by `answer` on loopback, at the addresses that names lead to. */
async function startWeb(answer: RequestListener): Promise<Web> {
  const server = await startWebServer({ answer });
  const connections: string[] = [];
  const answers = new Map<string, string[][]>();
  const clock = new FakeClock();
  const wire: FetchFn = async (input, { connectTo, ...init } = {}) => {
    const url = new URL(String(input));
    connections.push(`${url.host} at ${connectTo}`);
    if (connectTo === "192.88.98.1") throw new NetworkError("unreachable", url);
    const target = `http://127.0.0.1:${server.port}${url.pathname}${url.search}`;
    const headers = new Headers(init.headers);
    headers.set("x-host", url.host);
    return await fetch(target, { ...init, headers });
  };
  return {
    deps: {
      fetch: wire,
      clock,
      policy: { allowsPrivate: false },
      resolveHost: (name) => Promise.resolve(answers.get(name)?.shift() ?? [PUBLIC]),
    },
    clock,
    connections,
    answers,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

const get = (
  web: Web,
  url: string,
  options: { bodyBytesMax?: number; headers?: Record<string, string> } = {},
) => safeFetch({ url, bodyBytesMax: 1_000, msMax: 10_000, ...options }, web.deps, never);

test("safeFetch() gives what the address holds", async () => {
  await using web = await startWeb((_, response) => {
    response.setHeader("Content-Type", "text/plain");
    response.end("hello");
  });
  const response = await get(web, "http://a.example/x?y");
  assert.equal(response.status, 200);
  assert.equal(response.url.href, "http://a.example/x?y");
  assert.equal(response.headers.get("content-type"), "text/plain");
  assert.equal(new TextDecoder().decode(response.body), "hello");
  assert.equal(response.isCut, false);
});

test("[P102] safeFetch() connects to the address that was judged, whatever the name leads to later", async () => {
  await using web = await startWeb((_, response) => response.end("x"));
  web.answers.set("a.example", [[PUBLIC], ["127.0.0.1"]]);
  await get(web, "http://a.example/");
  assert.deepEqual(web.connections, [`a.example at ${PUBLIC}`]);
});

test("[P102] safeFetch() judges each redirect, and goes to none that leads inside", async () => {
  const targets = [
    "http://127.0.0.1/",
    "http://169.254.169.254/latest/",
    "//localhost/",
    "http://[::1]/",
    "file:///etc/passwd",
    "http://user:pw@b.example/",
    "http://inside.example/",
  ];
  for (const target of targets) {
    await using web = await startWeb((_, response) => {
      response.writeHead(302, { Location: target }).end();
    });
    web.answers.set("localhost", [["127.0.0.1"]]);
    web.answers.set("inside.example", [["10.0.0.1"]]);
    await assert.rejects(get(web, "http://a.example/"), /Cannot open the address/, target);
    assert.equal(web.connections.length, 1, target);
  }
});

test("safeFetch() follows redirects to other places, and leaves secrets behind", async () => {
  const seen: (string | undefined)[] = [];
  await using web = await startWeb((request, response) => {
    seen.push(
      `${request.headers["x-host"]} ${request.headers.authorization} ${request.headers.accept}`,
    );
    const next = { "/1": "/2", "/2": "http://b.example/3" }[request.url ?? ""];
    if (next === undefined) response.end("there");
    else response.writeHead(next === "/2" ? 301 : 307, { Location: next }).end();
  });
  const headers = { Authorization: "Bearer x", Accept: "text/html" };
  const response = await get(web, "http://a.example/1", { headers });
  assert.equal(response.url.href, "http://b.example/3");
  assert.deepEqual(seen, [
    "a.example Bearer x text/html",
    "a.example Bearer x text/html",
    "b.example undefined text/html",
  ]);
});

test("[P102] safeFetch() gives up after five redirects", async () => {
  await using web = await startWeb((_, response) => {
    response.writeHead(302, { Location: "/again" }).end();
  });
  await assert.rejects(get(web, "http://a.example/"), /redirects more than 5 times/);
  assert.equal(web.connections.length, 6);
});

test("safeFetch() reads no more of a body than it may", async () => {
  await using web = await startWeb((_, response) => {
    response.write("a".repeat(700));
    response.end("b".repeat(700));
  });
  const cut = await get(web, "http://a.example/");
  assert.equal(new TextDecoder().decode(cut.body), "a".repeat(700) + "b".repeat(300));
  assert.equal(cut.isCut, true);
  const whole = await get(web, "http://a.example/", { bodyBytesMax: 1_400 });
  assert.deepEqual([whole.body.length, whole.isCut], [1_400, false]);
});

test("safeFetch() reads no more of a body that grows when it is unpacked", async () => {
  const { gzipSync } = await import("node:zlib");
  await using web = await startWeb((_, response) => {
    response.setHeader("Content-Encoding", "gzip");
    response.end(gzipSync(Buffer.alloc(50_000_000)));
  });
  const { body, isCut } = await get(web, "http://a.example/");
  assert.deepEqual([body.length, isCut], [1_000, true]);
});

test("safeFetch() tries the other addresses of a host that does not answer", async () => {
  await using web = await startWeb((_, response) => response.end("x"));
  web.answers.set("a.example", [["192.88.98.1", PUBLIC]]);
  await get(web, "http://a.example/");
  assert.deepEqual(web.connections, ["a.example at 192.88.98.1", `a.example at ${PUBLIC}`]);
});

test("safeFetch() ends when its time is up, and when it is told to", async () => {
  await using silent = await startTcpServer(() => {});
  await using web = await startWeb((_, response) => response.end("x"));
  const wire: FetchFn = (_url, { connectTo: _, ...init } = {}) =>
    fetch(`http://127.0.0.1:${silent.port}/`, init);
  const deps = { ...web.deps, fetch: wire };
  const request = { url: "http://a.example/", bodyBytesMax: 1, msMax: 5_000 };
  const late = assert.rejects(safeFetch(request, deps, never), /took longer than 5 seconds/);
  await web.clock.sleeperFor(5_000, 5_000);
  web.clock.advance(5_000);
  await late;
  const abort = new AbortController();
  const stopped = assert.rejects(safeFetch(request, deps, abort.signal), /by hand/);
  abort.abort(new Error("by hand"));
  await stopped;
});
