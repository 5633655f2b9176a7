import type { PostedEvent } from "../mattermost/events.ts";
import type { ServerEvent } from "../mattermost/listener.ts";
import type { Post, User } from "../mattermost/types.ts";
import { replyMarker } from "../replies/find_reply_posts.ts";
import type { OwnEchoes } from "../replies/own_echoes.ts";
import type { Clock } from "../runtime/clock.ts";
import type { Log } from "../runtime/log.ts";
import type { WaitingItems } from "../runtime/waiting_items.ts";
import type { SessionKey } from "../sessions/session_store.ts";
import { AnswerQueue, type BusyOptions } from "./answer_queue.ts";
import { EditedPosts } from "./busy/edited_posts.ts";
import type { Callback } from "./callbacks/callback.ts";
import { NativeCalls } from "./callbacks/native_calls.ts";
import type { CommandAccess } from "./commands/command_access.ts";
import type { CommandRegistry } from "./commands/command_registry.ts";
import { CommandRunner } from "./commands/command_runner.ts";
import type { SkillNames } from "./commands/skill_names.ts";
import { Dispatch } from "./dispatch.ts";
import { Doorkeeper } from "./doorkeeper.ts";
import type { ExchangeDeps } from "./exchange_deps.ts";
import type { GatePolicy, IgnoreReason } from "./gate.ts";
import type { LiveStatus } from "./gateway_status.ts";
import { type BotIdentity, type InboundMessage, toInboundMessage } from "./inbound.ts";
import { SessionLanes } from "./lanes.ts";
import type { Ledger } from "./ledger.ts";
import { QuestionVoices } from "./questions/question_voices.ts";
import type { SetUpTurn } from "./session_life/set_up_turn.ts";
import { sessionKey } from "./session_key.ts";
import { Settlement } from "./settlement.ts";
import type { Strangers } from "./pairing/strangers.ts";
import type { FollowedThreads } from "./threads/followed_threads.ts";
import type { Wake } from "./wake.ts";

export interface GatewayDeps {
  /** Ends when the gateway shall stop; throws when it cannot go on, e.g. with a dead token. */
  readonly events: AsyncIterable<ServerEvent>;
  /** Posts that were claimed before a restart and not answered. */
  readonly unfinished: readonly PostedEvent[];
  /** What conversations are to be told of, without anyone having written. */
  readonly wakes: WaitingItems<Wake>;
  /** What the server calls us with, beside the socket. */
  readonly callbacks: WaitingItems<Callback>;
  /** As it was at the start; the events tell of another name. */
  readonly bot: BotIdentity;
  readonly policy: GatePolicy;
  readonly threads: FollowedThreads;
  /** `undefined` where strangers are ignored. */
  readonly strangers: Strangers | undefined;
  /** What people can type, and who may. */
  readonly commands: CommandRegistry;
  readonly access: CommandAccess;
  readonly skillNames: SkillNames;
  readonly setUpTurn: SetUpTurn;
  readonly ledger: Ledger;
  readonly echoes: OwnEchoes;
  readonly exchange: ExchangeDeps;
  /** Told of each message that is answered, once; returns at once. */
  readonly onHeard?: (message: InboundMessage) => void;
  readonly busy: BusyOptions;
  /** How long answers under way may take after the events have ended. */
  readonly drainMs: number;
  /** Where the gateway tells what it does. */
  readonly status: LiveStatus;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Answers messages until the events end, then lets the answers under way finish for `drainMs` and
 * cancels the rest; `cancel` does so at once. Reading never waits for an answer.
 */
export async function runGateway(deps: GatewayDeps, cancel: AbortSignal): Promise<void> {
  const gateway = new Gateway(deps, cancel);
  const waking = gateway.wakeAll(deps.wakes);
  const calling = gateway.takeAll(deps.callbacks);
  try {
    for (const event of deps.unfinished) gateway.takeUpAgain(event);
    for await (const event of deps.events) gateway.handle(event);
    deps.wakes.end();
    await gateway.drain();
  } finally {
    deps.wakes.end();
    deps.callbacks.end();
    await Promise.all([waking, calling]);
    await gateway.end(); // Without a server that takes us there is nobody to finish answers for.
  }
}

class Gateway {
  readonly #deps: GatewayDeps;
  readonly #lanes: SessionLanes;
  readonly #queue: AnswerQueue;
  readonly #voices: QuestionVoices;
  readonly #dispatch: Dispatch;
  readonly #calls: NativeCalls;
  readonly #door: Doorkeeper;
  readonly #edits: EditedPosts;
  readonly #ended = new AbortController();
  #bot: BotIdentity;

