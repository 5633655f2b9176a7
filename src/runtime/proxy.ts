import { BlockList, isIP } from "node:net";

export interface ProxySettings {
  /** The proxy that the user named for Hermes, whatever the environment says. */
  readonly override?: string | undefined;
  readonly httpProxy?: string | undefined;
  readonly httpsProxy?: string | undefined;
  /** As curl and Go read `NO_PROXY`: `*`, hosts and their subdomains, `host:port`, IPs, CIDR. */
  readonly noProxy?: string | undefined;
}

/**
 * The proxy to reach `url` through, or `undefined` for the direct way. As with curl, `NO_PROXY` also
 * limits `override`, and this machine itself is no exception unless `NO_PROXY` names it.
 */
export function chooseProxy(url: string | URL, settings: ProxySettings): string | undefined {
  const target = new URL(url);
  const secure = target.protocol === "https:" || target.protocol === "wss:";
  const fromEnvironment = secure ? settings.httpsProxy : settings.httpProxy;
  const proxy = settings.override || fromEnvironment;
  if (proxy === undefined || proxy === "") return undefined;
  if (isExempt(target, settings.noProxy ?? "")) return undefined;
  return proxy.includes("://") ? proxy : `http://${proxy}`;
}

/** Without the brackets that an address of IPv6 has in a URL. */
function hostnameOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, "").replace(/\.$/, "").toLowerCase();
}

function isExempt(target: URL, noProxy: string): boolean {
  return noProxy.toLowerCase().split(/[\s,]+/).some((entry) => matches(target, entry));
}

function matches(target: URL, entry: string): boolean {
  if (entry === "*") return true;
  const hostname = hostnameOf(target);
  if (entry.includes("/")) return isInRange(hostname, entry);
  const [, host = entry, port] = entry.match(/^(\[[^\]]*\]|[^:]*)(?::(\d+))?$/) ?? [];
  if (port !== undefined && port !== portOf(target)) return false;
  const suffix = host.replace(/^\[|\]$/g, "").replace(/^\*?\./, "").replace(/\.$/, "");
  if (suffix === "") return false;
  return hostname === suffix || (isIP(hostname) === 0 && hostname.endsWith(`.${suffix}`));
}

function portOf(url: URL): string {
  if (url.port !== "") return url.port;
  return url.protocol === "https:" || url.protocol === "wss:" ? "443" : "80";
}

/** Whether `hostname` is an address within `range`, e.g. `10.0.0.0/8`. A malformed range has none. */
function isInRange(hostname: string, range: string): boolean {
  const [network = "", bits = ""] = range.split("/");
  const version = isIP(network);
  const prefix = Number(bits);
  if (version === 0 || version !== isIP(hostname)) return false;
  if (
    bits === "" || !Number.isInteger(prefix) || prefix < 0 || prefix > (version === 4 ? 32 : 128)
  ) {
    return false;
  }
  const family = version === 4 ? "ipv4" : "ipv6";
  const addresses = new BlockList();
  addresses.addSubnet(network, prefix, family);
  return addresses.check(hostname, family);
}
