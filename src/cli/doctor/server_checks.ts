import type { Config } from "../../config/load_config.ts";
import { writeSettings } from "../../config/write_settings.ts";
import { parseServerUrl, type ServerUrl } from "../../mattermost/base_url.ts";
import { probeServer, type ServerFacts, type ServerProbe } from "../../mattermost/probe_server.ts";
import { silentLog } from "../../runtime/log.ts";
import type { Network } from "../../runtime/network.ts";
import { chooseMattermostProxy, composeMattermostNetwork } from "../compose.ts";
import { checkAddress, checkDns, checkProxy, checkTls } from "./address_checks.ts";
import { type Check, failure, failureOf, type Look, ok, skipped, warning } from "./check.ts";
import type { DoctorInput } from "./doctor_input.ts";

/** A Mattermost that answers, and the way to it. */
export interface ReachedServer {
  readonly serverUrl: ServerUrl;
  readonly network: Network;
  readonly facts: ServerFacts;
}

const URL_SETTING = { settings: ["mattermost.url"] };
const PROXY_SETTINGS = [
  "mattermost.proxy",
  "network.https_proxy",
  "network.http_proxy",
  "network.no_proxy",
];

/** From the address in the settings to a server that says what it is, without a token. */
export async function checkServer(
  input: DoctorInput,
  signal: AbortSignal,
): Promise<Look<ReachedServer>> {
  const config = input.loaded.draft;
  const typed = config.mattermost.url;
  if (typed === undefined) return nowhere(skipped(["address", "server"], "There is no address"));
  const serverUrl = parseServerUrl(typed);
  if ("problem" in serverUrl) {
    const remedy = "Set MATTERMOST_URL to the address that people open in the browser.";
    return nowhere([failure("address", serverUrl.problem, remedy, URL_SETTING)]);
  }
  const { siteUrl } = serverUrl;
  const proxies = {
    rest: chooseMattermostProxy(config, serverUrl.restUrl),
    socket: chooseMattermostProxy(config, serverUrl.socketUrl),
  };
  const network = composeMattermostNetwork(config);
  const way = [
    checkAddress(serverUrl, typed, addressRepair(siteUrl, input)),
    checkProxy(
      proxies,
      PROXY_SETTINGS.filter((key) => input.loaded.findWritten(key) !== undefined),
    ),
    ...(proxies.rest === undefined ? await checkDirectWay(siteUrl, config, input, signal) : []),
  ];
  const broken = way.find((check) => check.status === "failure");
  if (broken !== undefined) {
    return nowhere([...way, ...skipped(["server"], `The check "${broken.name}" failed`)]);
  }
  const deps = { ...input, fetch: network.fetch, log: silentLog };
  const probe = await probeServer(serverUrl, deps, signal);
  const checks = [...way, ...judgeServer(probe, siteUrl, input)];
  const found = probe.kind === "mattermost" ? { serverUrl, network, facts: probe } : undefined;
  return { checks, found };
}

function nowhere(checks: readonly Check[]): Look<ReachedServer> {
  return { checks, found: undefined };
}

/** Behind a proxy it is the proxy that looks up names. */
async function checkDirectWay(
  siteUrl: string,
  { mattermost: { caFile } }: Config,
  { clock }: DoctorInput,
  signal: AbortSignal,
): Promise<readonly Check[]> {
  const dns = await checkDns(siteUrl, signal);
  if (dns.some((check) => check.status === "failure")) return dns;
  return [...dns, ...await checkTls(siteUrl, { caFile, clock }, signal)];
}

function judgeServer(probe: ServerProbe, siteUrl: string, input: DoctorInput): readonly Check[] {
  switch (probe.kind) {
    case "failed":
      return [failureOf("server", probe.error, URL_SETTING)];
    case "elsewhere":
      return [elsewhere(probe, siteUrl, input)];
    case "mattermost":
      return [
        ok("server", `Mattermost ${probe.version} answers`),
        ...checkVersion(probe.version),
        ...checkClock(probe.clockAheadMs),
        ...checkRateLimit(probe.requestsMax),
      ];
  }
}

