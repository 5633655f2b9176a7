import { eventFrame, type ServerEvent } from "./frames.ts";

/** Sent events kept for a resume, and unsent ones kept for a client that is away. PLAT/web_conn.go. */
const SENT_EVENTS_KEPT_MAX = 128;
const WAITING_EVENTS_MAX = 256;

/** The client's end of a connection: a WebSocket. */
export interface Link {
  send(text: string): void;
  /** Ends the TCP connection without a close frame. */
  terminate(): void;
}

/**
 * One connection as the server keeps it. It outlives its socket: while the client is away events
 * wait, and a resume sends them with the numbers the client expects.
 */
export class Connection {
  id: string;
  /** Whose it is; `undefined` before authentication and again after the token died. */
  userId: string | undefined;
  token: string | undefined;
  /** Stays true when the token dies: such a connection is told so when it asks. */
  wasAuthenticated = false;
  readonly openedAtMs: number;
  /** Last user activity: connecting, posting, reading oneself, viewing a channel. */
  activeAtMs: number;
  /** When the socket ended; `undefined` while there is one, also a dead one that nobody noticed. */
  lostAtMs: number | undefined;
  #link: Link | undefined;
  #nextSeq = 0;
  #skip = 0;
  #sent: { seq: number; event: ServerEvent }[] = [];
  #waiting: ServerEvent[] = [];

  constructor(id: string, link: Link, nowMs: number) {
    this.id = id;
    this.#link = link;
    this.openedAtMs = nowMs;
    this.activeAtMs = nowMs;
  }

  get link(): Link | undefined {
    return this.#link;
  }

  get nextSeq(): number {
    return this.#nextSeq;
  }

  /** Sends the event, or keeps it for a resume. False when the queue is full and all is lost. */
  deliver(event: ServerEvent): boolean {
    if (this.#link === undefined) {
      this.#waiting.push(event);
      return this.#waiting.length <= WAITING_EVENTS_MAX;
    }
    const seq = this.#nextSeq++;
    this.#sent.push({ seq, event });
    if (this.#sent.length > SENT_EVENTS_KEPT_MAX) this.#sent.shift();
    if (this.#skip > 0) this.#skip -= 1;
    else this.#link.send(eventFrame(event, seq));
    return true;
  }

  /** The next `count` events use up their numbers and are not sent: the client sees a gap. */
  skip(count: number): void {
    this.#skip += count;
  }

  /** The socket ended; from now on events wait. */
  lose(nowMs: number): void {
    this.#link = undefined;
    this.lostAtMs = nowMs;
  }

  /** Whether a resume at `seq` loses nothing. 0 is taken for "from the start of what waits". */
  covers(seq: number): boolean {
    return seq === 0 || seq === this.#nextSeq || this.#sent.some((sent) => sent.seq === seq);
  }

  /** Goes on over a new socket at `seq`, which must be covered: no hello, no new number. */
  resume(link: Link, seq: number, nowMs: number): void {
    this.#attach(link, nowMs);
    if (seq === 0) {
      this.#nextSeq = 0;
      this.#sent = [];
    }
    for (const sent of this.#sent) if (sent.seq >= seq) link.send(eventFrame(sent.event, sent.seq));
    this.#flush();
  }

  /** Starts over on a new socket under a new id: `hello` first, then what waits. */
  restart(link: Link, id: string, hello: ServerEvent, nowMs: number): void {
    this.#attach(link, nowMs);
    this.id = id;
    this.#nextSeq = 0;
    this.#sent = [];
    this.deliver(hello);
    this.#flush();
  }

  #attach(link: Link, nowMs: number): void {
    this.#link = link;
    this.lostAtMs = undefined;
    this.activeAtMs = nowMs;
  }

  #flush(): void {
    for (const event of this.#waiting.splice(0)) this.deliver(event);
  }
}
