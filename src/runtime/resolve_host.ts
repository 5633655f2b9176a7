import { lookup } from "node:dns/promises";

/**
 * All addresses of a host name, as the operating system tells them and in the order in which to try
 * them. Rejects when there are none, and when `signal` aborts.
 */
export type ResolveHost = (hostname: string, signal: AbortSignal) => Promise<readonly string[]>;

export const resolveHost: ResolveHost = async (hostname, signal) => {
  signal.throwIfAborted();
  const stopped = new Promise<never>((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
  const found = await Promise.race([lookup(hostname, { all: true }), stopped]);
  return found.map(({ address }) => address);
};
