import { HermesError } from "../errors.ts";
import { UnauthorizedError } from "../mattermost/errors.ts";
import type { PostedEvent } from "../mattermost/events.ts";
import type { ServerEvent } from "../mattermost/listener.ts";
import type { Post, User } from "../mattermost/types.ts";
import type { Clock } from "../runtime/clock.ts";
import type { Log } from "../runtime/log.ts";
import { NewestEntries } from "../runtime/newest_entries.ts";
import type { WaitingItems } from "../runtime/waiting_items.ts";
import { replyMarker } from "../replies/find_reply_posts.ts";
import type { OwnEchoes } from "../replies/own_echoes.ts";
import type { SessionKey } from "../sessions/session_store.ts";
import { readWord, type Word } from "./commands/read_word.ts";
import { type ExchangeDeps, runExchange } from "./exchange.ts";
import type { LiveStatus } from "./gateway_status.ts";
import { gate, type GateDecision, type GatePolicy, type IgnoreReason } from "./gate.ts";
import { type BotIdentity, type InboundMessage, toInboundMessage } from "./inbound.ts";
import { LANE_LENGTH_MAX, SessionLanes } from "./lanes.ts";
import type { Ledger } from "./ledger.ts";
import { answerWithNote } from "./post_note.ts";
import { NOTHING_WAITS } from "./questions/question_texts.ts";
import { QuestionVoices } from "./questions/question_voices.ts";
import { RunningTurns } from "./running_turns.ts";
import { sessionKey } from "./session_key.ts";
import { CONVERSATIONS_MAX, toWakeMessage, type Wake } from "./wake.ts";

export interface GatewayDeps {
  /** Ends when the gateway shall stop; throws when it cannot go on, e.g. with a dead token. */
  readonly events: AsyncIterable<ServerEvent>;
  /** Posts that were claimed before a restart and not answered. */
  readonly unfinished: readonly PostedEvent[];
  /** What conversations are to be told of, without anyone having written. */
  readonly wakes: WaitingItems<Wake>;
  /** As it was at the start; the events tell of another name. */
  readonly bot: BotIdentity;
  readonly policy: GatePolicy;
  readonly ledger: Ledger;
  readonly echoes: OwnEchoes;
  readonly exchange: ExchangeDeps;
  /** How long answers under way may take after the events have ended. */
  readonly drainMs: number;
  /** Where the gateway tells what it does. */
  readonly status: LiveStatus;
  readonly clock: Clock;
  readonly log: Log;
}

const LANE_FULL_NOTE =
  `I still have ${LANE_LENGTH_MAX} messages of this conversation to answer. Please send this one again later.`;

const NOTHING_RUNS_NOTE = "Nothing is running here.";

/**
 * Answers messages until the events end, then lets the answers under way finish for `drainMs` and
 * cancels the rest; `cancel` does so at once. Reading never waits for an answer.
 */
export async function runGateway(deps: GatewayDeps, cancel: AbortSignal): Promise<void> {
  const gateway = new Gateway(deps, cancel);
  const waking = gateway.wakeAll(deps.wakes);
  try {
    for (const event of deps.unfinished) gateway.takeUpAgain(event);
    for await (const event of deps.events) gateway.handle(event);
    deps.wakes.end();
    await gateway.drain();
  } finally {
    deps.wakes.end();
    await waking;
    await gateway.end(); // Without a server that takes us there is nobody to finish answers for.
  }
}

class Gateway {
  readonly #deps: GatewayDeps;
  readonly #lanes: SessionLanes;
  /** The newest message of each conversation, which tells where it takes place. */
  readonly #newest = new NewestEntries<SessionKey, InboundMessage>(CONVERSATIONS_MAX);
  readonly #turns = new RunningTurns();
  readonly #voices: QuestionVoices;
  readonly #ended = new AbortController();
  readonly #cancel: AbortSignal;
  #bot: BotIdentity;

