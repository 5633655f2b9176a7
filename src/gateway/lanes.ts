import type { SessionKey } from "../sessions/session_store.ts";

/** Most messages of one session that wait or run at a time. */
export const LANE_LENGTH_MAX = 256;

interface Lane {
  tail: Promise<void>;
  length: number;
}

/** How much there is to do, over all sessions. */
export interface LaneCounts {
  readonly running: number;
  readonly waiting: number;
}

/** Runs work of one session one after the other, and work of different sessions side by side. */
export class SessionLanes {
  readonly #lanes = new Map<SessionKey, Lane>();
  readonly #onChange: (counts: LaneCounts) => void;

  constructor(onChange: (counts: LaneCounts) => void = () => {}) {
    this.#onChange = onChange;
  }

  /**
   * Queues `work`, which must not reject: whoever queues it also handles its failures.
   *
   * @returns false, without queueing, when the session has `LANE_LENGTH_MAX` waiting already.
   */
  run(key: SessionKey, work: () => Promise<void>): boolean {
    const lane = this.#lanes.get(key) ?? { tail: Promise.resolve(), length: 0 };
    if (lane.length >= LANE_LENGTH_MAX) return false;
    lane.length++;
    lane.tail = lane.tail.then(work).finally(() => {
      lane.length--;
      if (lane.length === 0) this.#lanes.delete(key);
      this.#tell();
    });
    this.#lanes.set(key, lane);
    this.#tell();
    return true;
  }

  /** How much waits or runs in one session. */
  lengthOf(key: SessionKey): number {
    return this.#lanes.get(key)?.length ?? 0;
  }

  /** How many messages wait or run, in all sessions. */
  get size(): number {
    let size = 0;
    for (const lane of this.#lanes.values()) size += lane.length;
    return size;
  }

  /** Resolves when nothing is queued or running. */
  async idle(): Promise<void> {
    while (this.#lanes.size > 0) {
      await Promise.all([...this.#lanes.values()].map((lane) => lane.tail));
    }
  }

  #tell(): void {
    const running = this.#lanes.size;
    this.#onChange({ running, waiting: this.size - running });
  }
}
