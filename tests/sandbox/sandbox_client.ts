import WebSocket from "ws";
import type { SandboxServer } from "../../src/sandbox/sandbox_server.ts";

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // deno-lint-ignore no-explicit-any -- tests look into answers of every shape.
  readonly body: any;
}

/** Calls the sandbox's REST API as a user; redirects are not followed. */
export async function call(
  sandbox: SandboxServer,
  username: string | undefined,
  method: string,
  path: string,
  body?: unknown,
): Promise<Reply> {
  const headers: Record<string, string> = username === undefined
    ? {}
    : { authorization: `Bearer ${sandbox.token(username).reveal()}` };
  const response = await fetch(`${sandbox.url}/api/v4${path}`, {
    method,
    headers,
    redirect: "manual",
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, body: parsed(text) };
}

/** A raw socket client that keeps what it gets. */
export class SandboxSocket {
  // deno-lint-ignore no-explicit-any -- tests look into frames of every shape.
  readonly frames: any[] = [];
  readonly texts: string[] = [];
  readonly closed: Promise<number>;
  readonly #socket: WebSocket;
  #wake: () => void = () => {};

  constructor(sandbox: SandboxServer, options: { token?: string; query?: string } = {}) {
    const url = `${sandbox.url.replace("http", "ws")}/api/v4/websocket${options.query ?? ""}`;
    const headers: Record<string, string> = options.token === undefined
      ? {}
      : { Authorization: `Bearer ${options.token}` };
    this.#socket = new WebSocket(url, { headers });
    this.#socket.on("message", (data) => {
      this.texts.push(String(data));
      this.frames.push(JSON.parse(String(data)));
      this.#wake();
    });
    this.#socket.on("error", () => {});
    this.closed = new Promise((resolve) => this.#socket.on("close", (code) => resolve(code)));
  }

  static as(sandbox: SandboxServer, username: string, query = ""): SandboxSocket {
    return new SandboxSocket(sandbox, { token: sandbox.token(username).reveal(), query });
  }

  opened(): Promise<void> {
    return new Promise((resolve) => this.#socket.on("open", () => resolve()));
  }

  send(frame: unknown): void {
    this.#socket.send(typeof frame === "string" ? frame : JSON.stringify(frame));
  }

  /** Resolves with the first frame that fits, now or later. */
  // deno-lint-ignore no-explicit-any -- as above.
  async frame(fits: (frame: any) => boolean): Promise<any> {
    for (;;) {
      const found = this.frames.find(fits);
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
  }

  // deno-lint-ignore no-explicit-any -- as above.
  event(name: string): Promise<any> {
    return this.frame((frame) => frame.event === name);
  }

  /** Sends a ping and gives its reply: everything sent before it has arrived then. */
  // deno-lint-ignore no-explicit-any -- as above.
  ping(seq: number): Promise<any> {
    this.send({ action: "ping", seq });
    return this.frame((frame) => frame.seq_reply === seq);
  }

  /** A ping of the WebSocket protocol; resolves with its pong. */
  protocolPing(): Promise<void> {
    this.#socket.ping();
    return new Promise((resolve) => this.#socket.once("pong", () => resolve()));
  }

  get isOpen(): boolean {
    return this.#socket.readyState === WebSocket.OPEN;
  }

  close(): void {
    this.#socket.close(1000);
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // Not JSON, on purpose.
  }
}
