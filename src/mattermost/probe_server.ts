import { HermesError } from "../errors.ts";
import { parseServerUrl, type ServerUrl } from "./base_url.ts";
import { asNumber, asText, decodeClientConfig, parseJson } from "./decode.ts";
import { UnexpectedAnswerError } from "./errors.ts";
import { type Answer, RestClient, type RestClientDeps } from "./rest_client.ts";

/** What a server tells somebody without a token. */
export type ServerProbe =
  | ServerFacts
  /** A Mattermost answers at `siteUrl`: the address leads there, or had a wrong path. */
  | { readonly kind: "elsewhere"; readonly reason: "redirect" | "path"; readonly siteUrl: string }
  /** Nothing answers, or something else does: the error says which. */
  | { readonly kind: "failed"; readonly error: HermesError };

export interface ServerFacts {
  readonly kind: "mattermost";
  readonly version: string;
  /** As its operator set it; `""` when that was forgotten. */
  readonly siteUrl: string;
  /** How far the server's clock is ahead of ours; `undefined` when it does not say. */
  readonly clockAheadMs: number | undefined;
  /** How many requests it takes at once; `undefined` when it does not limit their rate. */
  readonly requestsMax: number | undefined;
}

export type ProbeServerDeps = Omit<RestClientDeps, "serverUrl" | "token">;

const PING = { action: "ask the server", method: "GET", path: "/system/ping" } as const;
const CONFIG = {
  action: "read the server's configuration",
  method: "GET",
  path: "/config/client?format=old",
} as const;
/** The time in a `Date` header is cut to seconds: on the average it is half of one late. */
const DATE_HEADER_CUT_MS = 500;

/** Asks what is at the address, without a token, and where the server is if it is not there. */
export async function probeServer(
  serverUrl: ServerUrl,
  deps: ProbeServerDeps,
  signal: AbortSignal,
): Promise<ServerProbe> {
  try {
    return await readFacts(serverUrl, deps, signal);
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof HermesError)) throw error;
    if (!(error instanceof UnexpectedAnswerError)) return { kind: "failed", error };
    const found = error.kind === "redirect"
      ? await firstMattermost([siteOfPing(error.location)], deps, signal)
      : await firstMattermost(sitesAbove(serverUrl), deps, signal);
    if (found === undefined) return { kind: "failed", error };
    const reason = error.kind === "redirect" ? "redirect" : "path";
    return { kind: "elsewhere", reason, siteUrl: found };
  }
}

async function readFacts(
  serverUrl: ServerUrl,
  deps: ProbeServerDeps,
  signal: AbortSignal,
): Promise<ServerFacts> {
  const rest = new RestClient({ ...deps, serverUrl, token: undefined });
  const askedAtMs = deps.clock.nowMs();
  const ping = await rest.ask(PING, signal);
  const clockAheadMs = clockAhead(ping, (askedAtMs + deps.clock.nowMs()) / 2);
  const { version, siteUrl } = await rest.request(CONFIG, decodeClientConfig, signal);
  const requestsMax = burstOf(ping);
  return { kind: "mattermost", version, siteUrl, clockAheadMs, requestsMax };
}

function clockAhead({ headers }: Answer, answeredAtMs: number): number | undefined {
  const serverMs = Date.parse(headers.get("date") ?? "");
  return Number.isNaN(serverMs)
    ? undefined
    : Math.round(serverMs + DATE_HEADER_CUT_MS - answeredAtMs);
}

/** Of a doubly sent header, as two limiters give it, the smaller one. */
function burstOf({ headers }: Answer): number | undefined {
  const header = headers.get("x-ratelimit-limit");
  if (header === null) return undefined;
  const limits = header.split(",").flatMap((part) => asNumber(part.trim()) ?? []);
  return limits.length === 0 ? undefined : Math.min(...limits);
}

/** The site whose ping is at `location`; `undefined` for an address that is no ping, e.g. a login. */
function siteOfPing(location: string): string | undefined {
  const end = location.indexOf(`/api/v4${PING.path}`);
  return end === -1 ? undefined : location.slice(0, end);
}

/** The addresses with a shorter path: people copy more than they should. */
function sitesAbove({ siteUrl }: ServerUrl): string[] {
  const { origin, pathname } = new URL(siteUrl);
  const names = pathname.split("/").filter((name) => name !== "");
  return names.map((_, count) => origin + names.slice(0, count).map((name) => `/${name}`).join(""))
    .reverse();
}

async function firstMattermost(
  sites: readonly (string | undefined)[],
  deps: ProbeServerDeps,
  signal: AbortSignal,
): Promise<string | undefined> {
  for (const site of sites) {
    const serverUrl = parseServerUrl(site ?? "");
    if ("problem" in serverUrl || !await answersPing(serverUrl, deps, signal)) continue;
    return serverUrl.siteUrl;
  }
  return undefined;
}

async function answersPing(
  serverUrl: ServerUrl,
  deps: ProbeServerDeps,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    const rest = new RestClient({ ...deps, serverUrl, token: undefined });
    const { text } = await rest.ask(PING, signal);
    return asText((parseJson(text) as { status?: unknown })?.status) !== "";
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof HermesError) return false; // It was only a guess.
    throw error;
  }
}