  constructor(deps: GatewayDeps, cancel: AbortSignal) {
    this.#deps = deps;
    this.#bot = deps.bot;
    const { exchange, status } = deps;
    const { questions, sessions } = exchange;
    const ended = AbortSignal.any([cancel, this.#ended.signal]);
    const lanes = new SessionLanes((messages) => status.note({ messages }));
    const settlement = new Settlement({ ...deps, sessions }, ended);
    const queue = new AnswerQueue({ ...deps, lanes, settlement }, ended);
    const voices = new QuestionVoices({ ...deps, lanes }, ended);
    this.#lanes = lanes;
    this.#queue = queue;
    this.#voices = voices;
    const { api } = exchange.delivery;
    const handlePosted = (event: PostedEvent) => this.#handlePosted(event);
    const parts = { ...deps, api, lanes, queue, settlement };
    this.#edits = new EditedPosts({ ...parts, handlePosted }, ended);
    this.#door = new Doorkeeper({ ...parts, notes: exchange }, ended);
    const live = (key: SessionKey) => queue.conversations.describe(key);
    const runner = new CommandRunner({ ...parts, notes: exchange, live }, ended);
    const dispatch = new Dispatch({ ...parts, questions, voices, runner });
    this.#calls = new NativeCalls({ ...parts, dispatch, runner, voices }, ended);
    this.#dispatch = dispatch;
  }

  handle(event: ServerEvent): void {
    const { clock, log, status } = this.#deps;
    const nowMs = clock.nowMs();
    if (event.kind !== "disconnected") status.note({ lastEventAtMs: nowMs });
    switch (event.kind) {
      case "posted":
        return this.#handlePosted(event);
      case "user_updated":
        return this.#takeName(event.user);
      case "connected":
        status.note({ connection: { kind: "connected", sinceMs: nowMs } });
        return log("info", "gateway.connected", {
          how: event.how,
          server: event.serverVersion || undefined,
        });
      case "disconnected": {
        const { reason, detail, retryInMs } = event;
        const retryAtMs = nowMs + retryInMs;
        const before = status.current.connection;
        const sinceMs = before.kind === "connected" ? nowMs : before.sinceMs;
        status.note({ connection: { kind: "disconnected", sinceMs, reason, detail, retryAtMs } });
        return log("warn", "gateway.disconnected", { reason, detail, retryInMs });
      }
      case "reaction_added":
        return this.#voices.handleReaction(event.reaction);
      case "post_edited":
        return this.#edits.handle(event.post, this.#bot);
      case "post_deleted":
        return this.#queue.conversations.remove(event.post.id);
      case "channel_closed":
        log("info", "gateway.channel_closed", { channelId: event.channelId });
        return this.#queue.conversations.leaveChannel(event.channelId);
      default:
        return; // Memberships are not acted on yet.
    }
  }

  /** A post that was claimed before a restart: past the ledger, which knows it. */
  takeUpAgain(event: PostedEvent): void {
    const { exchange, ledger, threads } = this.#deps;
    const message = toInboundMessage(event, this.#bot);
    const key = sessionKey(message, exchange.sessionOptions);
    const decision = this.#door.decide(message);
    const word = this.#dispatch.wordOf(message, key, decision);
    if (word.kind === "aside") {
      const received = { message, key, decision, bot: this.#bot, takenUpAgain: true };
      if (this.#door.receives(received)) return;
      return ledger.settle(message.postId, "failed", []);
    }
    threads.takePart(message, exchange.sessionOptions);
    this.#dispatch.follow(word, message, key, { takenUpAgain: true });
  }

  async wakeAll(wakes: AsyncIterable<Wake>): Promise<void> {
    for await (const wake of wakes) this.#queue.wake(wake);
  }

  async takeAll(callbacks: AsyncIterable<Callback>): Promise<void> {
    for await (const callback of callbacks) this.#calls.take(callback);
  }

  /** Lets what runs finish, for as long as it may. */
  async drain(): Promise<void> {
    const { clock, drainMs, status } = this.#deps;
    status.note({ stoppingSinceMs: clock.nowMs() });
    await this.#queue.drain(drainMs);
  }

  /** Cancels what still runs, and waits for it to end. */
  async end(): Promise<void> {
    this.#ended.abort();
    await this.#lanes.idle();
  }

  /** From now on people mention the bot by its new name. */
  #takeName({ id, username }: User): void {
    if (id !== this.#bot.userId || username === this.#bot.username) return;
    this.#bot = { userId: id, username };
    this.#deps.status.note({ bot: this.#bot });
    this.#deps.log("info", "gateway.renamed", { bot: username });
  }

  #handlePosted(event: PostedEvent): void {
    const { threads, ledger, exchange, log } = this.#deps;
    const message = toInboundMessage(event, this.#bot);
    if (message.origin === "self") this.#noteOwnPost(event.post, message);
    const { postId, channelId, senderId } = message;
    const key = sessionKey(message, exchange.sessionOptions);
    const decision = this.#door.decide(message);
    const word = this.#dispatch.wordOf(message, key, decision);
    if (word.kind === "aside") {
      const received = { message, key, decision, bot: this.#bot, takenUpAgain: false };
      if (this.#door.receives(received)) return;
      const reason = decision.kind === "ignore" ? decision.reason : "not_mentioned";
      return this.#ignore(message, reason);
    }
    if (ledger.claim({ postId, channelId, senderId, sessionKey: key }) === "seen") {
      this.#edits.handle(event.post, this.#bot); // It may say something else than when it was taken on.
      return log("debug", "gateway.ignored", { postId, channelId, reason: "seen" });
    }
    threads.takePart(message, exchange.sessionOptions);
    this.#deps.onHeard?.(message);
    log("info", "gateway.message", { postId, session: key, via: event.via, kind: word.kind });
    this.#dispatch.follow(word, message, key, { takenUpAgain: false });
  }

  #noteOwnPost(post: Post, message: InboundMessage): void {
    const { echoes, exchange, threads } = this.#deps;
    threads.takePart(message, exchange.sessionOptions);
    echoes.note(post);
    const marker = replyMarker(post)?.re;
    if (marker === undefined) return;
    const { id: postId, root_id: rootId, create_at: postedAtMs } = post;
    exchange.questions.place(marker, { postId, rootId, postedAtMs });
  }

  /** Somebody who is not let in is told to the operator with the id to list; the rest is noise. */
  #ignore(message: InboundMessage, reason: IgnoreReason): void {
    const { postId, channelId, senderId, senderName } = message;
    if (reason !== "user_not_allowed") {
      return this.#deps.log("debug", "gateway.ignored", { postId, channelId, reason });
    }
    const fields = { postId, channelId, reason, userId: senderId, userName: senderName };
    this.#deps.log("info", "gateway.ignored", fields);
  }
}
