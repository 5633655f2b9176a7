import assert from "node:assert/strict";
import { join } from "node:path";
import { MattermostApi } from "../../../src/mattermost/api.ts";
import { parseServerUrl, type ServerUrl } from "../../../src/mattermost/base_url.ts";
import { listen, type ListenerDeps, type ServerEvent } from "../../../src/mattermost/listener.ts";
import { createNetwork } from "../../../src/runtime/connect_network.ts";
import type { FetchFn } from "../../../src/runtime/network.ts";
import type { LogFields } from "../../../src/runtime/log.ts";
import type { Secret } from "../../../src/runtime/secret.ts";
import { SandboxServer } from "../../../src/sandbox/sandbox_server.ts";
import type { SandboxOptions } from "../../../src/sandbox/sandbox_server.ts";
import { seededRandom } from "../../support/seeded_random.ts";
import { MEMORY_FOLDER, tempDir } from "../../support/temp_dir.ts";
import { WatchedClock } from "./watched_clock.ts";

export const network = createNetwork({
  certificates: () => Promise.resolve([]),
  proxyFor: () => undefined,
});

export interface LogLine {
  readonly level: string;
  readonly event: string;
  readonly fields: LogFields;
}

/** A sandbox, a clock that stands still, and all that a client of the sandbox's bot needs. */
export class Lab implements AsyncDisposable {
  readonly sandbox: SandboxServer;
  readonly clock: WatchedClock;
  readonly statePath: string;
  readonly logs: LogLine[] = [];
  readonly #folder: AsyncDisposable;
  readonly #fetch: FetchFn;
  readonly #listenings: Listening[] = [];
  #logWatchers: (() => void)[] = [];

  static async start(options: Partial<SandboxOptions> = {}): Promise<Lab> {
    const clock = new WatchedClock();
    const sandbox = await SandboxServer.start({ clock, random: seededRandom(1), ...options });
    const folder = options.inMemory === true ? await tempDir(MEMORY_FOLDER) : await tempDir();
    const { fetch } = options.inMemory === true ? sandbox : network;
    return new Lab(sandbox, clock, folder, fetch);
  }

  private constructor(
    sandbox: SandboxServer,
    clock: WatchedClock,
    folder: { path: string } & AsyncDisposable,
    fetch: FetchFn,
  ) {
    this.#fetch = fetch;
    this.sandbox = sandbox;
    this.clock = clock;
    this.statePath = join(folder.path, "state", "listener.json");
    this.#folder = folder;
  }

  get botUserId(): string {
    return this.sandbox.user("hermes").id;
  }

  get serverUrl(): ServerUrl {
    return serverUrl(this.sandbox.url);
  }

  /** With another token than the bot's, for tests of refusals. */
  api(token?: Secret): MattermostApi {
    return new MattermostApi({ ...this.#deps(), ...(token === undefined ? {} : { token }) });
  }

  listenerDeps(): ListenerDeps {
    return {
      ...this.#deps(),
      api: this.api(),
      openSocket: network.openSocket,
      socketAuthentication: "header",
      botUserId: this.botUserId,
      statePath: this.statePath,
      postAgeMsMax: 86_400_000,
    };
  }

  listen(options: { deps?: Partial<ListenerDeps>; handle?: Handle } = {}): Listening {
    const listening = new Listening({ ...this.listenerDeps(), ...options.deps }, options.handle);
    this.#listenings.push(listening);
    return listening;
  }

  logged(event: string): LogLine[] {
    return this.logs.filter((line) => line.event === event);
  }

  /** The line number `index` of this event in the log, now or later. */
  async logLine(event: string, index = 0): Promise<LogLine> {
    for (;;) {
      const line = this.logged(event)[index];
      if (line !== undefined) return line;
      await new Promise<void>((resolve) => this.#logWatchers.push(resolve));
    }
  }

  /** REST requests whose path, with its query, fits. */
  requested(path: RegExp): string[] {
    return this.sandbox.requests.map((request) => request.path).filter((item) => path.test(item));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const listening of this.#listenings) await listening.stop();
    await this.sandbox.close();
    await this.#folder[Symbol.asyncDispose]();
    this.#checkFrames();
  }

  #deps() {
    const log = (level: string, event: string, fields: LogFields = {}) => {
      this.logs.push({ level, event, fields });
      for (const watcher of this.#logWatchers.splice(0)) watcher();
    };
    const { clock, serverUrl } = this;
    const token = this.sandbox.token("hermes");
    return { serverUrl, token, fetch: this.#fetch, clock, random: seededRandom(7), log };
  }

  /** What every test of a client has to leave behind: frames that any server takes. */
  #checkFrames(): void {
    for (const { frames, headers, path } of this.sandbox.upgrades) {
      frames.forEach((frame, index) => {
        const { seq, action } = JSON.parse(frame);
        assert.equal(seq, index + 1, "request numbers rise from 1");
        assert.ok(new TextEncoder().encode(frame).length < 8_192, "a frame over 8 KiB");
        assert.notEqual(action, "presence");
      });
      assert.equal(headers.origin, undefined);
      assert.equal(headers.cookie, undefined);
      assert.doesNotMatch(path, /token/);
    }
  }
}

export type Handle = (event: ServerEvent) => void | Promise<void>;

/** A consumer of `listen()` that keeps what it gets; `handle` may take its time. */
export class Listening {
  readonly events: ServerEvent[] = [];
  /** What `listen()` threw, if it did. */
  failure: unknown;
  isOver = false;
  readonly #stop = new AbortController();
  readonly #running: Promise<void>;
  #waiting: (() => void)[] = [];

  constructor(deps: ListenerDeps, handle: Handle = () => {}) {
    this.#running = this.#run(deps, handle);
  }

  /** The event of this kind that is number `index` among them, now or later. */
  async event<K extends ServerEvent["kind"]>(
    kind: K,
    index = 0,
  ): Promise<ServerEvent & { kind: K }> {
    const found = () => this.events.filter((event) => event.kind === kind)[index];
    await this.until(() => found() !== undefined);
    return found() as ServerEvent & { kind: K };
  }

  /** Resolves when a post with this text came, this way. */
  posted(message: string, via: "socket" | "catch_up"): Promise<void> {
    return this.until(() =>
      this.events.some((event) =>
        event.kind === "posted" && event.post.message === message && event.via === via
      )
    );
  }

  async until(isSo: () => boolean): Promise<void> {
    while (!isSo()) {
      if (this.isOver) throw this.failure ?? new Error("listen() ended too early");
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  /** Messages of the posts so far. */
  get messages(): string[] {
    return this.events.flatMap((event) => event.kind === "posted" ? [event.post.message] : []);
  }

  ended(): Promise<void> {
    return this.#running;
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  async #run(deps: ListenerDeps, handle: Handle): Promise<void> {
    try {
      for await (const event of listen(deps, this.#stop.signal)) {
        this.events.push(event);
        this.#wake();
        await handle(event);
      }
    } catch (error) {
      this.failure = error;
    } finally {
      this.isOver = true;
      this.#wake();
    }
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}

export function serverUrl(text: string): ServerUrl {
  const parsed = parseServerUrl(text);
  if ("problem" in parsed) throw new Error(parsed.problem);
  return parsed;
}
