import assert from "node:assert/strict";
import { join } from "node:path";
import { Courier, type CourierDeps } from "../../../src/gateway/outbox/courier.ts";
import { HomeChannel } from "../../../src/gateway/outbox/home_channel.ts";
import type { Outgoing } from "../../../src/gateway/outbox/outbox_entry.ts";
import { OutboxFolder } from "../../../src/gateway/outbox/outbox_folder.ts";
import { MattermostApi } from "../../../src/mattermost/api.ts";
import { OwnEchoes } from "../../../src/replies/own_echoes.ts";
import type { Clock } from "../../../src/runtime/clock.ts";
import { Secret } from "../../../src/runtime/secret.ts";
import { createRedactor } from "../../../src/safety/redact.ts";
import type { Post } from "../../../src/sandbox/records.ts";
import { Lab, network } from "../../mattermost/support/lab.ts";
import type { FakeClock } from "../../support/fake_clock.ts";
import { seededRandom } from "../../support/seeded_random.ts";
import { tempDir } from "../../support/temp_dir.ts";

/** The time of a sandbox, which jumps to the end of whatever is waited for on this side. */
export class JumpingClock implements Clock {
  readonly #clock: FakeClock;

  constructor(clock: FakeClock) {
    this.#clock = clock;
  }

  nowMs(): number {
    return this.#clock.nowMs();
  }

  async sleep(durationMs: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    this.advance(durationMs);
    await new Promise((resolve) => setTimeout(resolve, 1)); // Others get on meanwhile.
  }

  advance(durationMs: number): void {
    this.#clock.advance(durationMs);
  }

  /** The same time for a client, whose requests never take too long. */
  forRequests(): Clock {
    return {
      nowMs: () => this.nowMs(),
      sleep: (durationMs, signal) => {
        if (durationMs < 15_000) return this.sleep(durationMs, signal);
        return new Promise((resolve) => signal.addEventListener("abort", () => resolve()));
      },
    };
  }
}

/** A sandbox, and couriers on an outbox that outlives them. */
export class OutboxLab implements AsyncDisposable {
  readonly lab: Lab;
  readonly clock: JumpingClock;
  readonly folderPath: string;
  readonly home = new HomeChannel(undefined);
  readonly never = new AbortController().signal;
  readonly #folder: AsyncDisposable;
  readonly #kills: (() => Promise<void>)[] = [];

  static async start(): Promise<OutboxLab> {
    return new OutboxLab(await Lab.start(), await tempDir());
  }

  private constructor(lab: Lab, folder: { path: string } & AsyncDisposable) {
    this.lab = lab;
    this.clock = new JumpingClock(lab.clock);
    this.#folder = folder;
    this.folderPath = join(folder.path, "outbox");
  }

  get folder(): OutboxFolder {
    return new OutboxFolder(this.folderPath, this.lab.listenerDeps().log);
  }

  deps(change: Partial<CourierDeps> = {}): CourierDeps {
    const { clock, lab } = this;
    const client = lab.listenerDeps();
    return {
      api: new MattermostApi({ ...client, fetch: network.fetch, clock: clock.forRequests() }),
      botUserId: lab.botUserId,
      pendingSecret: new Secret("the secret of this test"),
      echoes: new OwnEchoes(),
      clock,
      random: seededRandom(7),
      log: client.log,
      home: this.home,
      folder: this.folder,
      limits: Promise.resolve({ runesMax: 16_383, fileBytesMax: 1_000_000, filesEnabled: true }),
      redact: createRedactor({ secrets: () => ["topsecret-token"], hidesPatterns: true }),
      ...change,
    };
  }

  /** A process; `run` has it take up what is in the folder. */
  courier(options: { run?: boolean; change?: Partial<CourierDeps> } = {}): {
    readonly courier: Courier;
    /** Ends it as a crash would: at once, whatever it was doing. */
    readonly kill: () => Promise<void>;
  } {
    const end = new AbortController();
    const courier = new Courier(this.deps(options.change), end.signal);
    const done = options.run === true ? courier.run() : Promise.resolve();
    const kill = async () => {
      end.abort();
      await done;
      await courier.run(); // With nothing left to do it waits for what still writes.
    };
    this.#kills.push(kill);
    return { courier, kill };
  }

  message(change: Partial<Outgoing> = {}): Outgoing {
    const target = { kind: "channel", channel: "~general", threadId: undefined } as const;
    return { id: "m1", target, text: "hello", files: [], urgency: "now", ...change };
  }

  /** What the bot has posted and not deleted, oldest first. */
  posts(): Post[] {
    return [...this.lab.sandbox.world.posts.values()]
      .filter((post) => post.user_id === this.lab.botUserId && post.delete_at === 0)
      .sort((a, b) => a.create_at - b.create_at);
  }

  texts(): string[] {
    return this.posts().map((post) => post.message);
  }

  /** Delivers a message that can be delivered, and holds what is said of it against the server. */
  async delivered(message: Outgoing, courier = this.courier().courier): Promise<Post[]> {
    const outcome = await courier.deliver(message, {}, this.never);
    assert.ok(outcome.kind === "delivered", JSON.stringify(outcome));
    return outcome.postIds.map((id) => {
      const post = this.lab.sandbox.world.posts.get(id);
      assert.ok(post !== undefined, `there is no post ${id}`);
      return post;
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const kill of this.#kills) await kill();
    await this.lab[Symbol.asyncDispose]();
    await this.#folder[Symbol.asyncDispose]();
  }
}
