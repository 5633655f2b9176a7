import type { Clock } from "../../runtime/clock.ts";
import { NewestEntries } from "../../runtime/newest_entries.ts";
import type { SessionKey } from "../../sessions/session_store.ts";
import { QUEUED_NOTE, STEERED_NOTE } from "./busy_texts.ts";
import type { Taken } from "./conversations.ts";

/** In one conversation people are told at most this often. */
const INTERVAL_MS = 30_000;
/** Conversations of which it is known when they were told last. */
const CONVERSATIONS_MAX = 1_000;

/** Which messages are told what becomes of them, because nothing else shows that they were heard. */
export class BusyAcks {
  readonly #clock: Clock;
  readonly #toldAtMs = new NewestEntries<SessionKey, number>(CONVERSATIONS_MAX);

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** What is to be said; `undefined` for nothing. Who asked for it by a command is always told. */
  noteFor(taken: Taken, key: SessionKey, wasAskedFor: boolean): string | undefined {
    const note = taken === "queued" ? QUEUED_NOTE : taken === "steered" ? STEERED_NOTE : undefined;
    if (note === undefined) return undefined;
    const nowMs = this.#clock.nowMs();
    const toldAtMs = this.#toldAtMs.get(key) ?? -INTERVAL_MS;
    if (!wasAskedFor && nowMs - toldAtMs < INTERVAL_MS) return undefined;
    this.#toldAtMs.put(key, nowMs);
    return note;
  }
}
