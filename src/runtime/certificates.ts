import { X509Certificate } from "node:crypto";
import { getCACertificates } from "node:tls";
import { HermesError } from "../errors.ts";
import { readTextFile } from "./atomic_file.ts";

/** The CA file that the user named cannot be used. */
export class CertificateError extends HermesError {
  override readonly name = "CertificateError";
  override readonly code = "certificates.bad_file";

  constructor(path: string, reason: string, cause?: unknown) {
    super(`Cannot use the CA file "${path}": ${reason}`, {
      hint: "Set MATTERMOST_CA_FILE to a PEM file with the certificate of your authority.",
      cause,
    });
  }
}

/** Every certificate authority to trust, in PEM. Loaded on the first call; throws a `HermesError`. */
export type LoadCertificates = () => Promise<readonly string[]>;

/**
 * Trusts the authorities that come with the runtime, those of the operating system's store, those of
 * `NODE_EXTRA_CA_CERTS` and those of `caFile`. All of them are given out, because a list given to a
 * connection replaces the runtime's own.
 */
export function trustedCertificates(
  options: { readonly caFile?: string | undefined },
): LoadCertificates {
  let loading: Promise<readonly string[]> | undefined;
  return () => {
    loading ??= loadAll(options.caFile).catch((error) => {
      loading = undefined; // The next connection tries again: the file may be there then.
      throw error;
    });
    return loading;
  };
}

async function loadAll(caFile: string | undefined): Promise<readonly string[]> {
  const stores = await certificateStores(caFile);
  return [...new Set(stores.flatMap(({ certificates }) => certificates))];
}

/** Some of the authorities that are trusted, and where they come from. */
export interface CertificateStore {
  /** `extra` is `NODE_EXTRA_CA_CERTS`, `own` the file that the user named. */
  readonly name: "bundled" | "system" | "extra" | "own";
  /** In PEM. */
  readonly certificates: readonly string[];
}

/** Every store of authorities, those that a person set up last. @throws CertificateError */
export async function certificateStores(
  caFile: string | undefined,
): Promise<readonly CertificateStore[]> {
  const known = (["bundled", "system", "extra"] as const).map((name) => ({
    name,
    certificates: getCACertificates(name).map((certificate) => certificate.trim()),
  }));
  const own = caFile === undefined ? [] : await loadCaFile(caFile);
  return [...known, { name: "own", certificates: own }];
}

async function loadCaFile(path: string): Promise<readonly string[]> {
  const text = await readTextFile(path);
  if (text === undefined) throw new CertificateError(path, "no such file");
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g);
  if (blocks === null) throw new CertificateError(path, "it holds no PEM certificate");
  for (const [index, block] of blocks.entries()) {
    try {
      new X509Certificate(block);
    } catch (error) {
      throw new CertificateError(path, `its certificate ${index + 1} is damaged`, error);
    }
  }
  return blocks;
}
