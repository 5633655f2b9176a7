import type { Clock } from "../runtime/clock.ts";
import type { Log } from "../runtime/log.ts";
import { NewestEntries } from "../runtime/newest_entries.ts";
import type { SessionKey } from "../sessions/session_store.ts";
import { BusyAcks } from "./busy/busy_acks.ts";
import { Conversations } from "./busy/conversations.ts";
import type { BusyMode, BusyRules } from "./busy/decide_busy.ts";
import { discardAnswer } from "./busy/discard_answer.ts";
import type { ExchangeRun } from "./busy/run_task.ts";
import type { TaskPost } from "./busy/task.ts";
import { runExchange } from "./exchange.ts";
import type { ExchangeDeps } from "./exchange_deps.ts";
import type { InboundMessage } from "./inbound.ts";
import { LANE_LENGTH_MAX, type SessionLanes } from "./lanes.ts";
import type { Ledger } from "./ledger.ts";
import { answerWithNote, findAnswer, remark } from "./post_note.ts";
import { isShared, sessionKey } from "./session_key.ts";
import type { SetUpTurn } from "./session_life/set_up_turn.ts";
import type { Settlement } from "./settlement.ts";
import { userText } from "./user_text.ts";
import { CONVERSATIONS_MAX, toWakeMessage, type Wake } from "./wake.ts";

export interface AnswerQueueDeps {
  readonly exchange: ExchangeDeps;
  readonly ledger: Ledger;
  readonly lanes: SessionLanes;
  readonly settlement: Settlement;
  readonly setUpTurn: SetUpTurn;
  readonly busy: BusyOptions;
  readonly clock: Clock;
  readonly log: Log;
}

/** What becomes of messages while their conversation is busy. */
export interface BusyOptions extends BusyRules {
  /** Whether people are told that a message waits, or is passed on. */
  readonly tells: boolean;
}

export interface PutOptions {
  /** It was begun before a restart. */
  readonly takenUpAgain: boolean;
  /** What it does to a turn that runs; without it, what the settings say. */
  readonly how?: BusyMode;
}

export const LANE_FULL_NOTE =
  `I still have ${LANE_LENGTH_MAX} messages of this conversation to answer. Please send this one again later.`;

/** Everything that waits to be answered or is being answered. */
export class AnswerQueue {
  readonly conversations: Conversations;
  readonly #deps: AnswerQueueDeps;
  readonly #cancel: AbortSignal;
  readonly #acks: BusyAcks;
  /** The newest message of each conversation, which tells where it takes place. */
  readonly #newest = new NewestEntries<SessionKey, InboundMessage>(CONVERSATIONS_MAX);

  constructor(deps: AnswerQueueDeps, cancel: AbortSignal) {
    this.#deps = deps;
    this.#cancel = cancel;
    this.#acks = new BusyAcks(deps.clock);
    const { busy: rules, exchange, settlement } = deps;
    this.conversations = new Conversations({
      ...deps,
      rules,
      host: {
        exchange: (message, key, run) => this.#exchange(message, key, run),
        discard: (message, key) => discardAnswer(message, key, exchange, cancel),
        settle: (postIds, work) => settlement.runAll(postIds, work),
        drop: (postIds, why) => settlement.drop(postIds, why),
        isAsking: (key) => exchange.questions.isWaiting(key),
        steerText: (message) => {
          const shared = isShared(message, exchange.sessionOptions);
          return userText(message, { shared, before: "", attached: [] });
        },
      },
    }, cancel);
  }

  /**
   * Has the model answer a message.
   *
   * @param source All that its post says, where the message is only what follows a command.
   */
  put(message: InboundMessage, { takenUpAgain, how }: PutOptions, source = message.text): void {
    const { busy, exchange, ledger, settlement } = this.#deps;
    const { postId } = message;
    const key = sessionKey(message, exchange.sessionOptions);
    this.#newest.put(key, { ...message, text: "", files: [] });
    const post = { message, source, onDisk: settlement.putOnDisk(postId) };
    if (takenUpAgain) {
      const { leadId } = ledger.entryOf(postId) ?? {};
      if (!this.conversations.takeUpAgain(post, key, leadId)) this.refuse(message, key);
      return;
    }
    const taken = this.conversations.take(post, key, { asked: how });
    if (taken === "full") return this.refuse(message, key);
    const waitsForPerson = exchange.questions.isWaiting(key); // Which is told by the question's voice.
    if (!busy.tells || (waitsForPerson && how === undefined)) return;
    const note = this.#acks.noteFor(taken, key, how !== undefined);
    if (note !== undefined) this.#remark(message, note);
  }

