import type { Clock } from "../runtime/clock.ts";
import { Connection, type Link } from "./connection.ts";
import { type Broadcast, broadcastTo, type ServerEvent } from "./frames.ts";
import type { World } from "./world.ts";

/** The server looks for dead connections this often, and drops those idle for longer than this. */
const REAPER_INTERVAL_MS = 300_000;
const REAPED_IDLE_MS = 300_000;
/** A socket whose other end vanished is noticed after this long. PLAT/web_conn.go, pongWait. */
const HALF_OPEN_MS = 100_000;

/** All socket connections, and the rules of who gets which event. */
export class Hub {
  readonly connections = new Set<Connection>();
  readonly #world: World;
  readonly #clock: Clock;
  readonly #startedAtMs: number;

  constructor(deps: { world: World; clock: Clock }) {
    this.#world = deps.world;
    this.#clock = deps.clock;
    this.#startedAtMs = deps.clock.nowMs();
  }

  open(link: Link): Connection {
    const connection = new Connection(this.#world.newId(), link, this.#clock.nowMs());
    this.connections.add(connection);
    return connection;
  }

  /** Connections of a user that have a socket. */
  openOf(userId: string): Connection[] {
    return [...this.connections].filter((connection) =>
      connection.userId === userId && connection.link !== undefined
    );
  }

  /**
   * Sends an event to everybody in `scope`; `forRecipient` adds what only that user gets. The first
   * of user, channel and team that is named decides, as in `ShouldSendEvent`.
   */
  publish(
    event: string,
    data: Readonly<Record<string, unknown>>,
    scope: Partial<Broadcast>,
    forRecipient: (userId: string) => Readonly<Record<string, unknown>> = () => ({}),
  ): void {
    const broadcast = broadcastTo(scope);
    for (const connection of [...this.connections]) {
      const { userId } = connection;
      if (userId === undefined || !this.#reaches(broadcast, userId)) continue;
      const extra = forRecipient(userId);
      const isPersonal = Object.keys(extra).length > 0;
      this.deliver(connection, { event, data: { ...data, ...extra }, broadcast, isPersonal });
    }
  }

  deliver(connection: Connection, event: ServerEvent): void {
    if (!connection.deliver(event)) this.connections.delete(connection);
  }

  /** The connection that a resume asks for, or `undefined` when the server no longer has it. */
  resumable(connectionId: string, userId: string): Connection | undefined {
    const found = [...this.connections].find((connection) => connection.id === connectionId);
    if (found === undefined || found.userId !== userId) return undefined;
    const { lostAtMs } = found; // In the future when the server has not noticed the loss yet.
    if (lostAtMs === undefined || lostAtMs > this.#clock.nowMs()) return undefined;
    if (!this.#isReaped(found, lostAtMs)) return found;
    this.connections.delete(found);
    return undefined;
  }

  /** The user did something, so the window for a resume starts anew. */
  touch(userId: string): void {
    for (const connection of this.connections) {
      if (connection.userId === userId) connection.activeAtMs = this.#clock.nowMs();
    }
  }

  /** The token died: its sockets stay open and get nothing any more. */
  silence(token: string): Connection[] {
    const silenced = [...this.connections].filter((connection) => connection.token === token);
    for (const connection of silenced) {
      connection.userId = undefined;
      connection.token = undefined;
      if (connection.link === undefined) this.connections.delete(connection);
    }
    return silenced;
  }

  /** The other end vanished and the server has not noticed: a resume is refused for a while. */
  loseUnnoticed(connection: Connection): void {
    connection.lose(this.#clock.nowMs() + HALF_OPEN_MS);
  }

  #reaches(broadcast: Broadcast, userId: string): boolean {
    if (broadcast.omit_users?.[userId] === true) return false;
    if (broadcast.user_id !== "") return broadcast.user_id === userId;
    if (broadcast.channel_id !== "") {
      return this.#world.member(broadcast.channel_id, userId) !== undefined;
    }
    if (broadcast.team_id !== "") return this.#world.inTeam(broadcast.team_id, userId);
    return true;
  }

  /** Whether a tick of the reaper between the loss and now found the connection idle. */
  #isReaped(connection: Connection, lostAtMs: number): boolean {
    const ticks = (atMs: number) => Math.floor((atMs - this.#startedAtMs) / REAPER_INTERVAL_MS);
    const lastTickAtMs = this.#startedAtMs + ticks(this.#clock.nowMs()) * REAPER_INTERVAL_MS;
    return lastTickAtMs > lostAtMs && lastTickAtMs - connection.activeAtMs > REAPED_IDLE_MS;
  }
}
