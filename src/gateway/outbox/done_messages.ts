import type { EntryState, OutboxEntry } from "./outbox_entry.ts";

/** How long it is known what became of a message, and of how many at most. */
const AGE_MS_MAX = 3 * 24 * 3_600_000;
const MESSAGES_MAX = 500;
const FORGET_INTERVAL_MS = 3_600_000;
/** Messages whose id begins so are sent once for all times. */
export const ONCE = "once.";

/** What was delivered. */
export type Delivered = OutboxEntry & { readonly state: EntryState & { kind: "delivered" } };

/** What became of the messages of the last days. */
export class DoneMessages {
  readonly #entries = new Map<string, OutboxEntry>();
  readonly #watchers: ((entry: OutboxEntry) => void)[] = [];
  #forgetAtMs = 0;

  get(id: string): OutboxEntry | undefined {
    return this.#entries.get(id);
  }

  get all(): readonly OutboxEntry[] {
    return [...this.#entries.values()];
  }

  /** Has `watch` told of each message that is done, by now or later. It must not wait or throw. */
  watch(watch: (entry: OutboxEntry) => void): void {
    this.#watchers.push(watch);
    for (const entry of this.all) watch(entry);
  }

  add(entry: OutboxEntry): void {
    this.#entries.set(entry.id, entry);
    for (const watch of this.#watchers) watch(entry);
  }

  /** What was delivered to this channel, oldest first. */
  deliveredTo(channelId: string): readonly Delivered[] {
    return this.all.filter(isDelivered)
      .filter(({ state }) => state.place.channelId === channelId)
      .sort((a, b) => a.state.atMs - b.state.atMs);
  }

  /** Remembers that a conversation knows of a message. */
  noteTold(entry: Delivered, sessionKey: string): OutboxEntry {
    const toldTo = [...entry.state.toldTo, sessionKey];
    const next = { ...entry, state: { ...entry.state, toldTo } };
    this.#entries.set(entry.id, next);
    return next;
  }

  /** Forgets what is old, and gives the ids of it. Looks once an hour, unless there are too many. */
  forgetOld(nowMs: number): readonly string[] {
    if (this.#entries.size <= MESSAGES_MAX && nowMs < this.#forgetAtMs) return [];
    this.#forgetAtMs = nowMs + FORGET_INTERVAL_MS;
    const old = this.all.filter(({ id }) => !id.startsWith(ONCE))
      .sort((a, b) => doneAtMs(b) - doneAtMs(a))
      .filter((entry, index) => index >= MESSAGES_MAX || doneAtMs(entry) < nowMs - AGE_MS_MAX);
    for (const { id } of old) this.#entries.delete(id);
    return old.map(({ id }) => id);
  }
}

function isDelivered(entry: OutboxEntry): entry is Delivered {
  return entry.state.kind === "delivered";
}

function doneAtMs({ state }: OutboxEntry): number {
  return state.kind === "waiting" ? Infinity : state.atMs;
}
