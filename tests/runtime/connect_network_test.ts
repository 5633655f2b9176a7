import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { type LoadCertificates, trustedCertificates } from "../../src/runtime/certificates.ts";
import { createNetwork, type NetworkOptions } from "../../src/runtime/connect_network.ts";
import type { Network } from "../../src/runtime/network.ts";
import { NetworkError } from "../../src/runtime/network_error.ts";
import { tempDir } from "../support/temp_dir.ts";
import { moduleUrl, runScript } from "./run_script.ts";
import { certificatePath, pem, startProxy, startTcpServer, startWebServer } from "./servers.ts";

const never = new AbortController().signal;

function networkWith(options: Partial<NetworkOptions> & { caFile?: string } = {}): Network {
  return createNetwork({
    certificates: options.certificates ?? trustedCertificates({ caFile: options.caFile }),
    proxyFor: options.proxyFor ?? (() => undefined),
  });
}

test("createNetwork() asks for no certificates while addresses are plain", async () => {
  await using server = await startWebServer({});
  const certificates: LoadCertificates = () => Promise.reject(new Error("asked"));
  const network = networkWith({ certificates });
  const response = await network.fetch(`http://127.0.0.1:${server.port}/`);
  assert.equal(await response.text(), "hello");
  const url = `ws://127.0.0.1:${server.port}/`;
  (await network.openSocket({ url, headers: {} }, never)).close();
  await assert.rejects(network.fetch(`https://127.0.0.1:${server.port}/`), /asked/);
});

test("createNetwork().fetch() sends method, headers and body", async () => {
  await using server = await startWebServer({
    answer: async (request, response) => {
      const body = (await Array.fromAsync(request)).join("");
      response.end(`${request.method} ${request.headers["x-test"]} ${body}`);
    },
  });
  const url = `http://127.0.0.1:${server.port}/`;
  const init = { method: "POST", headers: { "X-Test": "yes" }, body: "text" };
  assert.equal(await (await networkWith().fetch(url, init)).text(), "POST yes text");
  const request = new Request(url, init);
  assert.equal(await (await networkWith().fetch(request)).text(), "POST yes text");
});

test("createNetwork().fetch() that is aborted is not a NetworkError", async () => {
  await using server = await startTcpServer(() => {});
  for (const asRequest of [false, true]) {
    const abort = new AbortController();
    const url = `http://127.0.0.1:${server.port}/`;
    const fetching = asRequest
      ? networkWith().fetch(new Request(url, { signal: abort.signal }))
      : networkWith().fetch(url, { signal: abort.signal });
    abort.abort();
    await assert.rejects(fetching, (error) => !(error instanceof NetworkError));
  }
});

for (const secure of [false, true]) {
  const letter = secure ? "s" : "";
  const name = secure ? " with a private CA" : "";

  test(`[P20] createNetwork() reaches http${letter} and ws${letter} directly${name}`, async () => {
    await using server = await startWebServer(secure ? { certificate: "server" } : {});
    const network = networkWith({ caFile: certificatePath("ca") });
    const address = `localhost:${server.port}`;
    const response = await network.fetch(`http${letter}://${address}/`);
    assert.equal(await response.text(), "hello");
    const headers = { Authorization: "Bearer x" };
    const socket = await network.openSocket({ url: `ws${letter}://${address}/`, headers }, never);
    await server.socketOpened();
    assert.equal(server.sockets[0]?.request.headers.authorization, "Bearer x");
    assert.equal(server.sockets[0]?.request.headers.origin, undefined);
    socket.close();
  });
}

test("[P20] createNetwork() reaches https and wss through a proxy, with a private CA", async () => {
  await using server = await startWebServer({ certificate: "server" });
  await using proxy = await startProxy();
  const proxyUrl = proxy.url.replace("//", "//user:word@");
  const network = networkWith({ caFile: certificatePath("ca"), proxyFor: () => proxyUrl });
  const address = `localhost:${server.port}`;
  const response = await network.fetch(`https://${address}/`);
  assert.equal(await response.text(), "hello");
  const socket = await network.openSocket({ url: `wss://${address}/`, headers: {} }, never);
  await server.socketOpened();
  socket.send("through the proxy");
  const [data] = await once(server.sockets[0]!.socket, "message");
  assert.equal(String(data), "through the proxy");
  socket.close();
  assert.deepEqual(proxy.requests, [`CONNECT ${address}`, `CONNECT ${address}`]);
  const basic = `Basic ${btoa("user:word")}`;
  assert.deepEqual(proxy.authorizations, [basic, basic]);
});

