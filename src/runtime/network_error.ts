import { HermesError } from "../errors.ts";

export type NetworkErrorKind =
  | "dns"
  | "refused"
  | "unreachable"
  | "reset"
  | "timeout"
  | "tls_untrusted"
  | "tls_expired"
  | "tls_hostname"
  | "tls_missing"
  | "proxy"
  | "refused_upgrade"
  | "other";

/** A host could not be reached. The message names the host alone: an address may hold a secret. */
export class NetworkError extends HermesError {
  override readonly name = "NetworkError";
  override readonly code: string;
  readonly kind: NetworkErrorKind;
  /** HTTP status with which a socket or a tunnel was refused, or 0 when the runtime does not tell. */
  readonly status: number;

  constructor(
    kind: NetworkErrorKind,
    url: string | URL,
    options: { reason?: string; status?: number; cause?: unknown } = {},
  ) {
    const status = options.status ?? 0;
    const [usualReason, hint] = EXPLANATIONS[kind];
    const reason = options.reason ?? usualReason;
    super(`Cannot reach ${hostOf(url)}: ${reason}${status === 0 ? "" : ` (HTTP ${status})`}`, {
      hint,
      cause: options.cause,
    });
    this.kind = kind;
    this.code = `network.${kind}`;
    this.status = status;
  }
}

const EXPLANATIONS: Readonly<Record<NetworkErrorKind, readonly [reason: string, hint: string]>> = {
  dns: ["its name is not known", "Check the host name, and that this machine can resolve it."],
  refused: ["connection refused", "Check the address, and that the server is running."],
  unreachable: ["no route to it", "Check the network of this machine and its VPN."],
  reset: ["the connection was cut", "Look for a firewall or proxy on the way that cuts it."],
  timeout: ["it did not answer in time", "Check the network and the firewalls on the way."],
  tls_untrusted: [
    "its certificate is signed by an authority that this machine does not trust",
    "Set MATTERMOST_CA_FILE or NODE_EXTRA_CA_CERTS to the PEM file of that authority.",
  ],
  tls_expired: [
    "its certificate is not valid today",
    "Renew the server's certificate, or correct the clock of this machine.",
  ],
  tls_hostname: [
    "its certificate is for another host name",
    "Use the host name that the certificate is for.",
  ],
  tls_missing: ["it does not speak TLS on this port", "Check the port, or use http:// or ws://."],
  proxy: ["the proxy did not let it through", "Check HTTPS_PROXY, HTTP_PROXY and NO_PROXY."],
  refused_upgrade: [
    "it refused the WebSocket",
    "Let the reverse proxy in front of the server pass WebSocket upgrades on.",
  ],
  other: ["the connection failed", "Check the address and the network."],
};

/** The host with its port, without user, path and query. */
function hostOf(url: string | URL): string {
  return URL.canParse(String(url)) ? new URL(url).host : "the address";
}

/**
 * Names what went wrong when a request or a socket failed. `proxy` is the address of the proxy that
 * was used: what fails on the way to a proxy is the proxy's.
 */
export function classifyNetworkError(
  error: unknown,
  url: string | URL,
  proxy?: string,
): NetworkError {
  const chain = errorChain(error);
  const kind = kindOf(chain);
  if (proxy !== undefined && ON_THE_WAY.includes(kind)) {
    const reason = `its proxy ${hostOf(proxy)} is not reachable, ${EXPLANATIONS[kind][0]}`;
    return new NetworkError("proxy", url, { reason, cause: error });
  }
  return new NetworkError(kind, url, { status: statusOf(chain), cause: error });
}

const ON_THE_WAY: readonly NetworkErrorKind[] = ["dns", "refused", "unreachable", "timeout"];

/** How deep causes are followed: Deno nests two, libraries add one or two of their own. */
const CAUSES_MAX = 6;

interface ErrorFacts {
  readonly code: string;
  readonly text: string;
}

/** Code and words of the error and its causes, without the addresses that the words may hold. */
function errorChain(error: unknown): readonly ErrorFacts[] {
  const chain: ErrorFacts[] = [];
  for (let next = error; next instanceof Error && chain.length < CAUSES_MAX; next = next.cause) {
    const code = "code" in next && typeof next.code === "string" ? next.code : next.name;
    chain.push({ code, text: next.message.replaceAll(/\b(?:https?|wss?):\/\/[^\s'")]*/g, "") });
  }
  return chain;
}

/**
 * Bun sets `code`, as Node does; Deno has words only. Of a socket whose certificate it refuses Deno
 * says nothing usable (`other`): it tells of its second try, with HTTP/2.
 */
const SIGNS: readonly { kind: NetworkErrorKind; codes: readonly string[]; words: RegExp }[] = [
  {
    kind: "proxy",
    codes: ["ERR_PROXY_TUNNEL", "UnsupportedProxyProtocol"],
    words: /unsuccessful tunnel|proxy/i,
  },
  {
    kind: "tls_hostname",
    codes: ["ERR_TLS_CERT_ALTNAME_INVALID"],
    words: /not valid for name|does not match certificate/i,
  },
  {
    kind: "tls_expired",
    codes: ["CERT_HAS_EXPIRED", "CERT_NOT_YET_VALID"],
    words: /certificate (?:has )?expired|certificate not valid yet/i,
  },
  {
    kind: "tls_untrusted",
    codes: [
      "DEPTH_ZERO_SELF_SIGNED_CERT",
      "SELF_SIGNED_CERT_IN_CHAIN",
      "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
      "UNABLE_TO_GET_ISSUER_CERT",
      "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
      "CERT_UNTRUSTED",
    ],
    words: /invalid peer certificate|self.signed certificate/i,
  },
  {
    kind: "tls_missing",
    codes: ["EPROTO"],
    words: /corrupt message of type InvalidContentType|WRONG_VERSION_NUMBER/,
  },
  {
    kind: "refused_upgrade",
    codes: [],
    words: /status code: \d{3}|(?:upgrade|connection|accept|protocol) header/i,
  },
  { kind: "dns", codes: ["ENOTFOUND", "EAI_AGAIN", "EAI_FAIL", "EAI_NONAME"], words: /dns error/ },
  {
    kind: "timeout",
    codes: ["ETIMEDOUT", "TimeoutError"],
    words: /timed out|deadline has elapsed/i,
  },
  {
    kind: "unreachable",
    codes: ["EHOSTUNREACH", "ENETUNREACH", "ENETDOWN", "EHOSTDOWN"],
    words: /no route to host|network is (?:unreachable|down)/i,
  },
  {
    kind: "reset",
    codes: ["ECONNRESET", "EPIPE", "ECONNABORTED"],
    words: /reset by peer|closed before message|handshake eof|connection error|broken pipe/i,
  },
  { kind: "refused", codes: ["ECONNREFUSED"], words: /connection refused|tcp connect error/i },
];

function kindOf(chain: readonly ErrorFacts[]): NetworkErrorKind {
  const byCode = SIGNS.find(({ codes }) => chain.some(({ code }) => codes.includes(code)));
  const byWords = () => SIGNS.find(({ words }) => chain.some(({ text }) => words.test(text)));
  return (byCode ?? byWords())?.kind ?? "other";
}

/** Both runtimes put the status of a refused upgrade or tunnel into the words. */
function statusOf(chain: readonly ErrorFacts[]): number {
  const text = chain.map((facts) => facts.text).join("\n");
  const found = text.match(/(?:status code|proxy connection failed|tunnel): (\d{3})/i);
  return Number(found?.[1] ?? 0);
}
