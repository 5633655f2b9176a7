import type { OpenSocket, Socket, SocketRequest } from "../../../src/runtime/network.ts";

/** A socket whose server is the test: for what no server does on demand. */
export class ScriptedSocket implements Socket {
  readonly sent: { seq: number; action: string }[] = [];
  closed: { readonly code: number } | undefined;
  readonly #over = Promise.withResolvers<void>();
  readonly #frames: string[] = [];
  #wakeReader = () => {};
  #wakeTest = () => {};

  /** What the server sends. */
  push(...frames: readonly unknown[]): void {
    this.#frames.push(
      ...frames.map((frame) => typeof frame === "string" ? frame : JSON.stringify(frame)),
    );
    this.#wakeReader();
  }

  /** The client's request number `index`, now or later. */
  async request(index: number): Promise<{ seq: number; action: string }> {
    for (;;) {
      const request = this.sent[index];
      if (request !== undefined) return request;
      await new Promise<void>((resolve) => this.#wakeTest = resolve);
    }
  }

  send(text: string): void {
    this.sent.push(JSON.parse(text));
    this.#wakeTest();
  }

  close(code = 1000): void {
    this.closed ??= { code };
    this.#frames.length = 0;
    this.#wakeReader();
    this.#over.resolve();
  }

  /** Resolves when one side has closed it. */
  get over(): Promise<void> {
    return this.#over.promise;
  }

  async *frames(): AsyncGenerator<string> {
    for (;;) {
      const frame = this.#frames.shift();
      if (frame !== undefined) yield frame;
      else if (this.closed !== undefined) return;
      else await new Promise<void>((resolve) => this.#wakeReader = resolve);
    }
  }
}

/** Hands out sockets in order, and keeps what was asked for. */
export function scriptedNetwork(
  ...sockets: readonly ScriptedSocket[]
): { openSocket: OpenSocket; requests: SocketRequest[] } {
  const requests: SocketRequest[] = [];
  const openSocket: OpenSocket = (request, signal) => {
    const socket = sockets[requests.length];
    requests.push(request);
    if (socket === undefined) {
      return new Promise((_, reject) => {
        signal.addEventListener("abort", () => reject(signal.reason), { once: true });
      });
    }
    signal.addEventListener("abort", () => socket.close(), { once: true });
    return Promise.resolve(socket);
  };
  return { openSocket, requests };
}

export function hello(connectionId = "c".repeat(26)): unknown {
  const data = { connection_id: connectionId, server_version: "11.6.0.11.6.0.abc.false" };
  return { event: "hello", data, broadcast: {}, seq: 0 };
}

export function typing(seq: number): unknown {
  return { event: "typing", data: { user_id: "alice" }, broadcast: {}, seq };
}