  /** A post that is taken on may say something else now. @returns whether it was taken on. */
  edit(message: InboundMessage, source = message.text): void {
    const known = this.conversations.find(message.postId);
    if (known === undefined || (known.source === source && hasSameFiles(known, message))) return;
    this.conversations.edit({ message, source, onDisk: known.onDisk });
    this.#deps.log("info", "gateway.edited", { postId: message.postId });
  }

  /** Says that its conversation takes no more at the moment. */
  refuse(message: InboundMessage, key: SessionKey): void {
    this.#deps.log("warn", "gateway.lane_full", { postId: message.postId, session: key });
    this.note(message, LANE_FULL_NOTE);
  }

  /** A wake is in no ledger: it ends with the process, as does what it tells of. */
  wake(wake: Wake): void {
    const { exchange, log } = this.#deps;
    const { sessionKey: key } = wake;
    const last = this.#newest.get(key);
    if (last === undefined) return log("warn", "gateway.wake_lost", { session: key });
    const { sessionOptions, delivery } = exchange;
    const message = toWakeMessage(wake, last, sessionOptions, delivery.random.id());
    log("info", "gateway.woken", { postId: message.postId, session: key });
    const post = { message, source: message.text, onDisk: Promise.resolve() };
    if (this.conversations.take(post, key) !== "full") return;
    log("warn", "gateway.wake_lost", { session: key });
  }

  /**
   * Runs a turn for whoever has the lane of its session already.
   *
   * @param source All that its post says, where that is a command.
   * @returns the ids of the answer's posts.
   */
  exchange(
    { message, sessionKey }: { readonly message: InboundMessage; readonly sessionKey: SessionKey },
    options: { readonly takenUpAgain: boolean },
    source: string,
  ): Promise<readonly string[]> {
    const post = { message, source, onDisk: Promise.resolve() };
    return this.conversations.run(post, sessionKey, options);
  }

  /** Answers with a line of our own, past the lane. */
  note(message: InboundMessage, note: string, { takenUpAgain = false } = {}): void {
    const { exchange, lanes, settlement } = this.#deps;
    const work = async () => {
      const known = takenUpAgain ? await findAnswer(message, exchange, this.#cancel) : [];
      return known.length > 0 ? known : await answerWithNote(message, note, exchange, this.#cancel);
    };
    lanes.run(`note:${message.postId}` as SessionKey, () => settlement.run(message, work));
  }

  /** Lets what runs finish, for `drainMs` at most. */
  async drain(drainMs: number): Promise<void> {
    const { clock, exchange, lanes, log } = this.#deps;
    if (lanes.size > 0) log("info", "gateway.draining", { messages: lanes.size });
    // Nobody can answer any more: what waits for people is taken up again after the start.
    if (this.conversations.allRunning((key) => exchange.questions.isWaiting(key))) return;
    await Promise.race([lanes.idle(), clock.sleep(drainMs, this.#cancel)]);
  }

  async #exchange(
    message: InboundMessage,
    key: SessionKey,
    run: ExchangeRun,
  ): Promise<readonly string[]> {
    const { exchange, setUpTurn } = this.#deps;
    const planned = { message, key, takenUpAgain: run.takenUpAgain, exchange };
    const turn = await setUpTurn(planned, this.#cancel);
    const postIds = await runExchange(turn.message, key, run, turn.exchange, this.#cancel);
    if (run.control.interruption === undefined) turn.done();
    return postIds;
  }

  #remark(message: InboundMessage, note: string): void {
    const { exchange, lanes, log } = this.#deps;
    const { postId } = message;
    lanes.run(`note:${postId}` as SessionKey, async () => {
      try {
        await remark(message, note, exchange, this.#cancel);
      } catch (error) {
        log("warn", "gateway.not_remarked", { postId, error: String(error) });
      }
    });
  }
}

function hasSameFiles({ message }: TaskPost, { files }: InboundMessage): boolean {
  const idsOf = (all: InboundMessage["files"]) => all.map(({ id }) => id).sort().join();
  return idsOf(message.files) === idsOf(files);
}
