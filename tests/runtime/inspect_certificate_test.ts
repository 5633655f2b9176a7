import assert from "node:assert/strict";
import { test } from "node:test";
import { certificateStores } from "../../src/runtime/certificates.ts";
import { inspectCertificate } from "../../src/runtime/inspect_certificate.ts";
import {
  type CertificateName,
  certificatePath,
  startTcpServer,
  startWebServer,
  unusedPort,
} from "./servers.ts";

const never = new AbortController().signal;

async function inspect(certificate: CertificateName, caFile?: string) {
  await using server = await startWebServer({ certificate });
  const stores = await certificateStores(caFile);
  return await inspectCertificate(new URL(`https://127.0.0.1:${server.port}`), stores, never);
}

test("inspectCertificate() tells signer, hosts, time and the store that trusts it", async () => {
  assert.deepEqual(await inspect("server", certificatePath("ca")), {
    issuer: "Hermes test CA",
    hosts: ["localhost", "127.0.0.1"],
    validFromMs: Date.UTC(2024, 0, 1),
    validUntilMs: Date.UTC(2123, 11, 31),
    trustedBy: "own",
  });
});

test("inspectCertificate() shows also what is not trusted", async () => {
  const ca = certificatePath("ca");
  assert.equal((await inspect("server")).trustedBy, undefined);
  assert.equal((await inspect("self_signed", ca)).trustedBy, undefined);
  const wrongHost = await inspect("wrong_host", ca);
  assert.deepEqual([wrongHost.trustedBy, wrongHost.hosts], [undefined, ["elsewhere.invalid"]]);
  const expired = await inspect("expired", ca);
  assert.deepEqual([expired.trustedBy, expired.validUntilMs], [undefined, Date.UTC(2021, 0, 1)]);
});

test("inspectCertificate() says why there is none to see", async () => {
  const at = (port: number) => inspectCertificate(new URL(`https://127.0.0.1:${port}`), [], never);
  await assert.rejects(at(await unusedPort()), { code: "network.refused" });
  await using plain = await startWebServer({});
  await assert.rejects(at(plain.port), { code: "network.tls_missing" });
  await using closing = await startTcpServer((connection) => connection.destroy());
  await assert.rejects(at(closing.port), { name: "NetworkError" });
});

test("inspectCertificate() stops waiting when the caller does", async () => {
  const reached = Promise.withResolvers<void>();
  await using mute = await startTcpServer(() => reached.resolve());
  const stop = new AbortController();
  const url = new URL(`https://127.0.0.1:${mute.port}`);
  const inspected = inspectCertificate(url, [], stop.signal);
  await reached.promise;
  stop.abort(new Error("enough"));
  await assert.rejects(inspected, /enough/);
});
