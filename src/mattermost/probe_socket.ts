import { silentLog } from "../runtime/log.ts";
import type { NetworkError } from "../runtime/network_error.ts";
import { connect, type ConnectionDeps } from "./connection.ts";

/** What came of opening the socket once. */
export type SocketProbe =
  | { readonly kind: "hello"; readonly serverVersion: string }
  /** It did not open. */
  | { readonly kind: "failed"; readonly error: NetworkError }
  /** It opened, and no greeting came: a proxy took the token away, or the server does not know it. */
  | { readonly kind: "silent" };

/** Opens the socket as a gateway does, waits for the greeting, and closes it. */
export async function probeSocket(
  deps: Omit<ConnectionDeps, "socketAuthentication" | "log">,
  signal: AbortSignal,
): Promise<SocketProbe> {
  const byHeader = { ...deps, socketAuthentication: "header", log: silentLog } as const;
  for await (const item of connect({ resume: undefined, endBefore: undefined }, byHeader, signal)) {
    if (item.kind === "hello") return { kind: "hello", serverVersion: item.serverVersion };
    if (item.kind !== "ended") continue;
    const { end } = item;
    if (end.kind === "network" || end.kind === "refused_upgrade") {
      return { kind: "failed", error: end.error };
    }
    break;
  }
  signal.throwIfAborted();
  return { kind: "silent" };
}