  constructor(deps: GatewayDeps, cancel: AbortSignal) {
    this.#deps = deps;
    this.#bot = deps.bot;
    this.#lanes = new SessionLanes((messages) => deps.status.note({ messages }));
    this.#cancel = AbortSignal.any([cancel, this.#ended.signal]);
    this.#voices = new QuestionVoices({ ...deps, lanes: this.#lanes }, this.#cancel);
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
      default:
        return; // Edits, deletions and memberships are not acted on yet.
    }
  }

  /** A post that was claimed before a restart: past the ledger, which knows it. */
  takeUpAgain(event: PostedEvent): void {
    const message = toInboundMessage(event, this.#bot);
    if (gate(message, this.#deps.policy).kind === "ignore") {
      return this.#deps.ledger.settle(message.postId, "failed", []);
    }
    this.#queue(message, { takenUpAgain: true });
  }

  async wakeAll(wakes: AsyncIterable<Wake>): Promise<void> {
    for await (const wake of wakes) this.#wake(wake);
  }

  /** Lets what runs finish, for as long as it may. */
  async drain(): Promise<void> {
    const { clock, drainMs, log, status } = this.#deps;
    status.note({ stoppingSinceMs: clock.nowMs() });
    if (this.#lanes.size > 0) log("info", "gateway.draining", { messages: this.#lanes.size });
    const { questions } = this.#deps.exchange;
    // Nobody can answer any more: what waits for people is taken up again after the start.
    if (this.#turns.size > 0 && this.#turns.all((key) => questions.isWaiting(key))) return;
    const idle = this.#lanes.idle();
    const limit = clock.sleep(drainMs, this.#cancel);
    await Promise.race([idle, limit]);
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
    const { policy, ledger, exchange, log } = this.#deps;
    if (event.post.user_id === this.#bot.userId) this.#noteOwnPost(event.post);
    const message = toInboundMessage(event, this.#bot);
    const { postId, channelId, senderId } = message;
    const key = sessionKey(message, exchange.sessionOptions);
    const decision = gate(message, policy);
    const word = this.#wordOf(message, key, decision);
    if (word.kind === "aside") {
      const reason = decision.kind === "ignore" ? decision.reason : "not_mentioned";
      return this.#ignore(message, reason);
    }
    if (ledger.claim({ postId, channelId, senderId, sessionKey: key }) === "seen") {
      return log("debug", "gateway.ignored", { postId, channelId, reason: "seen" });
    }
    log("info", "gateway.message", { postId, session: key, via: event.via, kind: word.kind });
    this.#follow(word, message, key);
  }

  #noteOwnPost(post: Post): void {
    const { echoes, exchange } = this.#deps;
    echoes.note(post);
    const marker = replyMarker(post)?.re;
    if (marker === undefined) return;
    const { id: postId, root_id: rootId, create_at: postedAtMs } = post;
    exchange.questions.place(marker, { postId, rootId, postedAtMs });
  }

  /** Whom we listen to may answer questions and stop turns without a mention. */
  #wordOf(message: InboundMessage, key: SessionKey, decision: GateDecision): Word {
    const { exchange, policy } = this.#deps;
    const isAddressed = decision.kind === "answer";
    const isHeard = gate(message, { ...policy, requireMention: false }).kind === "answer";
    if (!isHeard) return { kind: "aside" };
    const questions = exchange.questions.all;
    const runsTurn = this.#turns.runs(key, message);
    return readWord(message, { sessionKey: key, isAddressed, questions, runsTurn });
  }

  /** Does what somebody said; what is no message for the model does not wait in a lane. */
  #follow(word: Exclude<Word, { kind: "aside" }>, message: InboundMessage, key: SessionKey): void {
    const { questions } = this.#deps.exchange;
    switch (word.kind) {
      case "message":
        this.#queue(message, { takenUpAgain: false });
        if (word.waitsFor !== undefined) this.#voices.explain(word.waitsFor, message);
        return;
      case "answer":
        if (!questions.settle(word.question, word.answer)) {
          return this.#note(message, NOTHING_WAITS);
        }
        return this.#record(message.postId, "answered", []);
      case "stop":
        if (!this.#turns.stop(key, message)) return this.#note(message, NOTHING_RUNS_NOTE);
        return this.#record(message.postId, "answered", []);
      case "note":
        return this.#note(message, word.note);
    }
  }

  /** Answers with a line of our own, past the lane. */
  #note(message: InboundMessage, note: string): void {
    const { exchange } = this.#deps;
    const work = () => answerWithNote(message, note, exchange, this.#cancel);
    this.#lanes.run(`note:${message.postId}` as SessionKey, () => this.#settle(message, work));
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

  /** A wake is in no ledger: it ends with the process, as does what it tells of. */
  #wake(wake: Wake): void {
    const { exchange, log } = this.#deps;
    const { sessionKey: key } = wake;
    const last = this.#newest.get(key);
    if (last === undefined) return log("warn", "gateway.wake_lost", { session: key });
    const { sessionOptions, delivery } = exchange;
    const message = toWakeMessage(wake, last, sessionOptions.replyMode, delivery.random.id());
    log("info", "gateway.woken", { postId: message.postId, session: key });
    const answer = () => this.#exchange(message, key, { takenUpAgain: false });
    if (this.#lanes.run(key, () => this.#settle(message, answer))) return;
    log("warn", "gateway.wake_lost", { session: key });
  }

  #queue(message: InboundMessage, options: { readonly takenUpAgain: boolean }): void {
    const key = sessionKey(message, this.#deps.exchange.sessionOptions);
    this.#newest.put(key, { ...message, text: "", files: [] });
    const onDisk = this.#putOnDisk(message.postId);
    if (this.#lanes.run(key, () => this.#answer(message, key, { ...options, onDisk }))) return;
    this.#deps.log("warn", "gateway.lane_full", { postId: message.postId, session: key });
    this.#note(message, LANE_FULL_NOTE);
  }

  #answer(
    message: InboundMessage,
    key: SessionKey,
    options: { readonly takenUpAgain: boolean; readonly onDisk: Promise<void> },
  ): Promise<void> {
    return this.#settle(message, async () => {
      await options.onDisk;
      this.#cancel.throwIfAborted();
      return await this.#exchange(message, key, options);
    });
  }

  #exchange(
    message: InboundMessage,
    key: SessionKey,
    { takenUpAgain }: { readonly takenUpAgain: boolean },
  ): Promise<readonly string[]> {
    return this.#turns.run(key, message, (stop) => {
      const options = { takenUpAgain, stop };
      return runExchange(message, key, options, this.#deps.exchange, this.#cancel);
    });
  }

  /** Also what waits in a lane must outlive a loss of power. A disk that fails is no reason for silence. */
  async #putOnDisk(postId: string): Promise<void> {
    const { ledger, log } = this.#deps;
    try {
      await ledger.sync();
    } catch (error) {
      log("error", "gateway.not_recorded", { postId, error: String(error) });
    }
  }

  /** Catches everything: a message that fails must not take the others with it. */
  async #settle(
    message: InboundMessage,
    work: () => Promise<readonly string[]>,
  ): Promise<void> {
    const { clock, log } = this.#deps;
    const { postId } = message;
    const startedAtMs = clock.nowMs();
    try {
      const replyIds = await work();
      this.#record(postId, "answered", replyIds);
      await this.#noteAnswered();
      const tookMs = clock.nowMs() - startedAtMs;
      log("info", "gateway.answered", { postId, posts: replyIds.length, tookMs });
    } catch (error) {
      // Left as claimed: the next start takes it up again, with a token that works.
      const isInterrupted = this.#cancel.aborted || error instanceof UnauthorizedError;
      if (isInterrupted) return log("warn", "gateway.interrupted", { postId });
      this.#record(postId, "failed", []);
      const code = error instanceof HermesError ? error.code : "bug";
      log("error", "gateway.not_answered", { postId, code, error: String(error) });
    }
  }

  async #noteAnswered(): Promise<void> {
    const { exchange, status } = this.#deps;
    const sessions = await exchange.sessions.count().catch(() => undefined); // Not worth a failure.
    status.note({ answered: status.current.answered + 1, sessions });
  }

  /** On a disk that takes no more it stays claimed: the next start finds what was posted. */
  #record(postId: string, state: "answered" | "failed", replyIds: readonly string[]): void {
    const { ledger, log } = this.#deps;
    try {
      ledger.settle(postId, state, replyIds);
    } catch (error) {
      log("error", "gateway.not_recorded", { postId, error: String(error) });
    }
  }
}
