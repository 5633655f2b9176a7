import type { Clock } from "../runtime/clock.ts";
import type { Log } from "../runtime/log.ts";
import type { OpenSocket, Socket } from "../runtime/network.ts";
import { NetworkError } from "../runtime/network_error.ts";
import type { Secret } from "../runtime/secret.ts";
import { WaitingItems } from "../runtime/waiting_items.ts";
import type { ServerUrl } from "./base_url.ts";
import { decodeFrame, type ServerFrame, type SocketEvent } from "./events.ts";

/** Longest time until the socket is open. */
const OPEN_MS_MAX = 20_000;
/** Longest time from there to hello. A server ends a socket with a bad token after 5 s. */
const HELLO_MS_MAX = 10_000;
/** As the web client does. A revoked token shows in the answer to a ping and nowhere else. */
const PING_INTERVAL_MS = 30_000;
/** Items that wait for a slow consumer; at one more the connection ends, and resumes later. */
const ITEMS_WAITING_MAX = 5_000;

/** Close codes of the web client, for which the server keeps statistics. */
const CLOSE_CODE_PING_TIMEOUT = 4000;
const CLOSE_CODE_SEQ_GAP = 4001;

/** Where to go on: the server keeps what a connection missed for some minutes. */
export interface ResumePoint {
  readonly connectionId: string;
  /** Number of the first event that was not handled; at least 1, hello has 0. */
  readonly nextSeq: number;
}

export interface ConnectionRequest {
  readonly resume: ResumePoint | undefined;
  /** How the connection before ended. */
  readonly endBefore: ConnectionEnd | undefined;
}

/**
 * A socket that cannot send headers has to log in by a first frame. The server gives such a
 * connection a new id each time, so it never resumes.
 */
export type SocketAuthentication = "header" | "challenge";

export interface ConnectionDeps {
  readonly serverUrl: ServerUrl;
  readonly token: Secret;
  readonly openSocket: OpenSocket;
  readonly socketAuthentication: SocketAuthentication;
  readonly clock: Clock;
  readonly log: Log;
}

/** Why a connection ended. */
export type ConnectionEnd =
  | { readonly kind: "stopped" }
  /** It worked, then the other side or the network ended it. */
  | { readonly kind: "closed"; readonly code: number }
  /** It opened and was never greeted: a bad token, a stale resume, or a proxy. */
  | { readonly kind: "no_hello" }
  | { readonly kind: "seq_gap"; readonly expected: number; readonly received: number }
  | { readonly kind: "ping_timeout" }
  /** A ping was refused with 401: the socket is deaf. */
  | { readonly kind: "unauthorized" }
  /** More came than the consumer took. */
  | { readonly kind: "overrun" }
  | { readonly kind: "refused_upgrade"; readonly error: NetworkError }
  | { readonly kind: "network"; readonly error: NetworkError };

export type ConnectionItem =
  /** A new connection; what another one missed will not come. */
  | {
    readonly kind: "hello";
    readonly resume: ResumePoint;
    readonly serverVersion: string;
  }
  /** The old connection goes on, and nothing is lost. */
  | { readonly kind: "resumed" }
  /** Every numbered event, also one that means nothing to us. */
  | { readonly kind: "event"; readonly seq: number; readonly event: SocketEvent | undefined }
  /** The server answered a ping. */
  | { readonly kind: "alive"; readonly serverTimeMs: number | undefined }
  /** Always the last one. */
  | { readonly kind: "ended"; readonly end: ConnectionEnd };

/**
 * One connection, from opening to its end, which is its last item. It reads and pings by itself:
 * a consumer that takes its time delays nothing but its own items.
 */
export async function* connect(
  request: ConnectionRequest,
  deps: ConnectionDeps,
  signal: AbortSignal,
): AsyncGenerator<ConnectionItem> {
  const left = new AbortController();
  const connection = new Connection(request, deps, AbortSignal.any([signal, left.signal]));
  const running = connection.run();
  try {
    yield* connection.items;
    yield { kind: "ended", end: await running };
  } finally {
    left.abort();
    await running;
  }
}

class Connection {
  readonly items = new WaitingItems<ConnectionItem>(ITEMS_WAITING_MAX);
  readonly #request: ConnectionRequest;
  readonly #deps: ConnectionDeps;
  /** Aborts when the connection is over, for whatever reason. */
  readonly #life: AbortSignal;
  readonly #over = new AbortController();
  readonly #ready = Promise.withResolvers<void>();
  #isReady = false;
  #socket: Socket | undefined;
  #end: ConnectionEnd | undefined;
  /** `undefined` before the hello of a new connection. */
  #seqExpected: number | undefined;
  #requestSeq = 0;
  /** The last ping, while it has no answer. */
  #pingSeq: number | undefined;

  constructor(request: ConnectionRequest, deps: ConnectionDeps, signal: AbortSignal) {
    const canResume = deps.socketAuthentication === "header";
    this.#request = { ...request, resume: canResume ? request.resume : undefined };
    this.#deps = deps;
    this.#life = AbortSignal.any([signal, this.#over.signal]);
    this.#seqExpected = this.#request.resume?.nextSeq;
  }

