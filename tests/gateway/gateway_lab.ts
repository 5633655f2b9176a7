import { appendFile, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { ExchangeDeps } from "../../src/gateway/exchange_deps.ts";
import { FileCache } from "../../src/files/file_cache.ts";
import type { ChatCommand } from "../../src/gateway/commands/chat_command.ts";
import { CommandRegistry } from "../../src/gateway/commands/command_registry.ts";
import { createTurnCommands } from "../../src/gateway/commands/help_commands.ts";
import { createSkillNames } from "../../src/gateway/commands/skill_names.ts";
import { LiveStatus } from "../../src/gateway/gateway_status.ts";
import { type GatePolicy, isLetIn } from "../../src/gateway/gate.ts";
import { type GatewayDeps, runGateway } from "../../src/gateway/gateway.ts";
import type { BotIdentity } from "../../src/gateway/inbound.ts";
import { Ledger } from "../../src/gateway/ledger.ts";
import { PendingQuestions } from "../../src/gateway/questions/pending_questions.ts";
import { plainTurn, type SetUpTurn } from "../../src/gateway/session_life/set_up_turn.ts";
import { PersonZones } from "../../src/gateway/person_zones.ts";
import { readUnfinishedPosts } from "../../src/gateway/unfinished_posts.ts";
import type { PostedEvent } from "../../src/mattermost/events.ts";
import type { MattermostApi } from "../../src/mattermost/api.ts";
import { listen } from "../../src/mattermost/listener.ts";
import type { ModelClient } from "../../src/models/model_client.ts";
import type { Strangers } from "../../src/gateway/pairing/strangers.ts";
import { createFollowCommand } from "../../src/gateway/threads/follow_command.ts";
import { FollowedThreads } from "../../src/gateway/threads/followed_threads.ts";
import { OwnEchoes } from "../../src/replies/own_echoes.ts";
import type { Log } from "../../src/runtime/log.ts";
import { createRedactor } from "../../src/safety/redact.ts";
import { WaitingItems } from "../../src/runtime/waiting_items.ts";
import { Secret } from "../../src/runtime/secret.ts";
import type { Post } from "../../src/sandbox/records.ts";
import type { SandboxOptions } from "../../src/sandbox/sandbox_server.ts";
import { openJsonSessionStore } from "../../src/sessions/json_session_store.ts";
import type { SessionStore } from "../../src/sessions/session_store.ts";
import { Lab, type LogLine } from "../mattermost/support/lab.ts";
import { promptSources } from "../support/prompt_sources.ts";
import { everywhere } from "../support/reply_modes.ts";
import { seededRandom } from "../support/seeded_random.ts";
import { MEMORY_FOLDER, tempDir } from "../support/temp_dir.ts";
import { turnDeps } from "../support/turn_deps.ts";

/** A sandbox with a clock that stands still, and gateways on a home that outlives them. */
export class GatewayLab implements AsyncDisposable {
  readonly lab: Lab;
  readonly #home: { path: string } & AsyncDisposable;
  readonly #running: RunningGateway[] = [];
  #watchers: (() => void)[] = [];

  static async start(options: Partial<SandboxOptions> = {}): Promise<GatewayLab> {
    const home = options.inMemory === true ? await tempDir(MEMORY_FOLDER) : await tempDir();
    return new GatewayLab(await Lab.start(options), home);
  }

  private constructor(lab: Lab, home: { path: string } & AsyncDisposable) {
    this.lab = lab;
    this.#home = home;
  }

  /** Starts a gateway that lets alice and bob in, on `events` or on the sandbox's socket. */
  async run(
    model: ModelClient,
    options: {
      readonly events?: GatewayDeps["events"];
      readonly wakes?: GatewayDeps["wakes"];
      readonly sessions?: SessionStore;
      readonly drainMs?: number;
      readonly policy?: Partial<GatePolicy>;
      readonly strangers?: Strangers;
      /** Beside those that lead to turns. */
      readonly commands?: (parts: CommandParts) => readonly ChatCommand[];
      readonly setUpTurn?: (parts: CommandParts) => SetUpTurn;
      readonly busy?: Partial<GatewayDeps["busy"]>;
      readonly exchange?: Partial<ExchangeDeps>;
    } = {},
  ): Promise<RunningGateway> {
    const { lab } = this;
    const { clock } = lab;
    const { log: labLog } = lab.listenerDeps();
    const log: Log = (level, event, fields) => {
      labLog(level, event, fields);
      for (const look of this.#watchers.splice(0)) look();
    };
    const random = seededRandom(11);
    const api = lab.api();
    const ledger = await Ledger.open({ path: join(this.#home.path, "ledger.jsonl"), clock, log });
    const sessions = options.sessions ??
      openJsonSessionStore({ folder: join(this.#home.path, "sessions"), clock, random, log });
    const stop = new AbortController();
    const cancel = new AbortController();
    const echoes = new OwnEchoes();
    const pendingSecret = new Secret("secret of the tests");
    const botUserId = lab.botUserId;
    const delivery = { api, botUserId, pendingSecret, echoes, clock, random, log };
    const turn = turnDeps([model], { resultCharsMax: 10_000 });
    const status = new LiveStatus({ pid: 1, version: "0", startedAtMs: clock.nowMs(), home: "/" });
    const threads = await FollowedThreads.open({
      path: join(this.#home.path, "threads.json"),
      followsByDefault: true,
      clock,
      log,
    });
    const bot = { userId: botUserId, username: "hermes" };
    const parts = { sessions, ledger, api, bot };
    const policy: GatePolicy = {
      allowedUsers: new Set([lab.sandbox.user("alice").id, lab.sandbox.user("bob").id]),
      allowAllUsers: false,
      requireMention: true,
      freeResponseChannels: new Set(),
      allowedChannels: new Set(),
      groupMessages: "channel",
      bots: { mode: "none", userIds: new Set() },
      greets: true,
      ...options.policy,
    };
    const done = runGateway({
      events: options.events ?? listen(lab.listenerDeps(), stop.signal),
      unfinished: await readUnfinishedPosts(
        ledger,
        { api, clock, random, log, postAgeMsMax: 86_400_000 },
        cancel.signal,
      ),
      callbacks: new WaitingItems(1),
      wakes: options.wakes ?? new WaitingItems(1),
      bot,
      policy,
      threads,
      strangers: options.strangers,
      ...commandsOf([createFollowCommand(threads), ...options.commands?.(parts) ?? []], log),
      setUpTurn: options.setUpTurn?.(parts) ?? plainTurn,
      ledger,
      echoes,
      exchange: {
        sessions,
        ledger,
        turn,
        delivery,
        listensTo: (userId) => isLetIn(userId, policy),
        zones: new PersonZones({ api, ownZone: "UTC", clock, log }),
        questions: new PendingQuestions(),
        sessionOptions: {
          groupSessionsPerUser: true,
          threadSessionsPerUser: true,
          replyModes: everywhere("off"),
        },
        prompt: promptSources(),
        attachments: {
          api,
          cache: new FileCache({ folder: join(this.#home.path, "files"), clock, log }),
          log,
          bytesMax: 1_000_000,
          describeImage: undefined,
          transcribe: undefined,
        },
        outbound: {
          allowFile: (path) => Promise.resolve({ kind: "allowed", realPath: path }),
          fileBytesMax: 1_000_000,
        },
        channelPrompts: new Map(),
        runesMax: 16_383,
        typingIntervalMs: 0,
        reactions: false,
        streaming: true,
        interimMessages: true,
        toolProgress: "off",
        toolPreviewCharsMax: 40,
        freshAfterMs: 60_000,
        notifyIntervalMs: 0,
        showsReasoning: false,
        redact: createRedactor({ secrets: () => [], hidesPatterns: true }),
        historyCharsMax: 100_000,
        ...options.exchange,
      },
      busy: { mode: "queue", modeForOthers: "queue", burstMs: 0, tells: false, ...options.busy },
      drainMs: options.drainMs ?? 10_000,
      status,
      clock,
      log,
    }, cancel.signal).finally(async () => {
      await Promise.all([sessions.close(), ledger.close(), threads.close()]);
    });
    const gateway = new RunningGateway(done, ledger, status, stop, cancel);
    this.#running.push(gateway);
    if (options.events === undefined) await lab.sandbox.connected("hermes");
    return gateway;
  }

  /** What the bot has posted and not deleted, oldest first. */
  answers(): Post[] {
    return [...this.lab.sandbox.world.posts.values()]
      .filter((post) => post.user_id === this.lab.botUserId && post.delete_at === 0)
      .sort((a, b) => a.create_at - b.create_at);
  }

  /** Lets the second pass after which a growing answer is shown, and gives its post. */
  async growing(postId: string): Promise<Post> {
    const { clock, sandbox } = this.lab;
    const growingAndListening = 2; // Both do something once a second.
    await clock.sleeperFor(1_000, 1_000, growingAndListening);
    clock.advance(1_000);
    const answers = (post: Post) =>
      (post.props.hermes as { re?: string } | undefined)?.re === postId;
    const shown = await sandbox.posted(answers);
    await clock.sleeperFor(1_000, 1_000, growingAndListening);
    return shown;
  }

  /** Resolves with the log line of this event about this post, now or later. */
  async logged(event: string, postId: string): Promise<LogLine> {
    for (;;) {
      const found = this.lab.logged(event).find((line) => line.fields.postId === postId);
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => this.#watchers.push(resolve));
    }
  }

  /** Resolves when there were so many log lines of this event. */
  async loggedTimes(event: string, count: number): Promise<void> {
    while (this.lab.logged(event).length < count) {
      await new Promise<void>((resolve) => this.#watchers.push(resolve));
    }
  }

  /** As if the process had died before the outcome of a post was in the ledger. No gateway may run. */
  async forgetOutcome(postId: string): Promise<void> {
    const path = join(this.#home.path, "ledger.jsonl");
    const lines = (await readFile(path, "utf8")).trim().split("\n");
    const last = lines.findLast((line) => line.includes(`"postId":"${postId}"`)) ?? "";
    const claimed = { ...JSON.parse(last), state: "claimed", replyIds: [] };
    await appendFile(path, `${JSON.stringify(claimed)}\n`);
  }

  /** Resolves with the fields of the first log line of this event, now or later. */
  async loggedNext(event: string): Promise<LogLine["fields"]> {
    for (;;) {
      const [found] = this.lab.logged(event);
      if (found !== undefined) return found.fields;
      await new Promise<void>((resolve) => this.#watchers.push(resolve));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const gateway of this.#running) await gateway.cancel().catch(() => {}); // Seen by its test.
    await this.lab[Symbol.asyncDispose]();
    await this.#home[Symbol.asyncDispose]();
  }
}

/** What commands of a test may work on. */
export interface CommandParts {
  readonly sessions: SessionStore;
  readonly ledger: Ledger;
  readonly api: MattermostApi;
  readonly bot: BotIdentity;
}

function commandsOf(commands: readonly ChatCommand[], log: Log) {
  const everybody = { admins: new Set<string>(), userCommands: new Set<string>() };
  return {
    commands: new CommandRegistry([...createTurnCommands(), ...commands]),
    access: { dm: everybody, channel: everybody },
    skillNames: createSkillNames({ store: undefined, disabled: [], log }),
  };
}

export class RunningGateway {
  readonly done: Promise<void>;
  readonly ledger: Ledger;
  readonly status: LiveStatus;
  readonly #stop: AbortController;
  readonly #cancel: AbortController;

  constructor(
    done: Promise<void>,
    ledger: Ledger,
    status: LiveStatus,
    stop: AbortController,
    cancel: AbortController,
  ) {
    this.done = done;
    this.ledger = ledger;
    this.status = status;
    this.#stop = stop;
    this.#cancel = cancel;
  }

  /** The first signal: no new events, and the answers under way are finished. */
  stop(): Promise<void> {
    this.#stop.abort();
    return this.done;
  }

  /** Both signals: what runs is aborted, as close to a crash as one process gets. */
  cancel(): Promise<void> {
    this.#stop.abort();
    this.#cancel.abort();
    return this.done;
  }
}

/** A post of the sandbox as the socket or the catch-up would tell of it. */
export function postedEvent(post: Post, via: "socket" | "catch_up" = "socket"): PostedEvent {
  return {
    kind: "posted",
    post: { ...post, files: [], pending_post_id: "" } as unknown as PostedEvent["post"],
    channelType: "D",
    channelName: "dm",
    channelDisplayName: "@alice",
    teamId: "",
    senderName: "alice",
    via,
  };
}
