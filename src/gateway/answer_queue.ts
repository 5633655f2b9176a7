import type { Clock } from "../runtime/clock.ts";
import type { Log } from "../runtime/log.ts";
import { NewestEntries } from "../runtime/newest_entries.ts";
import type { SessionKey } from "../sessions/session_store.ts";
import { runExchange } from "./exchange.ts";
import type { ExchangeDeps } from "./exchange_deps.ts";
import type { InboundMessage } from "./inbound.ts";
import { LANE_LENGTH_MAX, type SessionLanes } from "./lanes.ts";
import { answerWithNote, findAnswer } from "./post_note.ts";
import type { RunningTurns } from "./running_turns.ts";
import { sessionKey } from "./session_key.ts";
import type { SetUpTurn } from "./session_life/set_up_turn.ts";
import type { Settlement } from "./settlement.ts";
import { CONVERSATIONS_MAX, toWakeMessage, type Wake } from "./wake.ts";

export interface AnswerQueueDeps {
  readonly exchange: ExchangeDeps;
  readonly lanes: SessionLanes;
  readonly turns: RunningTurns;
  readonly settlement: Settlement;
  readonly setUpTurn: SetUpTurn;
  readonly clock: Clock;
  readonly log: Log;
}

export interface PutOptions {
  /** It was begun before a restart. */
  readonly takenUpAgain: boolean;
  /** What it does to a turn that runs; without it, what the settings say. */
  readonly how?: "queue" | "steer";
}

const LANE_FULL_NOTE =
  `I still have ${LANE_LENGTH_MAX} messages of this conversation to answer. Please send this one again later.`;

/** Everything that waits to be answered or is being answered. */
export class AnswerQueue {
  readonly #deps: AnswerQueueDeps;
  readonly #cancel: AbortSignal;
  /** The newest message of each conversation, which tells where it takes place. */
  readonly #newest = new NewestEntries<SessionKey, InboundMessage>(CONVERSATIONS_MAX);

  constructor(deps: AnswerQueueDeps, cancel: AbortSignal) {
    this.#deps = deps;
    this.#cancel = cancel;
  }

  /** Has the model answer a message, after those of its session that came before. */
  put(message: InboundMessage, options: PutOptions): void {
    const { exchange, lanes, settlement } = this.#deps;
    const { postId } = message;
    const key = sessionKey(message, exchange.sessionOptions);
    this.#newest.put(key, { ...message, text: "", files: [] });
    const onDisk = settlement.putOnDisk(postId);
    const answer = async () => {
      await onDisk;
      this.#cancel.throwIfAborted();
      return await this.exchange(message, key, options);
    };
    if (lanes.run(key, () => settlement.run(message, answer))) return;
    this.refuse(message, key);
  }

  /** Says that its conversation takes no more at the moment. */
  refuse(message: InboundMessage, key: SessionKey): void {
    this.#deps.log("warn", "gateway.lane_full", { postId: message.postId, session: key });
    this.note(message, LANE_FULL_NOTE);
  }

  /** A wake is in no ledger: it ends with the process, as does what it tells of. */
  wake(wake: Wake): void {
    const { exchange, lanes, log, settlement } = this.#deps;
    const { sessionKey: key } = wake;
    const last = this.#newest.get(key);
    if (last === undefined) return log("warn", "gateway.wake_lost", { session: key });
    const { sessionOptions, delivery } = exchange;
    const message = toWakeMessage(wake, last, sessionOptions, delivery.random.id());
    log("info", "gateway.woken", { postId: message.postId, session: key });
    const answer = () => this.exchange(message, key, { takenUpAgain: false });
    if (lanes.run(key, () => settlement.run(message, answer))) return;
    log("warn", "gateway.wake_lost", { session: key });
  }

  /** Runs a turn in its session, where none may run meanwhile. @returns the ids of the answer's posts. */
  exchange(
    message: InboundMessage,
    key: SessionKey,
    { takenUpAgain }: { readonly takenUpAgain: boolean },
  ): Promise<readonly string[]> {
    const { exchange, setUpTurn, turns } = this.#deps;
    return turns.run(key, message, async (stop) => {
      const planned = { message, key, takenUpAgain, exchange };
      const turn = await setUpTurn(planned, this.#cancel);
      const options = { takenUpAgain, stop };
      const postIds = await runExchange(turn.message, key, options, turn.exchange, this.#cancel);
      turn.done();
      return postIds;
    });
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
    const { clock, exchange, lanes, log, turns } = this.#deps;
    if (lanes.size > 0) log("info", "gateway.draining", { messages: lanes.size });
    // Nobody can answer any more: what waits for people is taken up again after the start.
    if (turns.size > 0 && turns.all((key) => exchange.questions.isWaiting(key))) return;
    await Promise.race([lanes.idle(), clock.sleep(drainMs, this.#cancel)]);
  }
}
