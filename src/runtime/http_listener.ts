import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { HermesError } from "../errors.ts";
import type { Clock } from "./clock.ts";
import type { Log } from "./log.ts";
import { withinTime } from "./within_time.ts";

/** A POST that was read whole. */
export interface HttpCall {
  /** Without the query. */
  readonly path: string;
  readonly authorization: string;
  readonly body: string;
}

export interface HttpReply {
  readonly status: number;
  /** Sent as JSON. */
  readonly body: Readonly<Record<string, unknown>>;
}

export interface HttpListenerDeps {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Must not throw. `signal` aborts when the listener closes. */
  readonly answer: (call: HttpCall, signal: AbortSignal) => Promise<HttpReply>;
  readonly clock: Clock;
  readonly log: Log;
}

export interface HttpListener extends AsyncDisposable {
  readonly port: number;
}

/** Longest body of a call. */
export const CALL_BYTES_MAX = 65_536;
/** How long a call may take to arrive. */
export const CALL_READ_MS_MAX = 10_000;
/** Calls that are answered at the same time. */
export const CALLS_MAX = 64;
/** Connections that are open at the same time. */
const CONNECTIONS_MAX = 256;

/** The address cannot be listened at. */
export class ListenError extends HermesError {
  override readonly name = "ListenError";
  override readonly code = "network.not_listening";

  constructor({ host, port }: Pick<HttpListenerDeps, "host" | "port">, cause: unknown) {
    const { code } = cause as { code?: unknown };
    super(`Cannot listen at ${host}:${port}: ${typeof code === "string" ? code : String(cause)}`, {
      hint: "Choose another address for mattermost.callback_listen, or end what listens there.",
      cause,
    });
  }
}

/** Listens for POST requests and answers them with JSON, until it is disposed of. @throws ListenError */
export async function listenHttp(deps: HttpListenerDeps): Promise<HttpListener> {
  const closing = new AbortController();
  const sockets = new Set<Socket>();
  let calls = 0;
  const server = createServer({
    requestTimeout: CALL_READ_MS_MAX,
    headersTimeout: CALL_READ_MS_MAX,
  }, (request, response) => {
    calls++;
    const reply = calls > CALLS_MAX
      ? Promise.resolve(problem(503, "Too many calls at once"))
      : replyTo(request, deps, closing.signal);
    void reply.then((given) => send(response, given, request)).finally(() => calls--);
  });
  server.maxConnections = CONNECTIONS_MAX;
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => {}); // Whoever called has gone: there is nobody to tell.
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error) => reject(new ListenError(deps, error)));
    server.listen(deps.port, deps.host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    port,
    async [Symbol.asyncDispose]() {
      closing.abort();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

async function replyTo(
  request: IncomingMessage,
  { answer, clock, log }: HttpListenerDeps,
  signal: AbortSignal,
): Promise<HttpReply> {
  if (request.method !== "POST") return problem(405, "Only POST is answered");
  try {
    const read = (late: AbortSignal) => readBody(request, late);
    const body = await withinTime(read, { msMax: CALL_READ_MS_MAX, clock }, signal);
    if (body.kind === "late") return problem(408, "The call took too long");
    if (body.value === undefined) return problem(413, "The call is too long");
    const { authorization = "" } = request.headers;
    const [path = "/"] = (request.url ?? "/").split("?");
    return await answer({ path, authorization, body: body.value }, signal);
  } catch (error) {
    if (!signal.aborted) log("warn", "callback.failed", { error: String(error) });
    return problem(500, "Something went wrong");
  }
}

/** The body as text; `undefined` when it is longer than a call may be. */
async function readBody(
  request: IncomingMessage,
  signal: AbortSignal,
): Promise<string | undefined> {
  const stop = () => request.destroy();
  signal.addEventListener("abort", stop, { once: true });
  try {
    if (Number(request.headers["content-length"] ?? 0) > CALL_BYTES_MAX) return undefined;
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    for await (const chunk of request as AsyncIterable<Uint8Array>) {
      bytes += chunk.byteLength;
      if (bytes > CALL_BYTES_MAX) return undefined;
      chunks.push(chunk);
    }
    return new TextDecoder().decode(concat(chunks, bytes));
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

function concat(chunks: readonly Uint8Array[], bytes: number): Uint8Array {
  const whole = new Uint8Array(bytes);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.byteLength;
  }
  return whole;
}

function problem(status: number, text: string): HttpReply {
  return { status, body: { error: text } };
}

function send(response: ServerResponse, reply: HttpReply, request: IncomingMessage): void {
  if (response.destroyed) return;
  const text = JSON.stringify(reply.body);
  response.writeHead(reply.status, {
    "Content-Type": "application/json",
    "Content-Length": new TextEncoder().encode(text).byteLength,
    // What was not read of the body must not be taken for the next call.
    ...(request.complete ? {} : { "Connection": "close" }),
    ...(reply.status === 405 ? { "Allow": "POST" } : {}),
  });
  response.end(text);
}
