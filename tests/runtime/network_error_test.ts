import assert from "node:assert/strict";
import { test } from "node:test";
import { createNetwork } from "../../src/runtime/connect_network.ts";
import { trustedCertificates } from "../../src/runtime/certificates.ts";
import {
  classifyNetworkError,
  NetworkError,
  type NetworkErrorKind,
} from "../../src/runtime/network_error.ts";
import {
  type CertificateName,
  certificatePath,
  startProxy,
  startTcpServer,
  startWebServer,
  unusedPort,
} from "./servers.ts";

const never = new AbortController().signal;

/**
 * Deno tries a refused TLS socket again with HTTP/2 and tells of the second failure alone, which says
 * nothing about the certificate.
 */
const DENO_HIDES: readonly NetworkErrorKind[] = "Deno" in globalThis
  ? ["tls_untrusted", "tls_hostname", "tls_expired"]
  : [];

/** How a request and a socket to the same place fail. */
async function failures(
  address: string,
  options: { readonly tls?: boolean; readonly caFile?: string; readonly proxy?: string } = {},
): Promise<{ readonly request: NetworkError; readonly socket: NetworkError }> {
  const network = createNetwork({
    certificates: trustedCertificates({ caFile: options.caFile }),
    proxyFor: () => options.proxy,
  });
  const letter = options.tls === true ? "s" : "";
  const caught = async (attempt: Promise<unknown>) => {
    const error = await attempt.then(() => undefined, (reason) => reason);
    assert(error instanceof NetworkError, String(error));
    return error;
  };
  return {
    request: await caught(network.fetch(`http${letter}://${address}/path?token=hush`)),
    socket: await caught(
      network.openSocket({ url: `ws${letter}://${address}/path?token=hush`, headers: {} }, never),
    ),
  };
}

async function assertKind(kind: NetworkErrorKind, ...place: Parameters<typeof failures>) {
  const { request, socket } = await failures(...place);
  assert.equal(request.kind, kind);
  if (!DENO_HIDES.includes(kind)) assert.equal(socket.kind, kind);
  for (const error of [request, socket]) {
    assert.equal(error.code, `network.${error.kind}`);
    assert(error.message.startsWith(`Cannot reach ${place[0]}: `), error.message);
    assert(!error.message.includes("hush"));
  }
}

test("classifyNetworkError() knows a port where nobody listens", async () => {
  await assertKind("refused", `127.0.0.1:${await unusedPort()}`);
});

test("classifyNetworkError() knows a name that does not exist", async () => {
  await assertKind("dns", "nowhere.invalid");
});

const tlsCases: readonly [CertificateName, NetworkErrorKind][] = [
  ["self_signed", "tls_untrusted"],
  ["wrong_host", "tls_hostname"],
  ["expired", "tls_expired"],
];
for (const [certificate, kind] of tlsCases) {
  test(`[P20] classifyNetworkError() knows a certificate that is ${certificate}`, async () => {
    await using server = await startWebServer({ certificate });
    const address = `localhost:${server.port}`;
    await assertKind(kind, address, { tls: true, caFile: certificatePath("ca") });
  });
}

test("[P20] classifyNetworkError() knows a private CA that nobody named, and how to name it", async () => {
  await using server = await startWebServer({ certificate: "server" });
  await assertKind("tls_untrusted", `localhost:${server.port}`, { tls: true });
  const { request } = await failures(`localhost:${server.port}`, { tls: true });
  assert.match(request.hint, /MATTERMOST_CA_FILE/);
});

test("classifyNetworkError() knows a server that speaks no TLS", async () => {
  await using server = await startWebServer({});
  await assertKind("tls_missing", `127.0.0.1:${server.port}`, { tls: true });
});

test("classifyNetworkError() knows a connection that is cut after the request", async () => {
  await using server = await startTcpServer((connection) => {
    connection.once("data", () => connection.resetAndDestroy());
  });
  await assertKind("reset", `127.0.0.1:${server.port}`);
});

test("classifyNetworkError() knows a connection that ends without an answer", async () => {
  await using server = await startTcpServer((connection) => {
    connection.once("data", () => connection.end());
  });
  await assertKind("reset", `127.0.0.1:${server.port}`);
});

test("classifyNetworkError() knows a proxy that refuses", async () => {
  await using proxy = await startProxy({ status: 407 });
  await assertKind("proxy", "chat.invalid", { tls: true, proxy: proxy.url });
});

test("classifyNetworkError() blames the proxy that cannot be reached, without its password", async () => {
  const proxy = `http://user:hush@127.0.0.1:${await unusedPort()}`;
  await assertKind("proxy", "chat.invalid", { tls: true, proxy });
  const { request } = await failures("chat.invalid", { tls: true, proxy });
  assert.match(request.message, /its proxy 127\.0\.0\.1:\d+ is not reachable/);
});

test("[C37] classifyNetworkError() knows a refused upgrade, with its status", async () => {
  for (const status of [302, 401, 404, 502]) {
    await using server = await startWebServer({ upgradeStatus: status });
    const network = createNetwork({
      certificates: trustedCertificates({}),
      proxyFor: () => undefined,
    });
    const url = `ws://127.0.0.1:${server.port}/`;
    await assert.rejects(network.openSocket({ url, headers: {} }, never), (error) => {
      assert(error instanceof NetworkError);
      assert.equal(error.kind, "refused_upgrade");
      assert.equal(error.status, status);
      assert.match(error.message, new RegExp(`refused the WebSocket \\(HTTP ${status}\\)`));
      return true;
    });
  }
});

test("classifyNetworkError() reads codes and words, wherever in the causes they are", () => {
  const coded = (code: string) => Object.assign(new Error("words"), { code });
  const cases: readonly [unknown, NetworkErrorKind][] = [
    [coded("EHOSTUNREACH"), "unreachable"],
    [coded("ETIMEDOUT"), "timeout"],
    [new Error("outer", { cause: new Error("middle", { cause: coded("EAI_AGAIN") }) }), "dns"],
    [new Error("fetch failed", { cause: new Error("operation timed out") }), "timeout"],
    [new Error("No route to host (os error 113)"), "unreachable"],
    [new Error("something new"), "other"],
    ["not an error", "other"],
    [undefined, "other"],
  ];
  for (const [error, kind] of cases) {
    assert.equal(classifyNetworkError(error, "https://chat.example").kind, kind, String(error));
  }
});

test("classifyNetworkError() is not misled by words in the address", () => {
  const error = new Error("error sending request for url (http://proxy.timed-out.example/proxy)");
  assert.equal(classifyNetworkError(error, "http://proxy.timed-out.example/proxy").kind, "other");
});

test("[C39] NetworkError names the host, never user, path or query of an address", () => {
  const error = new NetworkError("timeout", "https://user:hush@chat.example:8443/hush?token=hush");
  assert.equal(error.message, "Cannot reach chat.example:8443: it did not answer in time");
  assert.equal(
    new NetworkError("other", "no address: hush").message,
    "Cannot reach the address: the connection failed",
  );
});

test("classifyNetworkError() follows causes that go in circles to an end", () => {
  const error = new Error("round");
  error.cause = error;
  assert.equal(classifyNetworkError(error, "http://chat.example").kind, "other");
});
