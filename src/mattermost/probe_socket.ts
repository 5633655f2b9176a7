import { HermesError } from "../errors.ts";
import { silentLog } from "../runtime/log.ts";
import type { NetworkError } from "../runtime/network_error.ts";
import { withinTime } from "../runtime/within_time.ts";
import type { MattermostApi } from "./api.ts";
import { connect, type ConnectionDeps, type SocketAuthentication } from "./connection.ts";
import { MattermostApiError } from "./errors.ts";

/** What came of opening the socket once. */
export type SocketProbe =
  | { readonly kind: "hello"; readonly serverVersion: string }
  /** The server got a plain request: a proxy in front of it took `Upgrade` and `Connection` away. */
  | { readonly kind: "upgrade_dropped"; readonly error: HermesError }
  /** It opened for nobody: a proxy took `Authorization` away, for by a first frame the token works. */
  | { readonly kind: "token_dropped" }
  /** It opened, and no greeting came either way. */
  | { readonly kind: "silent" }
  /** It did not open for another reason. */
  | { readonly kind: "failed"; readonly error: HermesError };

export interface ProbeSocketDeps extends Omit<ConnectionDeps, "socketAuthentication" | "log"> {
  /** With the same token. */
  readonly api: MattermostApi;
}

/** Longest wait for the greeting of the second try: the server was there a moment ago. */
const SECOND_TRY_MS_MAX = 3_000;

/** Opens the socket as a gateway does, waits for the greeting, closes it, and finds out what failed. */
export async function probeSocket(
  deps: ProbeSocketDeps,
  signal: AbortSignal,
): Promise<SocketProbe> {
  const first = await openOnce("header", deps, signal);
  if (first.kind === "refused") return await askWhyRefused(first.error, deps, signal);
  if (first.kind !== "silent") return first;
  const second = await withinTime(
    (limited) => openOnce("challenge", deps, limited),
    { msMax: SECOND_TRY_MS_MAX, clock: deps.clock },
    signal,
  );
  signal.throwIfAborted();
  const isGreeted = second.kind === "done" && second.value.kind === "hello";
  return { kind: isGreeted ? "token_dropped" : "silent" };
}

type Opening =
  | Extract<SocketProbe, { kind: "hello" | "failed" | "silent" }>
  | { readonly kind: "refused"; readonly error: NetworkError };

async function openOnce(
  socketAuthentication: SocketAuthentication,
  deps: ProbeSocketDeps,
  signal: AbortSignal,
): Promise<Opening> {
  const connectionDeps = { ...deps, socketAuthentication, log: silentLog };
  const request = { resume: undefined, endBefore: undefined };
  for await (const item of connect(request, connectionDeps, signal)) {
    if (item.kind === "hello") return { kind: "hello", serverVersion: item.serverVersion };
    if (item.kind !== "ended") continue;
    const { end } = item;
    if (end.kind === "refused_upgrade") return { kind: "refused", error: end.error };
    if (end.kind === "network") return { kind: "failed", error: end.error };
  }
  return { kind: "silent" };
}

/** A plain request is answered with 400 by a server that would upgrade, and what refused with more words. */
async function askWhyRefused(
  error: NetworkError,
  { api }: ProbeSocketDeps,
  signal: AbortSignal,
): Promise<SocketProbe> {
  try {
    await api.probeSocket(signal);
  } catch (reason) {
    signal.throwIfAborted();
    if (!(reason instanceof HermesError)) throw reason;
    const isServer = reason instanceof MattermostApiError && reason.kind === "upgrade_refused";
    if (!isServer) return { kind: "failed", error: reason };
    if (error.status === reason.status) return { kind: "upgrade_dropped", error: reason };
  }
  return { kind: "failed", error };
}
