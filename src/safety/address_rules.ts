import { isIP } from "node:net";
import ipaddr from "ipaddr.js";
import type { ResolveHost } from "../runtime/resolve_host.ts";

export interface AddressPolicy {
  /** Whether this machine and private networks may be reached. Cloud metadata never may. */
  readonly allowsPrivate: boolean;
}

export type AddressVerdict =
  | {
    readonly kind: "allowed";
    readonly url: URL;
    /** Where the name leads: connect to one of these, since the name may lead elsewhere later. */
    readonly addresses: readonly string[];
  }
  | {
    readonly kind: "refused";
    /** Goes on after "Cannot open URL:". */
    readonly reason: string;
  };

/** Longest address that is looked at. */
const URL_CHARS_MAX = 8_192;

/**
 * Whether a tool may open the address `text`: of the web, and leading to public machines alone,
 * whichever of its addresses is taken. Odd spellings of numbers and names are those of the URL
 * standard, which is what `fetch` goes by.
 */
export async function judgeUrl(
  text: string,
  deps: { readonly policy: AddressPolicy; readonly resolveHost: ResolveHost },
  signal: AbortSignal,
): Promise<AddressVerdict> {
  const parsed = parseWebUrl(text);
  if (parsed.kind === "refused") return parsed;
  const { url } = parsed;
  const hostname = url.hostname.replace(/^\[|\]$/g, "").replace(/\.+$/, "");
  if (METADATA_NAMES.has(hostname)) return refuse(METADATA_REASON);
  const addresses = isIP(hostname) > 0 ? [hostname] : await addressesOf(hostname, deps, signal);
  if (addresses.length === 0) return refuse("its name is not known");
  for (const address of addresses) {
    const reason = refusalOf(address, deps.policy);
    if (reason !== undefined) return refuse(reason);
  }
  return { kind: "allowed", url, addresses };
}

function parseWebUrl(
  text: string,
): { kind: "parsed"; url: URL } | AddressVerdict & { kind: "refused" } {
  if (text.length > URL_CHARS_MAX || !URL.canParse(text)) {
    return refuse("it is not a valid address");
  }
  const url = new URL(text);
  if (!/^https?:$/.test(url.protocol)) return refuse("it is not an http:// or https:// address");
  if (url.username !== "" || url.password !== "") {
    return refuse("it holds a user name or a password");
  }
  return { kind: "parsed", url };
}

/** Empty when the name cannot be resolved: what is not known is not safe. */
async function addressesOf(
  hostname: string,
  { resolveHost }: { readonly resolveHost: ResolveHost },
  signal: AbortSignal,
): Promise<readonly string[]> {
  try {
    return await resolveHost(hostname, signal);
  } catch {
    signal.throwIfAborted();
    return []; // Whatever the reason, there is no address to check.
  }
}

const METADATA_REASON = "it leads to the metadata of a cloud machine";
/** Names that clouds give their metadata services. */
const METADATA_NAMES = new Set([
  ...["metadata", "metadata.google.internal", "metadata.goog", "instance-data"],
  ...["instance-data.ec2.internal", "metadata.azure.internal", "metadata.packet.net"],
]);
/**
 * Metadata services beyond 169.254.0.0/16: of Alibaba, Oracle, Azure, and Amazon over IPv6. Source:
 * their documentation.
 */
const METADATA_ADDRESSES = [
  ...["169.254.0.0/16", "100.100.100.200/32", "192.0.0.192/32", "168.63.129.16/32"],
  ...["fd00:ec2::/32", "fd20:ce::254/128"],
].map((range) => ipaddr.parseCIDR(range));

/** Ranges of `ipaddr.js` that belong to this machine or to the operator's own networks. */
const PRIVATE_RANGES: ReadonlySet<string> = new Set([
  ...["loopback", "private", "carrierGradeNat", "uniqueLocal", "linkLocal", "deprecatedSiteLocal"],
]);
/** All of IPv6 that is given to the public. Source: the IANA registry of unicast addresses. */
const PUBLIC_V6 = ipaddr.parseCIDR("2000::/3");
/** The way to IPv4 from a network that has IPv6 alone. Source: RFC 6052. */
const NAT64 = ipaddr.parseCIDR("64:ff9b::/96");

/** Why `address` may not be reached; `undefined` when it may. */
function refusalOf(address: string, { allowsPrivate }: AddressPolicy): string | undefined {
  const plain = address.replace(/%.*$/, ""); // The name of an interface.
  if (isIP(plain) === 0) return "its address is not valid";
  const reached = withEmbedded(ipaddr.parse(plain));
  if (reached.some(isMetadata)) return METADATA_REASON;
  for (const each of reached) {
    const range = each.range();
    if (PRIVATE_RANGES.has(range)) {
      if (!allowsPrivate) return "it leads to this machine or to a private network";
    } else if (!isPublic(each, range)) return "it leads to an address that is reserved";
  }
  return undefined;
}

type Address = ipaddr.IPv4 | ipaddr.IPv6;

function isMetadata(address: Address): boolean {
  return METADATA_ADDRESSES.some(([network, bits]) =>
    network.kind() === address.kind() && address.match(network, bits)
  );
}

/** What carries an address of IPv4 is as public as that one is, which is looked at by itself. */
function isPublic(address: Address, range: string): boolean {
  if (address instanceof ipaddr.IPv4) return range === "unicast";
  return range === "ipv4Mapped" || address.match(NAT64) ||
    (range === "unicast" && address.match(PUBLIC_V6));
}

/** The address, and those of IPv4 that it leads to by way of a gateway or a tunnel. */
function withEmbedded(address: Address): readonly Address[] {
  if (address instanceof ipaddr.IPv4) return [address];
  const { parts } = address;
  const v4 = (high = 0, low = 0) => new ipaddr.IPv4([high >> 8, high & 0xff, low >> 8, low & 0xff]);
  const range = address.range();
  if (range === "6to4") return [address, v4(parts[1], parts[2])];
  if (range === "teredo") {
    const client = v4((parts[6] ?? 0) ^ 0xffff, (parts[7] ?? 0) ^ 0xffff);
    return [address, v4(parts[2], parts[3]), client];
  }
  const isIsatap = parts[5] === 0x5efe;
  if (range === "ipv4Mapped" || address.match(NAT64) || isIsatap) {
    return [address, v4(parts[6], parts[7])];
  }
  return [address];
}

function refuse(reason: string): { readonly kind: "refused"; readonly reason: string } {
  return { kind: "refused", reason };
}