  async run(): Promise<ConnectionEnd> {
    try {
      const socket = await this.#open();
      this.#socket = socket;
      this.#greet();
      await Promise.all([this.#read(socket), this.#watch()]);
    } catch (error) {
      if (!this.#life.aborted) this.#finish(endOfFailure(error));
    } finally {
      this.#finish({ kind: "stopped" });
      this.items.end();
    }
    return this.#end ?? { kind: "stopped" };
  }

  async #open(): Promise<Socket> {
    const { clock, openSocket, serverUrl, socketAuthentication, token } = this.#deps;
    const url = serverUrl.socketUrl + this.#query();
    const headers: Record<string, string> = socketAuthentication === "header"
      ? { authorization: `Bearer ${token.reveal()}` }
      : {};
    const opened = new AbortController();
    const late = new AbortController();
    const deadline = clock.sleep(OPEN_MS_MAX, AbortSignal.any([this.#life, opened.signal]))
      .then(() => {
        if (!opened.signal.aborted) late.abort();
      });
    try {
      return await openSocket({ url, headers }, AbortSignal.any([this.#life, late.signal]));
    } catch (error) {
      throw late.signal.aborted ? new NetworkError("timeout", url, { cause: error }) : error;
    } finally {
      opened.abort();
      await deadline;
    }
  }

  #query(): string {
    const { resume, endBefore } = this.#request;
    const query = new URLSearchParams();
    if (resume !== undefined) {
      query.set("connection_id", resume.connectionId);
      query.set("sequence_number", String(resume.nextSeq));
    }
    if (endBefore?.kind === "ping_timeout") {
      query.set("disconnect_err_code", String(CLOSE_CODE_PING_TIMEOUT));
    }
    if (endBefore?.kind === "seq_gap") {
      query.set("disconnect_err_code", String(CLOSE_CODE_SEQ_GAP));
    }
    return query.size === 0 ? "" : `?${query}`;
  }

  /** A resume without loss is silent: only the answer to a ping tells that it worked. */
  #greet(): void {
    if (this.#deps.socketAuthentication === "challenge") {
      this.#deps.log("warn", "mattermost.resume_off", { reason: "challenge" });
      this.#send("authentication_challenge", { token: this.#deps.token.reveal() });
    } else if (this.#request.resume !== undefined) this.#ping();
  }

  async #read(socket: Socket): Promise<void> {
    for await (const text of socket.frames()) {
      const frame = decodeFrame(text);
      if (frame !== undefined) this.#receive(frame);
      else this.#deps.log("warn", "mattermost.frame_unreadable", { length: text.length });
      if (this.#end !== undefined) return;
    }
    const code = socket.closed?.code ?? 0;
    if (!this.#life.aborted) {
      this.#finish(this.#isReady ? { kind: "closed", code } : { kind: "no_hello" });
    }
  }

  async #watch(): Promise<void> {
    const { clock } = this.#deps;
    await Promise.race([this.#ready.promise, clock.sleep(HELLO_MS_MAX, this.#life)]);
    if (!this.#isReady && !this.#life.aborted) return this.#finish({ kind: "no_hello" });
    while (!this.#life.aborted) {
      this.#ping();
      await clock.sleep(PING_INTERVAL_MS, this.#life);
      if (this.#pingSeq !== undefined && !this.#life.aborted) {
        return this.#finish({ kind: "ping_timeout" }, CLOSE_CODE_PING_TIMEOUT);
      }
    }
  }

  #receive(frame: ServerFrame): void {
    switch (frame.kind) {
      case "hello": {
        const { connectionId, serverVersion } = frame;
        const nextSeq = frame.seq + 1;
        this.#seqExpected = nextSeq;
        this.#push({ kind: "hello", resume: { connectionId, nextSeq }, serverVersion });
        return this.#becomeReady();
      }
      case "reply":
        return this.#receiveReply(frame);
      case "event":
        return this.#receiveEvent(frame);
    }
  }

  #receiveReply(frame: ServerFrame & { kind: "reply" }): void {
    if (frame.seqReply !== this.#pingSeq) return; // Of the challenge, or of nothing we sent.
    this.#pingSeq = undefined;
    this.#deps.log("debug", "mattermost.ping_answered", { status: frame.status });
    if (frame.status === 401) return this.#finish({ kind: "unauthorized" });
    this.#becomeResumed();
    this.#push({ kind: "alive", serverTimeMs: frame.serverTimeMs });
  }

  #receiveEvent(frame: ServerFrame & { kind: "event" }): void {
    const expected = this.#seqExpected;
    if (expected === undefined) return; // Before hello nothing is ours.
    if (frame.seq !== expected) {
      const gap = { kind: "seq_gap", expected, received: frame.seq } as const;
      return this.#finish(gap, CLOSE_CODE_SEQ_GAP);
    }
    if (frame.isMalformed) {
      this.#deps.log("warn", "mattermost.event_unreadable", { name: frame.name, seq: frame.seq });
    }
    this.#becomeResumed();
    this.#push({ kind: "event", seq: frame.seq, event: frame.event });
    this.#seqExpected = expected + 1;
  }

  /** A server that did not let us resume would say hello before it answers or tells of anything. */
  #becomeResumed(): void {
    if (this.#isReady) return;
    this.#push({ kind: "resumed" });
    this.#becomeReady();
  }

  #becomeReady(): void {
    this.#isReady = true;
    this.#ready.resolve();
  }

  #push(item: ConnectionItem): void {
    if (!this.items.push(item)) this.#finish({ kind: "overrun" });
  }

  #ping(): void {
    this.#pingSeq = this.#send("ping");
  }

  /** Frames over 8 KiB end the connection; ours hold no more than a token. */
  #send(action: string, data?: Readonly<Record<string, string>>): number {
    const seq = ++this.#requestSeq;
    this.#socket?.send(JSON.stringify({ seq, action, data }));
    return seq;
  }

  #finish(end: ConnectionEnd, closeCode?: number): void {
    this.#end ??= end;
    this.#socket?.close(closeCode);
    this.#over.abort();
  }
}

function endOfFailure(error: unknown): ConnectionEnd {
  if (!(error instanceof NetworkError)) throw error;
  return { kind: error.kind === "refused_upgrade" ? "refused_upgrade" : "network", error };
}
