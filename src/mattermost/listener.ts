import { HermesError } from "../errors.ts";
import { backoffDelayMs } from "../runtime/backoff.ts";
import type { Random } from "../runtime/random.ts";
import type { MattermostApi } from "./api.ts";
import { catchUp } from "./catch_up.ts";
import { confirmDeadToken } from "./confirm_dead_token.ts";
import {
  connect,
  type ConnectionDeps,
  type ConnectionEnd,
  type ConnectionItem,
  type ResumePoint,
} from "./connection.ts";
import { isUnauthorized, MattermostApiError } from "./errors.ts";
import type { SocketEvent } from "./events.ts";
import { ListenerState } from "./listener_state.ts";
import { Sweep } from "./sweep.ts";

/** Waits between attempts; back to the first after a server greeted us, not after a socket opened. */
const RECONNECT_DELAYS = { delayMsMin: 2_000, delayMsMax: 60_000 };

export interface ListenerDeps extends ConnectionDeps {
  readonly api: MattermostApi;
  readonly botUserId: string;
  /** File for what a restart has to know. */
  readonly statePath: string;
  /** Missed posts that are older are left out. */
  readonly postAgeMsMax: number;
  readonly random: Random;
}

/** What the gateway hears, in the order in which to handle it. */
export type ServerEvent =
  | SocketEvent
  /**
   * `fresh`: for the first time ever. `resumed`: nothing was missed. `lost`: what was missed comes
   * next, read by REST, and live events after it; before it, who the bot is now (`user_updated`).
   */
  | {
    readonly kind: "connected";
    readonly how: "fresh" | "resumed" | "lost";
    /** E.g. `11.6.0`; `""` after a resume, which does not tell. */
    readonly serverVersion: string;
  }
  | {
    readonly kind: "disconnected";
    readonly reason: ConnectionEnd["kind"];
    /** One line for a person. */
    readonly detail: string;
    readonly retryInMs: number;
  };

/**
 * All that the bot can see, until `signal` aborts: connects, resumes, reconnects and catches up
 * inside. An event counts as handled when the next one is asked for; what is not handled at a crash
 * comes again after the restart, so events must be told apart by the ids of their posts.
 *
 * @throws UnauthorizedError when the server does not accept the token any more, and FileError when
 * the state cannot be read at the start.
 */
export async function* listen(
  deps: ListenerDeps,
  signal: AbortSignal,
): AsyncGenerator<ServerEvent> {
  const state = await ListenerState.load(deps);
  const left = new AbortController();
  const writing = state.keepWritten(left.signal);
  try {
    const listener = new Listener(state, deps, signal);
    while (!signal.aborted) yield* listener.connectOnce();
  } finally {
    left.abort();
    await writing;
  }
}

class Listener {
  readonly #state: ListenerState;
  readonly #deps: ListenerDeps;
  readonly #signal: AbortSignal;
  readonly #sweep: Sweep;
  /** Connections that ended since a server last greeted us or let us resume. */
  #failures = 0;
  #endBefore: ConnectionEnd | undefined;

  constructor(state: ListenerState, deps: ListenerDeps, signal: AbortSignal) {
    this.#state = state;
    this.#deps = deps;
    this.#signal = signal;
    this.#sweep = new Sweep(deps);
  }

