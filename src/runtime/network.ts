/** The part of `fetch` we use. Redirects are the caller's business: pass `redirect: "manual"`. */
export type FetchFn = (url: string | URL | Request, init?: FetchInit) => Promise<Response>;

export interface FetchInit extends RequestInit {
  /**
   * The address of IP to connect to in the place of what the host's name leads to now; the name still
   * stands in the request and in the certificate. Without effect on Deno, which cannot be told, and
   * through a proxy, which looks names up itself.
   */
  readonly connectTo?: string;
}

/** An open text WebSocket. */
export interface Socket {
  /**
   * Frames in the order they came. The iteration ends when the socket closes, for whatever reason;
   * `closed` then says how. Frames wait in memory until they are read, at most `FRAMES_WAITING_MAX`;
   * one more closes the socket.
   */
  frames(): AsyncIterable<string>;
  send(text: string): void;
  /** Closes with `code` (1000 or 3000-4999). Frames that wait are dropped. */
  close(code?: number): void;
  /** How it ended; `undefined` while it is open. Code 1005, 1006 or 0 means: without a close frame. */
  readonly closed: { readonly code: number } | undefined;
}

export interface SocketRequest {
  /** `ws://` or `wss://`. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Opens a socket, or throws a `NetworkError`. Aborting `signal` closes it, also after it opened. */
export type OpenSocket = (request: SocketRequest, signal: AbortSignal) => Promise<Socket>;

/** The way out of this machine: one set of CAs and proxies for requests and sockets alike. */
export interface Network {
  readonly fetch: FetchFn;
  readonly openSocket: OpenSocket;
}
