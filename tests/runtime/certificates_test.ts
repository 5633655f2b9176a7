import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { rootCertificates } from "node:tls";
import { CertificateError, trustedCertificates } from "../../src/runtime/certificates.ts";
import { tempDir } from "../support/temp_dir.ts";
import { moduleUrl, runScript } from "./run_script.ts";
import { certificatePath, pem } from "./servers.ts";

test("[P20] trustedCertificates() adds the CA file to the runtime's own, each once", async () => {
  await using dir = await tempDir();
  const caFile = join(dir.path, "two.pem");
  await writeFile(caFile, `Issued by us\r\n${pem("ca")}\n${pem("server")}\n${pem("ca")}`);
  const certificates = await trustedCertificates({ caFile })();
  assert(certificates.includes(pem("ca").trim()));
  assert(certificates.includes(pem("server").trim()));
  assert(certificates.includes(String(rootCertificates[0]).trim()));
  assert.equal(new Set(certificates).size, certificates.length);
});

/** Whether a process with this environment trusts our CA. */
async function trustsOurs(environment: Readonly<Record<string, string>>): Promise<boolean> {
  await using dir = await tempDir();
  await using script = await runScript(
    dir.path,
    `import { trustedCertificates } from ${moduleUrl("certificates.ts")};
     const certificates = await trustedCertificates({})();
     console.log(certificates.includes(${JSON.stringify(pem("ca").trim())}));`,
    environment,
  );
  const { stdout, stderr } = await script.exited;
  assert.match(stdout, /^(?:true|false)\n$/, stderr);
  return stdout === "true\n";
}

test("[P20] trustedCertificates() adds those of NODE_EXTRA_CA_CERTS", async () => {
  assert.equal(await trustsOurs({ NODE_EXTRA_CA_CERTS: "" }), false);
  assert.equal(await trustsOurs({ NODE_EXTRA_CA_CERTS: certificatePath("ca") }), true);
});

const systemStoreIsFixed = process.platform !== "linux" || "Deno" in globalThis
  ? "Only Bun on Linux lets SSL_CERT_FILE name the store"
  : false;
test("[P20] trustedCertificates() adds those of the operating system's store", {
  skip: systemStoreIsFixed,
}, async () => {
  const environment = { NODE_EXTRA_CA_CERTS: "", SSL_CERT_FILE: certificatePath("ca") };
  assert.equal(await trustsOurs(environment), true);
});

test("trustedCertificates() loads once", async () => {
  const load = trustedCertificates({});
  assert.equal(await load(), await load());
});

const badFiles: readonly [what: string, content: string | undefined, reason: string][] = [
  ["missing", undefined, "no such file"],
  ["empty", "", "it holds no PEM certificate"],
  ["a key", pem("server_key"), "it holds no PEM certificate"],
  ["half a certificate", pem("ca").slice(0, 200), "it holds no PEM certificate"],
  [
    "damaged",
    `${pem("ca")}-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n`,
    "its certificate 2 is damaged",
  ],
];
for (const [what, content, reason] of badFiles) {
  test(`trustedCertificates() says which CA file is bad and why: ${what}`, async () => {
    await using dir = await tempDir();
    const caFile = join(dir.path, "ca.pem");
    if (content !== undefined) await writeFile(caFile, content);
    await assert.rejects(trustedCertificates({ caFile })(), (error) => {
      assert(error instanceof CertificateError);
      assert.equal(error.message, `Cannot use the CA file "${caFile}": ${reason}`);
      return true;
    });
  });
}

test("trustedCertificates() looks again after a failure", async () => {
  await using dir = await tempDir();
  const caFile = join(dir.path, "ca.pem");
  const load = trustedCertificates({ caFile });
  await assert.rejects(load(), CertificateError);
  await writeFile(caFile, pem("ca"));
  assert((await load()).includes(pem("ca").trim()));
});