test("[P20] createNetwork() reaches http through a proxy", async () => {
  await using proxy = await startProxy();
  const network = networkWith({ proxyFor: () => proxy.url });
  const response = await network.fetch("http://chat.invalid/");
  assert.equal(await response.text(), "from the proxy");
  assert.deepEqual(proxy.requests, ["GET http://chat.invalid/"]);
});

test("[P20] createNetwork() tunnels ws through a proxy", {
  skip: "Deno" in globalThis && "Deno asks the proxy for a ws address without a tunnel",
}, async () => {
  await using server = await startWebServer({});
  await using proxy = await startProxy();
  const network = networkWith({ proxyFor: () => proxy.url });
  const url = `ws://chat.invalid:${server.port}/`;
  const socket = await network.openSocket({ url, headers: {} }, never);
  await server.socketOpened();
  socket.close();
  assert.deepEqual(proxy.requests, [`CONNECT chat.invalid:${server.port}`]);
});

test("[P20] createNetwork() goes directly where told, whatever the environment's proxy", {
  skip: "Deno" in globalThis && "Deno always takes the proxy of the environment",
}, async () => {
  await using dir = await tempDir();
  await using server = await startWebServer({ certificate: "server" });
  await using proxy = await startProxy({ status: 403 });
  const address = `localhost:${server.port}`;
  await using script = await runScript(
    dir.path,
    `import { createNetwork } from ${moduleUrl("connect_network.ts")};
     const network = createNetwork({
       certificates: () => Promise.resolve([${JSON.stringify(pem("ca"))}]),
       proxyFor: () => undefined,
     });
     console.log(await (await network.fetch("https://${address}/")).text());
     const signal = new AbortController().signal;
     const socket = await network.openSocket({ url: "wss://${address}/", headers: {} }, signal);
     console.log(socket.closed);
     socket.close();`,
    {
      HTTP_PROXY: proxy.url,
      HTTPS_PROXY: proxy.url,
      http_proxy: proxy.url,
      https_proxy: proxy.url,
    },
  );
  assert.deepEqual(await script.exited, { code: 0, stdout: "hello\nundefined\n", stderr: "" });
  assert.deepEqual(proxy.requests, []);
});

test("createNetwork() tells of a proxy that it cannot use, without the proxy's password", async () => {
  for (const proxy of ["socks5://user:hush@127.0.0.1:1", "http://user:hush@"]) {
    const network = networkWith({ proxyFor: () => proxy });
    const request = { url: "ws://chat.invalid/", headers: {} };
    const expected = {
      code: "network.proxy",
      message: "Cannot reach chat.invalid: its proxy is not an http:// or https:// address",
    };
    await assert.rejects(network.openSocket(request, never), expected);
    await assert.rejects(network.fetch("http://chat.invalid/"), expected);
  }
});

test("[P102] createNetwork().fetch() connects to the address it is given, under the host's name", {
  skip: "Deno" in globalThis && "Deno cannot be told where to connect",
}, async () => {
  await using plain = await startWebServer({
    answer: (request, response) => response.end(request.headers.host),
  });
  const url = `http://nowhere.invalid:${plain.port}/`;
  const answer = await networkWith().fetch(url, { connectTo: "127.0.0.1" });
  assert.equal(await answer.text(), `nowhere.invalid:${plain.port}`);

  await using secure = await startWebServer({
    certificate: "wrong_host",
    answer: (request, response) => response.end(request.headers.host),
  });
  const network = networkWith({ caFile: certificatePath("ca") });
  const right = `https://elsewhere.invalid:${secure.port}/`;
  const served = await network.fetch(right, { connectTo: "127.0.0.1" });
  assert.equal(await served.text(), `elsewhere.invalid:${secure.port}`);
  const wrong = `https://other.invalid:${secure.port}/`;
  await assert.rejects(network.fetch(wrong, { connectTo: "127.0.0.1" }), /another host name/);
});

test("createNetwork().fetch() leaves the name to a proxy, which looks it up itself", async () => {
  await using proxy = await startProxy();
  const network = networkWith({ proxyFor: () => proxy.url });
  const answer = await network.fetch("http://nowhere.invalid/", { connectTo: "127.0.0.1" });
  assert.equal(await answer.text(), "from the proxy");
  assert.deepEqual(proxy.requests, ["GET http://nowhere.invalid/"]);
});