/** To another host the token goes only when a person says so. */
function elsewhere(
  found: ServerProbe & { kind: "elsewhere" },
  siteUrl: string,
  input: DoctorInput,
): Check {
  const message = found.reason === "redirect"
    ? `${siteUrl} sends everybody to ${found.siteUrl}, where the server is`
    : `There is only a web page at ${siteUrl}: the server is at ${found.siteUrl}`;
  const isSameHost = new URL(found.siteUrl).hostname === new URL(siteUrl).hostname;
  const repair = isSameHost ? addressRepair(found.siteUrl, input) : undefined;
  return failure("server", message, `Set MATTERMOST_URL to ${found.siteUrl}.`, {
    ...URL_SETTING,
    ...(repair === undefined ? {} : { repair }),
  });
}

/** Writes the address where it is set; `undefined` where that is no file. */
function addressRepair(
  siteUrl: string,
  { loaded, paths }: DoctorInput,
): (() => Promise<string>) | undefined {
  const written = loaded.findWritten("mattermost.url");
  if (written?.source !== ".env" && written?.source !== "config.yaml") return undefined;
  const { name, source } = written;
  const change = { [name]: siteUrl };
  return async () => {
    const isEnv = source === ".env";
    await writeSettings(paths, { env: isEnv ? change : {}, yaml: isEnv ? {} : change });
    return `${name} in ${source} is ${siteUrl} now`;
  };
}

/** `GET /users/me/channels`, without which nothing is caught up on. Source: the API's documentation. */
const VERSION_NEEDED = [6, 1];
/** The oldest line of versions with which Hermes was tried. */
const VERSION_TRIED = [11, 0];

/** What a server of this version lacks; nothing to say of a recent one. */
export function checkVersion(version: string): readonly Check[] {
  const numbers = version.split(".").map(Number);
  const remedy = "Update the Mattermost server.";
  if (isBefore(numbers, VERSION_NEEDED)) {
    const message =
      `Mattermost ${version} cannot list the channels of all teams, which Hermes needs`;
    return [failure("version", message, remedy)];
  }
  if (!isBefore(numbers, VERSION_TRIED)) return [];
  const message = `Mattermost ${version} is older than what Hermes was tried with`;
  return [warning("version", message, remedy)];
}

function isBefore(version: readonly number[], bound: readonly number[]): boolean {
  const [major = 0, minor = 0] = version;
  const [boundMajor = 0, boundMinor = 0] = bound;
  return major < boundMajor || (major === boundMajor && minor < boundMinor);
}

/** Ages of messages are reckoned with both clocks. */
const CLOCK_MS_MAX = 30_000;

function checkClock(aheadMs: number | undefined): readonly Check[] {
  if (aheadMs === undefined) return [];
  const seconds = Math.round(Math.abs(aheadMs) / 1000);
  if (Math.abs(aheadMs) <= CLOCK_MS_MAX) {
    return [ok("clock", "The clocks of this machine and of the server agree")];
  }
  const way = aheadMs > 0 ? "behind" : "ahead of";
  const message = `The clock of this machine is ${seconds} s ${way} the server's`;
  return [warning("clock", message, "Let both machines set their clocks by NTP.")];
}

/** With so few requests at once, answers that grow are slow. */
const REQUESTS_AT_ONCE_MIN = 20;

function checkRateLimit(requestsMax: number | undefined): readonly Check[] {
  if (requestsMax === undefined) return [];
  const message = `The server takes ${requestsMax} requests at once, and then limits the rate`;
  if (requestsMax >= REQUESTS_AT_ONCE_MIN) return [ok("rate-limit", message)];
  const remedy = "Raise RateLimitSettings.MaxBurst of the server: 100 is usual.";
  return [warning("rate-limit", message, remedy)];
}
