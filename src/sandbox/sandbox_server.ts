import { createServer, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { WebSocketServer } from "ws";
import type { Clock } from "../runtime/clock.ts";
import type { FetchFn } from "../runtime/network.ts";
import type { Random } from "../runtime/random.ts";
import { Secret } from "../runtime/secret.ts";
import { Administrator } from "./administrator.ts";
import { Changes } from "./changes.ts";
import { Channels } from "./channels.ts";
import { type Faults, noFaults } from "./faults.ts";
import { answerFetch, answerHttp } from "./http_front.ts";
import { Hub } from "./hub.ts";
import { PendingPosts } from "./pending_posts.ts";
import { Person } from "./person.ts";
import { Posting } from "./posting.ts";
import { Reactions } from "./reactions.ts";
import type { Post, User } from "./records.ts";
import type { LoggedRequest, LoggedUpgrade } from "./request_log.ts";
import type { SandboxParts } from "./parts.ts";
import { seedLab } from "./seed.ts";
import { greet } from "./socket_session.ts";
import { defaultSettings, type ServerSettings } from "./settings.ts";
import { answerUpgrade } from "./socket_front.ts";
import { TriggerSigner } from "./trigger_signer.ts";
import { World } from "./world.ts";

export interface SandboxOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** 0, the default, takes a free one. */
  readonly port?: number;
  /** Without a network: only `fetch` and `hear` lead there. */
  readonly inMemory?: true;
  /** The path below which the server lives, e.g. `/mm`. */
  readonly basePath?: string;
  /** Serves https and wss with this key and certificate, both as PEM. */
  readonly tls?: { readonly key: string; readonly cert: string };
  /** Fills the empty world; without it the lab of `seedLab`. */
  readonly seed?: (world: World) => void;
  readonly settings?: Partial<ServerSettings>;
}

/** Longest frame a client may send. MODEL/websocket_client.go. */
const CLIENT_FRAME_BYTES_MAX = 8192;
const LOOPBACK = "127.0.0.1";

/**
 * A Mattermost in memory on a loopback port: the REST and socket subset a bot needs, true to 11.6.
 * `hermes demo` talks to it, and so do the tests, which drive its people (`as`), its administrator
 * (`admin`), its faults and its network.
 */
export class SandboxServer {
  readonly faults: Faults = noFaults();
  readonly settings: ServerSettings;
  readonly world: World;
  /** Every REST request and every socket upgrade so far, in order of arrival. */
  readonly requests: LoggedRequest[] = [];
  readonly upgrades: LoggedUpgrade[] = [];
  readonly admin: Administrator;
  readonly #parts: SandboxParts;
  readonly #options: SandboxOptions;
  readonly #stop = new AbortController();
  readonly #sockets = new WebSocketServer({ noServer: true, maxPayload: CLIENT_FRAME_BYTES_MAX });
  readonly #tcp = new Set<Socket>();
  #server: Server | undefined;
  #port = 0;

  static async start(options: SandboxOptions): Promise<SandboxServer> {
    const sandbox = new SandboxServer(options);
    sandbox.#port = options.port ?? 0;
    if (options.inMemory !== true) await sandbox.comeUp();
    return sandbox;
  }

