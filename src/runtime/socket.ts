import type { Socket, SocketRequest } from "./network.ts";
import { classifyNetworkError, NetworkError } from "./network_error.ts";
import { WaitingItems } from "./waiting_items.ts";

/** Frames that a socket keeps until they are read. A reader that is further behind has to reconnect. */
export const FRAMES_WAITING_MAX = 10_000;

/** The close code with which a socket ends that nobody reads. */
export const CLOSE_CODE_UNREAD = 4008;

/** How long the peer may take to answer a close frame. */
const CLOSE_ANSWER_MS_MAX = 1_000;

/** How the runtime is to connect: see `createNetwork`. */
export interface SocketConnection {
  readonly socketOptions: Readonly<Record<string, unknown>>;
  readonly proxy: string | undefined;
}

/**
 * Opens a text WebSocket, or throws a `NetworkError`. Aborting `signal` ends it, also after it
 * opened; before, the abort's reason is thrown.
 */
export async function connectSocket(
  request: SocketRequest,
  connection: SocketConnection,
  signal: AbortSignal,
): Promise<Socket> {
  signal.throwIfAborted();
  const webSocket = new WebSocket(request.url, {
    headers: { ...request.headers },
    ...connection.socketOptions,
  });
  const socket = new TextSocket(webSocket, signal);
  await new Promise<void>((resolve, reject) => {
    webSocket.onopen = () => resolve();
    webSocket.onerror = (event) => {
      reject(classifyNetworkError(causeOf(event), request.url, connection.proxy));
    };
    socket.onClosed = () => {
      reject(signal.aborted ? signal.reason : new NetworkError("reset", request.url));
    };
  });
  return socket;
}

/** Bun gives an error, Deno only its words. */
function causeOf(event: Event): unknown {
  if ("error" in event && event.error instanceof Error) return event.error;
  return new Error("message" in event ? String(event.message) : "");
}

class TextSocket implements Socket {
  closed: { readonly code: number } | undefined;
  onClosed: () => void = () => {};
  readonly #webSocket: WebSocket;
  readonly #signal: AbortSignal;
  readonly #frames = new WaitingItems<string>(FRAMES_WAITING_MAX);

  constructor(webSocket: WebSocket, signal: AbortSignal) {
    this.#webSocket = webSocket;
    this.#signal = signal;
    signal.addEventListener("abort", this.#abort);
    webSocket.onmessage = (event) => this.#receive(event.data);
    webSocket.onclose = (event) => this.#end(event.code);
  }

  frames(): AsyncIterable<string> {
    return this.#frames;
  }

  send(text: string): void {
    if (this.closed === undefined) this.#webSocket.send(text);
  }

  close(code = 1000): void {
    this.#frames.drop();
    if (this.closed !== undefined) return;
    this.#end(code);
    this.#webSocket.close(code);
    dropUnanswered(this.#webSocket);
  }

  readonly #abort = () => this.close();

  #receive(data: unknown): void {
    if (typeof data !== "string") return; // A binary frame: Mattermost sends none unless asked to.
    if (!this.#frames.push(data)) this.close(CLOSE_CODE_UNREAD);
  }

  /** Nothing that the runtime reports after this is heard. */
  #end(code: number): void {
    this.closed = { code };
    this.#signal.removeEventListener("abort", this.#abort);
    this.#webSocket.onmessage = null;
    this.#webSocket.onclose = null;
    this.#webSocket.onerror = null;
    this.#frames.end();
    this.onClosed();
  }
}

/**
 * Ends the connection to a peer that does not answer the close frame: it would keep the process alive
 * for minutes. Deno has no way to.
 */
function dropUnanswered(webSocket: WebSocket & { terminate?: () => void }): void {
  const timer = setTimeout(() => webSocket.terminate?.(), CLOSE_ANSWER_MS_MAX);
  if (typeof timer === "object") timer.unref(); // The connection itself keeps the process alive.
  webSocket.onclose = () => clearTimeout(timer);
}