  /** One connection with everything that comes of it, then the wait for the next. */
  async *connectOnce(): AsyncGenerator<ServerEvent> {
    const resume = this.#state.resume;
    const request = { resume, endBefore: this.#endBefore };
    for await (const item of connect(request, this.#deps, this.#signal)) {
      if (this.#signal.aborted) return; // What still waits comes again after a restart.
      if (item.kind !== "ended") yield* this.#handle(item);
      else yield* this.#waitAfter(item.end, resume);
    }
  }

  async *#handle(item: Exclude<ConnectionItem, { kind: "ended" }>): AsyncGenerator<ServerEvent> {
    switch (item.kind) {
      case "hello":
        this.#failures = 0;
        return yield* this.#startAnew(item.resume, item.serverVersion);
      case "resumed":
        this.#failures = 0;
        yield { kind: "connected", how: "resumed", serverVersion: "" };
        return;
      case "event":
        if (item.event !== undefined) yield item.event;
        if (item.event?.kind === "posted") this.#state.handledPost(item.event.post);
        this.#state.handled(item.seq);
        return;
      case "alive":
        return yield* this.#notice(item.serverTimeMs ?? this.#deps.clock.nowMs());
    }
  }

  /** The server has answered a ping: a good moment for a sweep, if one is due. */
  async *#notice(serverTimeMs: number): AsyncGenerator<SocketEvent> {
    this.#state.alive(serverTimeMs);
    const { marks } = this.#state;
    if (marks !== undefined) yield* this.#sweep.whenDue(marks, serverTimeMs, this.#signal);
  }

  /** The new connection is kept for a restart only when nothing is left to catch up on. */
  async *#startAnew(resume: ResumePoint, serverVersion: string): AsyncGenerator<ServerEvent> {
    this.#state.forgetConnection();
    const how = this.#state.marks === undefined ? "fresh" : "lost";
    yield { kind: "connected", how, serverVersion };
    yield* this.#catchUp();
    if (!this.#signal.aborted) this.#state.connected(resume);
  }

  /** Tries until it is done: what is left out here is lost. */
  async *#catchUp(): AsyncGenerator<SocketEvent> {
    const { api, clock, log, random } = this.#deps;
    for (let attempt = 1; !this.#signal.aborted; attempt++) {
      if (this.#state.marks === undefined) return;
      try {
        yield { kind: "user_updated", user: await api.getMe(this.#signal) };
        const missed = catchUp(this.#state.marks, this.#deps, this.#signal);
        let posts = 0;
        let step = await missed.next();
        for (; step.done !== true; step = await missed.next()) {
          yield step.value;
          this.#state.handledPost(step.value.post);
          posts++;
        }
        log("info", "mattermost.caught_up", { channels: step.value.length, posts });
        return this.#state.caughtUp(step.value);
      } catch (error) {
        if (this.#signal.aborted) return;
        if (!(error instanceof HermesError)) throw error;
        if (isUnauthorized(error)) await confirmDeadToken(this.#deps, this.#signal);
        const retryInMs = backoffDelayMs(attempt, RECONNECT_DELAYS, random);
        log("warn", "mattermost.catch_up_failed", { error: error.message, retryInMs });
        await clock.sleep(retryInMs, this.#signal);
      }
    }
  }

  async *#waitAfter(
    end: ConnectionEnd,
    resumed: ResumePoint | undefined,
  ): AsyncGenerator<ServerEvent> {
    this.#endBefore = end;
    if (isResumeUseless(end, resumed)) this.#state.forgetConnection();
    const { retryAfterMs, detail } = await this.#askRest(end);
    if (this.#signal.aborted) return;
    const delayMs = backoffDelayMs(++this.#failures, RECONNECT_DELAYS, this.#deps.random);
    const retryInMs = Math.max(delayMs, retryAfterMs);
    const { kind: reason } = end;
    yield { kind: "disconnected", reason, detail, retryInMs };
    await this.#deps.clock.sleep(retryInMs, this.#signal);
  }

  /** The socket does not say why it was refused or has gone deaf; a request does. */
  async #askRest(end: ConnectionEnd): Promise<{ retryAfterMs: number; detail: string }> {
    const { api } = this.#deps;
    try {
      if (end.kind === "refused_upgrade") await api.probeSocket(this.#signal);
      if (end.kind === "no_hello" || end.kind === "unauthorized") await api.getMe(this.#signal);
    } catch (error) {
      if (this.#signal.aborted) return { retryAfterMs: 0, detail: "" };
      if (!(error instanceof HermesError)) throw error;
      if (isUnauthorized(error)) await confirmDeadToken(this.#deps, this.#signal);
      const retryAfterMs = error instanceof MattermostApiError ? error.retryAfterMs : 0;
      return { retryAfterMs, detail: `${error.message}. ${error.hint}` };
    }
    return { retryAfterMs: 0, detail: describeEnd(end) };
  }
}

/**
 * Whether the old id is of no use any more: the server did not greet us, or gave us nothing for a
 * while because it did not know the token, or has a hole just where we would go on.
 */
function isResumeUseless(end: ConnectionEnd, resumed: ResumePoint | undefined): boolean {
  if (end.kind === "seq_gap") return resumed?.nextSeq === end.expected;
  return end.kind === "no_hello" || end.kind === "unauthorized";
}

function describeEnd(end: ConnectionEnd): string {
  switch (end.kind) {
    case "stopped":
      return "Stopped";
    case "closed":
      return `The connection was closed (code ${end.code})`;
    case "no_hello":
      return "The socket opened and the server said nothing";
    case "seq_gap":
      return `Event ${end.received} came in place of ${end.expected}`;
    case "ping_timeout":
      return "The server did not answer a ping";
    case "unauthorized":
      return "The socket was logged out";
    case "overrun":
      return "More events came than were handled";
    case "refused_upgrade":
    case "network":
      return `${end.error.message}. ${end.error.hint}`;
  }
}
