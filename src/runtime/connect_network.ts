import { isIP } from "node:net";
import type { LoadCertificates } from "./certificates.ts";
import type { FetchFn, Network } from "./network.ts";
import { classifyNetworkError, NetworkError } from "./network_error.ts";
import { connectSocket } from "./socket.ts";

export interface NetworkOptions {
  /** Called for the first address that needs TLS, not before. */
  readonly certificates: LoadCertificates;
  /** The proxy for an address, `undefined` for the direct way: see `chooseProxy`. */
  readonly proxyFor: (url: string) => string | undefined;
}

/**
 * Requests and sockets that trust the same authorities and take the same proxies. Failures are
 * `NetworkError`s; a request that its own signal aborted throws what the runtime throws.
 *
 * On Deno a request or socket for which `proxyFor` gives no proxy still takes the one of the
 * process environment: Deno cannot be told otherwise. Bun, which ships, can.
 */
export function createNetwork(options: NetworkOptions): Network {
  const connect = "Deno" in globalThis ? denoConnect(options) : bunConnect(options);
  const proxyFor = (url: string) => usableProxy(url, options.proxyFor(url));
  return {
    fetch: fetchBy(connect, proxyFor),
    openSocket: async (request, signal) => {
      const proxy = proxyFor(request.url);
      const { socketOptions } = await connect(request.url, proxy);
      return await connectSocket(request, { socketOptions, proxy }, signal);
    },
  };
}

function usableProxy(url: string, proxy: string | undefined): string | undefined {
  if (proxy === undefined || (/^https?:/i.test(proxy) && URL.canParse(proxy))) return proxy;
  throw new NetworkError("proxy", url, {
    reason: "its proxy is not an http:// or https:// address",
  });
}

/** What the runtime's own `fetch` and `WebSocket` take beyond the standard, to connect our way. */
interface ConnectOptions {
  readonly fetchOptions: Readonly<Record<string, unknown>>;
  readonly socketOptions: Readonly<Record<string, unknown>>;
}

type Connect = (url: string, proxy: string | undefined) => Promise<ConnectOptions>;

function bunConnect(options: NetworkOptions): Connect {
  return async (url, proxy) => {
    const tls = needsTls(url, proxy) ? { tls: { ca: await options.certificates() } } : {};
    return {
      // Without `false`, Bun's fetch takes the proxy of the process environment. Its socket never does.
      fetchOptions: { ...tls, proxy: proxy ?? false },
      socketOptions: proxy === undefined ? tls : { ...tls, proxy },
    };
  };
}

/** One client, with its pool of connections, for each proxy: there are three at most. */
function denoConnect(options: NetworkOptions): Connect {
  const clients = new Map<string, Promise<Deno.HttpClient>>();
  const createClient = async (secure: boolean, proxy: string | undefined) =>
    Deno.createHttpClient({
      ...(secure ? { caCerts: [...await options.certificates()] } : {}),
      ...(proxy === undefined ? {} : { proxy: { url: proxy } }),
    });
  return async (url, proxy) => {
    const secure = needsTls(url, proxy);
    const key = `${secure} ${proxy}`;
    const client = clients.get(key) ?? createClient(secure, proxy);
    clients.set(key, client);
    client.catch(() => clients.delete(key)); // The next connection tries again.
    return { fetchOptions: { client: await client }, socketOptions: { client: await client } };
  };
}

function needsTls(url: string, proxy: string | undefined): boolean {
  return [url, proxy ?? ""].some((address) => /^(?:https|wss):/i.test(address));
}

function fetchBy(connect: Connect, proxyFor: NetworkOptions["proxyFor"]): FetchFn {
  return async (input, { connectTo, ...init } = {}) => {
    const url = input instanceof Request ? input.url : String(input);
    const signal = init.signal ?? (input instanceof Request ? input.signal : undefined);
    const proxy = proxyFor(url);
    const { fetchOptions } = await connect(url, proxy);
    const isPinned = connectTo !== undefined && proxy === undefined && !("Deno" in globalThis);
    const options = { ...init, ...fetchOptions };
    const request = isPinned ? pinTo(connectTo, new URL(url), options) : { input, options };
    try {
      return await fetch(request.input, request.options as RequestInit);
    } catch (error) {
      if (signal?.aborted === true) throw error;
      throw classifyNetworkError(error, url, proxy);
    }
  };
}

/**
 * The same request with an address in the place of the name, for Bun. Its connection is not kept:
 * Bun would take it for another name at the same address, whose certificate is another.
 */
function pinTo(address: string, url: URL, options: RequestInit & { readonly tls?: object }) {
  if (isIP(url.hostname.replace(/^\[|\]$/g, "")) > 0) return { input: url, options };
  const input = new URL(url);
  input.hostname = isIP(address) === 6 ? `[${address}]` : address;
  const headers = new Headers(options.headers);
  headers.set("host", url.host);
  const tls = { ...options.tls, serverName: url.hostname };
  return { input, options: { ...options, headers, tls, keepalive: false } };
}
