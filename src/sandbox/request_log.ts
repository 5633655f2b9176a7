/** One request the sandbox got, for assertions. Tokens are not kept: `authorization` says how they came. */
export interface LoggedRequest {
  readonly method: string;
  /** Path with the query, as the client sent it. */
  readonly path: string;
  readonly atMs: number;
  /** Names in lower case; `authorization` and `cookie` are left out. */
  readonly headers: Readonly<Record<string, string>>;
  /** How the client authenticated. */
  readonly authorization: "none" | "bearer" | "token" | "cookie" | "query";
  readonly body: unknown;
  /** `undefined` until it was answered; 0 when the connection ended without an answer. */
  status: number | undefined;
}

/** One socket upgrade, and what came over it. */
export interface LoggedUpgrade extends Omit<LoggedRequest, "body"> {
  readonly query: Readonly<Record<string, string>>;
  /** Frames of the client in order; the token of a challenge reads `***`. */
  readonly frames: string[];
  /** Whether its socket is open. */
  open: boolean;
  /** Close code that the client sent; 1005 or 1006 when there was none. */
  closeCode: number | undefined;
}
