import { isIP } from "node:net";
import type { ServerUrl } from "../../mattermost/base_url.ts";
import { type CertificateStore, certificateStores } from "../../runtime/certificates.ts";
import type { Clock } from "../../runtime/clock.ts";
import { inspectCertificate, type ServerCertificate } from "../../runtime/inspect_certificate.ts";
import { NetworkError, type NetworkErrorKind } from "../../runtime/network_error.ts";
import { resolveHost } from "../../runtime/resolve_host.ts";
import { type Check, failure, failureOf, ok, warning } from "./check.ts";

const URL_SETTING = { settings: ["mattermost.url"] };
const DAY_MS = 86_400_000;
/** A certificate that ends sooner should have been renewed by now. */
const CERTIFICATE_DAYS_MIN = 14;

/** Whether the address is written as people open it, and safe to send a token to. */
export function checkAddress(
  { siteUrl, restUrl }: ServerUrl,
  typed: string,
  repair: (() => Promise<string>) | undefined,
): Check {
  const name = "address";
  const { hostname, protocol } = new URL(siteUrl);
  if (new URL(typed).href.replace(/\/+$/, "") !== siteUrl) {
    const message = `MATTERMOST_URL is not quite the address of the site, which is ${siteUrl}`;
    return warning(name, message, `Set MATTERMOST_URL to ${siteUrl}.`, {
      ...URL_SETTING,
      ...(repair === undefined ? {} : { repair }),
    });
  }
  if (protocol === "http:" && !isThisMachine(hostname)) {
    const message = `The token travels unencrypted to ${hostname}`;
    return warning(name, message, "Use https:// if the server offers it.", URL_SETTING);
  }
  return ok(name, `The API is expected at ${restUrl}`, URL_SETTING);
}

function isThisMachine(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127\./.test(hostname);
}

/** Which proxy requests and the socket take, and the settings that say so. */
export function checkProxy(
  proxies: { readonly rest: string | undefined; readonly socket: string | undefined },
  settings: readonly string[],
): Check {
  const [rest, socket] = [proxies.rest, proxies.socket].map((proxy) =>
    proxy === undefined ? "directly" : `through the proxy ${hostOf(proxy)}`
  );
  const message = rest === socket
    ? `Requests and the socket go ${rest}`
    : `Requests go ${rest}, the socket goes ${socket}`;
  return ok("proxy", message, { settings });
}

/** Without the name and password that the address of a proxy may hold. */
function hostOf(proxy: string): string {
  return URL.canParse(proxy) ? new URL(proxy).host : "that is set";
}

/** The addresses of the server's name. Nothing to say about a server that is named by its address. */
export async function checkDns(siteUrl: string, signal: AbortSignal): Promise<readonly Check[]> {
  const { hostname } = new URL(siteUrl);
  if (isIP(hostname.replace(/^\[|\]$/g, "")) !== 0) return [];
  try {
    const addresses = await resolveHost(hostname, signal);
    return [ok("dns", `${hostname} is ${addresses.join(", ")}`)];
  } catch (cause) {
    signal.throwIfAborted();
    return [failureOf("dns", new NetworkError("dns", siteUrl, { cause }), URL_SETTING)];
  }
}

const STORE_WORDS: Readonly<Record<CertificateStore["name"], string>> = {
  bundled: "that Hermes brings along",
  system: "of the system's store",
  extra: "of NODE_EXTRA_CA_CERTS",
  own: "of MATTERMOST_CA_FILE",
};

/** The server's certificate: who vouches for it, and until when. */
export async function checkTls(
  siteUrl: string,
  { caFile, clock }: { readonly caFile: string | undefined; readonly clock: Clock },
  signal: AbortSignal,
): Promise<readonly Check[]> {
  const url = new URL(siteUrl);
  if (url.protocol !== "https:") return [];
  try {
    const stores = await certificateStores(caFile);
    return [judge(await inspectCertificate(url, stores, signal), url, clock.nowMs())];
  } catch (error) {
    signal.throwIfAborted();
    // That nothing answers there is told by the request that follows.
    if (error instanceof NetworkError && !error.kind.startsWith("tls_")) return [];
    return [failureOf("tls", error, { settings: ["mattermost.url", "mattermost.ca_file"] })];
  }
}

function judge(certificate: ServerCertificate, url: URL, nowMs: number): Check {
  const { trustedBy, validUntilMs, issuer } = certificate;
  const until = day(validUntilMs);
  if (trustedBy === undefined) return distrust(certificate, url, nowMs);
  const days = Math.floor((validUntilMs - nowMs) / DAY_MS);
  if (days < CERTIFICATE_DAYS_MIN) {
    const message = `The certificate of ${url.host} ends on ${until}`;
    return warning("tls", message, "Renew it before that.", URL_SETTING);
  }
  const authority = `"${issuer}", ${STORE_WORDS[trustedBy]}`;
  return ok("tls", `The certificate is valid until ${until} and signed by ${authority}`);
}

/** The one remedy that fits, with what the certificate says of itself. */
function distrust(certificate: ServerCertificate, url: URL, nowMs: number): Check {
  const [kind, reason] = reasonOfDistrust(certificate, url.hostname, nowMs);
  const message = `The certificate of ${url.host} is refused: ${reason}`;
  const settings = ["mattermost.url", "mattermost.ca_file"];
  return failure("tls", message, new NetworkError(kind, url).hint, { settings });
}

function reasonOfDistrust(
  { issuer, hosts, validFromMs, validUntilMs }: ServerCertificate,
  hostname: string,
  nowMs: number,
): [kind: NetworkErrorKind, reason: string] {
  if (nowMs < validFromMs || nowMs > validUntilMs) {
    return ["tls_expired", `it is valid from ${day(validFromMs)} to ${day(validUntilMs)}`];
  }
  if (!hosts.some((host) => matches(host, hostname))) {
    return ["tls_hostname", `it is for ${hosts.join(", ") || "no host"}`];
  }
  return ["tls_untrusted", `this machine does not know "${issuer}", who signed it`];
}

function day(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 10);
}

function matches(pattern: string, hostname: string): boolean {
  const wanted = pattern.toLowerCase();
  if (!wanted.startsWith("*.")) return wanted === hostname.replace(/^\[|\]$/g, "");
  return hostname.slice(hostname.indexOf(".")) === wanted.slice(1);
}