  private constructor(options: SandboxOptions) {
    this.#options = options;
    this.settings = { ...defaultSettings(), ...options.settings };
    const { clock } = options;
    const changes = new Changes();
    this.world = new World(options);
    (options.seed ?? seedLab)(this.world);
    const shared = { world: this.world, settings: this.settings, faults: this.faults, changes };
    const hub = new Hub({ world: this.world, clock });
    const posting = new Posting({ ...shared, hub });
    const reactions = new Reactions({ world: this.world, hub, changes });
    const channels = new Channels({ world: this.world, hub, posting, changes });
    const pendingPosts = new PendingPosts(clock);
    const { signal } = this.#stop;
    const own = { signer: new TriggerSigner(), siteUrl: () => this.url, clock, signal };
    this.#parts = { ...shared, hub, posting, reactions, channels, pendingPosts, ...own };
    this.admin = new Administrator(this.#parts);
  }

  /** Where a client finds it, without a slash at the end. */
  get url(): string {
    const scheme = this.#options.tls === undefined ? "http" : "https";
    return `${scheme}://${LOOPBACK}:${this.#port}${this.#options.basePath ?? ""}`;
  }

  /** Answers a request of this process, past the network. */
  fetch: FetchFn = (input, init) => {
    const deps = { parts: this.#parts, basePath: "", log: this.requests };
    return answerFetch(new Request(input, init), { ...deps, changes: this.#parts.changes });
  };

  /** Opens a socket of this process, past the network; `take` is given each frame. */
  hear(username: string, take: (frame: string) => void): void {
    const connection = this.#parts.hub.open({ send: take, terminate: () => {} });
    greet(connection, this.token(username).reveal(), this.user(username).id, this.#parts);
  }

  /** Somebody who acts. @throws when there is no such user */
  as(username: string): Person {
    return new Person(this.user(username), this.#parts);
  }

  user(username: string): User {
    const user = this.world.userNamed(username);
    if (user === undefined) throw new Error(`No user "${username}" in the sandbox`);
    return user;
  }

  /** A working access token of the user. */
  token(username: string): Secret {
    const { id } = this.user(username);
    const tokens = [...this.world.tokens.values()];
    const token = tokens.find((known) => known.user_id === id && known.state === "active");
    return new Secret((token ?? this.world.addToken(id)).text);
  }

  /** Resolves with what `read` gives, as soon as it is not `undefined`. */
  until<T>(read: () => T | undefined): Promise<T> {
    return this.#parts.changes.until(read);
  }

  /** Resolves with the first post that fits, now or later, also by an edit. */
  posted(fits: (post: Post) => boolean): Promise<Post> {
    return this.until(() => [...this.world.posts.values()].find(fits));
  }

  /** Resolves with the first request that fits, now or later. */
  requested(fits: (request: LoggedRequest) => boolean): Promise<LoggedRequest> {
    return this.until(() => this.requests.find(fits));
  }

  /** Resolves when the user has exactly `count` open, authenticated sockets. */
  async connected(username: string, count = 1): Promise<void> {
    const { id } = this.user(username);
    await this.until(() => this.#parts.hub.openOf(id).length === count || undefined);
  }

  /** Ends all sockets of a user without a close frame, as a broken line does. */
  cut(username: string): void {
    const { id } = this.user(username);
    for (const connection of this.#parts.hub.openOf(id)) connection.link?.terminate();
  }

  /** The same, but the server does not notice for 100 s and refuses a resume meanwhile. */
  cutUnnoticed(username: string): void {
    const { hub } = this.#parts;
    for (const connection of hub.openOf(this.user(username).id)) {
      const { link } = connection;
      hub.loseUnnoticed(connection);
      link?.terminate();
    }
  }

  /** The next events of a user use up their numbers and never arrive. */
  skipEvents(username: string, count: number): void {
    for (const connection of this.#parts.hub.openOf(this.user(username).id)) connection.skip(count);
  }

  /** The server process ends and starts again: every connection is lost, posts are kept. */
  async restart(): Promise<void> {
    await this.goDown();
    await this.comeUp();
  }

  /** Ends all connections and refuses new ones. */
  async goDown(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    this.#parts.hub.connections.clear();
    this.#parts.pendingPosts.clear();
    const closed = new Promise<void>((resolve) => server?.close(() => resolve()) ?? resolve());
    for (const tcp of this.#tcp) tcp.destroy();
    await closed;
  }

  /** Listens again, on the same port. */
  async comeUp(): Promise<void> {
    const { tls, basePath = "" } = this.#options;
    const parts = this.#parts;
    const server = tls === undefined ? createServer() : createTlsServer(tls);
    server.on("connection", (tcp: Socket) => {
      this.#tcp.add(tcp);
      tcp.on("close", () => this.#tcp.delete(tcp));
      tcp.on("error", () => {}); // A client that goes away is no failure of the server.
    });
    server.on("request", (request, response) => {
      const deps = { parts, basePath, log: this.requests, changes: parts.changes };
      answerHttp(request, response, deps).catch((error) => {
        if (!response.destroyed) response.writeHead(500).end(`Bug of the sandbox: ${error.stack}`);
      });
    });
    server.on("upgrade", (request, tcp, head) => {
      answerUpgrade(request, tcp, head, {
        parts,
        basePath,
        log: this.upgrades,
        sockets: this.#sockets,
      });
    });
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(this.#port, LOOPBACK, resolve);
    });
    this.#port = (server.address() as AddressInfo).port;
    this.#server = server;
  }

  async close(): Promise<void> {
    this.#stop.abort();
    this.#parts.changes.close();
    await this.goDown();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
