import { X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import { connect, type DetailedPeerCertificate, type TLSSocket } from "node:tls";
import type { CertificateStore } from "./certificates.ts";
import { classifyNetworkError } from "./network_error.ts";

/** The certificate that a server shows, whether it is trusted or not. */
export interface ServerCertificate {
  /** Who signed it, as a person would say. */
  readonly issuer: string;
  /** Names and addresses it is for, e.g. `chat.example.com, 10.0.0.5`. */
  readonly hosts: readonly string[];
  readonly validFromMs: number;
  readonly validUntilMs: number;
  /** The store with the authority at the end of its chain; `undefined` when none has it. */
  readonly trustedBy: CertificateStore["name"] | undefined;
}

/** Shakes hands with a server to see its certificate, and sends nothing. @throws NetworkError */
export async function inspectCertificate(
  url: URL,
  stores: readonly CertificateStore[],
  signal: AbortSignal,
): Promise<ServerCertificate> {
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const socket = connect({
    host,
    port: Number(url.port || 443),
    ca: stores.flatMap(({ certificates }) => certificates),
    rejectUnauthorized: false, // Nothing is sent: what is not trusted is what we want to see.
    ...(isIP(host) === 0 ? { servername: host } : {}),
  });
  const stop = () => socket.destroy(new Error("stopped"));
  signal.addEventListener("abort", stop, { once: true });
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once("secureConnect", resolve);
      socket.once("error", reject);
      socket.once("close", () => reject(new Error("connection closed before message")));
    });
    return describe(socket, stores);
  } catch (error) {
    signal.throwIfAborted();
    throw classifyNetworkError(error, url);
  } finally {
    signal.removeEventListener("abort", stop);
    socket.destroy();
  }
}

function describe(socket: TLSSocket, stores: readonly CertificateStore[]): ServerCertificate {
  const certificate = socket.getPeerCertificate(true);
  const { issuer, subjectaltname = "", valid_from: validFrom, valid_to: validTo } = certificate;
  return {
    issuer: [issuer.O, issuer.CN].flat().find((name) => name !== undefined) ?? "nobody",
    hosts: subjectaltname.split(", ").map((name) => name.replace(/^[^:]*:/, ""))
      .filter((name) => name !== ""),
    validFromMs: Date.parse(validFrom),
    validUntilMs: Date.parse(validTo),
    trustedBy: socket.authorized ? storeWith(rootOf(certificate), stores) : undefined,
  };
}

/** Runtimes complete the chain of a trusted certificate up to the authority. */
function rootOf(certificate: DetailedPeerCertificate): DetailedPeerCertificate {
  let root = certificate;
  for (let next = root.issuerCertificate; next !== undefined && next !== root;) {
    root = next;
    next = root.issuerCertificate;
  }
  return root;
}

function storeWith(
  root: DetailedPeerCertificate,
  stores: readonly CertificateStore[],
): CertificateStore["name"] | undefined {
  const { fingerprint256 } = root;
  const has = (pem: string) => new X509Certificate(pem).fingerprint256 === fingerprint256;
  // Those that a person set up come last, and are the answer when another store has it, too.
  return stores.findLast(({ certificates }) => certificates.some(has))?.name;
}
