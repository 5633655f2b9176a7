import type { SessionKey } from "../sessions/session_store.ts";
import type { InboundMessage } from "./inbound.ts";

interface RunningTurn {
  readonly stop: AbortController;
  readonly message: InboundMessage;
}

/** The turns that run now, for people who want them to end. There is one of each session at most. */
export class RunningTurns {
  readonly #turns = new Map<SessionKey, RunningTurn>();

  /** Runs `work`, whose `stop` aborts when a person asks for it. */
  async run<T>(
    key: SessionKey,
    message: InboundMessage,
    work: (stop: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const turn = { stop: new AbortController(), message };
    this.#turns.set(key, turn);
    try {
      return await work(turn.stop.signal);
    } finally {
      this.#turns.delete(key);
    }
  }

  get size(): number {
    return this.#turns.size;
  }

  /** Whether `test` holds for the session of every turn. */
  all(test: (key: SessionKey) => boolean): boolean {
    return [...this.#turns.keys()].every(test);
  }

  /** Whether a turn runs that this message may stop. */
  runs(key: SessionKey, message: InboundMessage): boolean {
    return this.#find(key, message) !== undefined;
  }

  /** False when there is none. */
  stop(key: SessionKey, message: InboundMessage): boolean {
    const turn = this.#find(key, message);
    turn?.stop.abort();
    return turn !== undefined;
  }

  /**
   * The turn of the conversation, or of the same person in the same channel: people write "stop"
   * below an answer as well as beside it.
   */
  #find(key: SessionKey, { channelId, senderId }: InboundMessage): RunningTurn | undefined {
    return this.#turns.get(key) ??
      [...this.#turns.values()].findLast(({ message }) =>
        message.channelId === channelId && message.senderId === senderId
      );
  }
}
