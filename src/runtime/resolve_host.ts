import { lookup } from "node:dns/promises";

/**
 * All addresses of a host name, as the operating system tells them and in the order in which to try
 * them. Rejects when there are none, and when `signal` aborts.
 */
export type ResolveHost = (hostname: string, signal: AbortSignal) => Promise<readonly string[]>;

export const resolveHost: ResolveHost = (hostname, signal) =>
  new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason);
    if (signal.aborted) return stop();
    signal.addEventListener("abort", stop, { once: true });
    lookup(hostname, { all: true })
      .then((found) => resolve(found.map(({ address }) => address)), reject)
      .finally(() => signal.removeEventListener("abort", stop));
  });
