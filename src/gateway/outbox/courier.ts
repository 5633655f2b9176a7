import type { DeliveryOutcome } from "../../cron/delivery_port.ts";
import { HermesError } from "../../errors.ts";
import { isUnauthorized, UnauthorizedError } from "../../mattermost/errors.ts";
import { isTemporary } from "../../mattermost/until_answered.ts";
import { backoffDelayMs } from "../../runtime/backoff.ts";
import { NetworkError } from "../../runtime/network_error.ts";
import { deliverEntry, type EntryDeliveryDeps } from "./deliver_entry.ts";
import { findPlace, type FindPlaceDeps, type Place } from "./find_place.ts";
import type { EntryState, OutboxEntry, Outgoing } from "./outbox_entry.ts";
import { OutboxError, type OutboxFolder } from "./outbox_folder.ts";
import { LATE_REASON, lateNote } from "./outbox_texts.ts";
import { targetText } from "./target.ts";

export interface CourierDeps extends FindPlaceDeps, Omit<EntryDeliveryDeps, "ownFolder"> {
  readonly folder: OutboxFolder;
}

/** After this time a message is not worth delivering any more: only that there was one is told. */
const MESSAGE_AGE_MS_MAX = 24 * 3_600_000;
/** Messages that may wait at a time. */
const WAITING_MAX = 1_000;
/** How long it is known what became of a message, and of how many at most. */
const DONE_AGE_MS_MAX = 3 * 24 * 3_600_000;
const DONE_MAX = 500;
/** Messages whose id begins so are sent once for all times. */
export const ONCE = "once.";
const FORGET_INTERVAL_MS = 3_600_000;
/** How often others' new messages are looked for. */
const LOOK_INTERVAL_MS = 500;
const RETRY_DELAYS = { delayMsMin: 1_000, delayMsMax: 60_000 };
/** Names the note on a message that came too late; there is no note on such a note. */
const LATE_MARK = ".late";

/** What was delivered. */
export type Delivered = OutboxEntry & { readonly state: EntryState & { kind: "delivered" } };

interface Carried {
  entry: OutboxEntry;
  /** Why it has to wait; `undefined` while nothing has failed. */
  reason: string | undefined;
  readonly watchers: Set<(reason: string) => void>;
  readonly done: Promise<DeliveryOutcome>;
  readonly finish: (outcome: DeliveryOutcome) => void;
}

type Taken =
  | { readonly kind: "carried"; readonly carried: Carried }
  | { readonly kind: "done"; readonly outcome: DeliveryOutcome };

/**
 * Carries the messages of the outbox to the server: those of one target one after the other, in the
 * order in which they were taken on, until the server has stored them or a day is over.
 */
export class Courier {
  readonly #deps: CourierDeps;
  readonly #signal: AbortSignal;
  readonly #carried = new Map<string, Carried>();
  readonly #done = new Map<string, OutboxEntry>();
  /** The last message of each target. */
  readonly #lanes = new Map<string, Promise<void>>();
  readonly #watchers: ((entry: OutboxEntry) => void)[] = [];
  #taking: Promise<void> = Promise.resolve();
  #forgetAtMs = 0;

  /** Nothing is sent any more when `signal` aborts: what waits is sent after the next start. */
  constructor(deps: CourierDeps, signal: AbortSignal) {
    this.#deps = deps;
    this.#signal = signal;
  }

  /** Takes up what is in the outbox, and what others put there, until the end. */
  async run(): Promise<void> {
    const { clock, log } = this.#deps;
    while (!this.#signal.aborted) {
      await this.#look().catch((error) => {
        log("error", "outbox.unreadable", { error: String(error) });
      });
      await clock.sleep(LOOK_INTERVAL_MS, this.#signal);
    }
    await Promise.all(this.#lanes.values());
  }

  /**
   * Takes a message on, and resolves when the server has stored it or it was given up: that may be a
   * day later. An abort of `signal` ends the waiting alone, by throwing.
   *
   * @throws OutboxError when the outbox does not take it.
   */
  async deliver(
    message: Outgoing,
    options: { readonly onWaiting?: (reason: string) => void },
    signal: AbortSignal,
  ): Promise<DeliveryOutcome> {
    const known = this.#done.get(message.id);
    if (known !== undefined) return outcomeOf(known);
    const taken = await this.#take(message);
    if (taken.kind === "done") return taken.outcome;
    const { carried } = taken;
    const watch = options.onWaiting ?? (() => {});
    carried.watchers.add(watch);
    if (carried.reason !== undefined) watch(carried.reason);
    const ended = new AbortController();
    const aborted = new Promise<undefined>((resolve) => {
      const { signal: over } = ended;
      const give = () => resolve(undefined);
      AbortSignal.any([signal, this.#signal]).addEventListener("abort", give, { signal: over });
      if (signal.aborted || this.#signal.aborted) give();
    });
    try {
      const outcome = await Promise.race([carried.done, aborted]);
      if (outcome !== undefined) return outcome;
      signal.throwIfAborted();
      throw this.#signal.reason;
    } finally {
      ended.abort();
      carried.watchers.delete(watch);
    }
  }

  /** Has `watch` told of each message that is done, also by others. It must not wait or throw. */
  whenDone(watch: (entry: OutboxEntry) => void): void {
    this.#watchers.push(watch);
  }

  /** Takes a message on for later. It is on the disk when this resolves. @throws OutboxError */
  async post(message: Outgoing): Promise<void> {
    if (!this.#done.has(message.id)) await this.#take(message);
  }

  /** The newest message whose id begins so, among those of the last days. */
  newest(idPrefix: string): OutboxEntry | undefined {
    const carried = [...this.#carried.values()].map(({ entry }) => entry);
    return [...this.#done.values(), ...carried].filter(({ id }) => id.startsWith(idPrefix))
      .sort((a, b) => a.queuedAtMs - b.queuedAtMs).at(-1);
  }

  /** What was delivered in the last days to this channel, oldest first. */
  deliveredTo(channelId: string): readonly Delivered[] {
    return [...this.#done.values()].filter(isDelivered)
      .filter(({ state }) => state.place.channelId === channelId)
      .sort((a, b) => a.state.atMs - b.state.atMs);
  }

  /** Remembers that a conversation knows of a message. */
  async noteTold(entry: Delivered, sessionKey: string): Promise<void> {
    const toldTo = [...entry.state.toldTo, sessionKey];
    const next = { ...entry, state: { ...entry.state, toldTo } };
    this.#done.set(entry.id, next);
    await this.#write(next);
  }

  /** One after the other: their order is that of the calls, and not of what the disk does. */
  #take(message: Outgoing): Promise<Taken> {
    const taking = this.#taking.then(() => this.#takeNow(message));
    this.#taking = taking.then(() => {}, () => {}); // Whoever sends it hears of a failure.
    return taking;
  }

  async #takeNow(message: Outgoing): Promise<Taken> {
    const known = this.#carried.get(message.id);
    if (known !== undefined) return { kind: "carried", carried: known };
    if (this.#carried.size >= WAITING_MAX) {
      throw new OutboxError(
        `${WAITING_MAX} messages wait already`,
        "Wait until Mattermost can be reached.",
      );
    }
    const { clock, folder, redact } = this.#deps;
    const entry = await folder.add({ ...message, text: redact(message.text) }, clock.nowMs());
    if (entry.state.kind !== "waiting") {
      this.#done.set(entry.id, entry);
      return { kind: "done", outcome: outcomeOf(entry) };
    }
    return { kind: "carried", carried: this.#carry(entry) };
  }

  /** Messages that somebody else has put into the folder, or an earlier process of ours. */
  async #look(): Promise<void> {
    const { folder } = this.#deps;
    const isNew = (id: string) => !this.#carried.has(id) && !this.#done.has(id);
    const found: OutboxEntry[] = [];
    for (const id of (await folder.ids()).filter(isNew)) {
      const entry = await folder.read(id);
      if (entry !== undefined && isNew(id)) found.push(entry);
    }
    found.sort((a, b) => a.queuedAtMs - b.queuedAtMs);
    for (const entry of found) {
      if (entry.state.kind === "waiting") this.#carry(entry);
      else this.#noteDone(entry);
    }
    await this.#forgetOld();
  }

  #carry(entry: OutboxEntry): Carried {
    const known = this.#carried.get(entry.id);
    if (known !== undefined) return known;
    let finish: Carried["finish"] = () => {};
    const done = new Promise<DeliveryOutcome>((resolve) => finish = resolve);
    const carried: Carried = { entry, reason: undefined, watchers: new Set(), done, finish };
    this.#carried.set(entry.id, carried);
    const key = targetText(entry.target);
    const before = this.#lanes.get(key) ?? Promise.resolve();
    const lane = before.then(() => this.#bring(carried)).finally(() => {
      if (this.#lanes.get(key) === lane) this.#lanes.delete(key);
    });
    this.#lanes.set(key, lane);
    return carried;
  }

  /** Tries until it is settled. Catches everything: one message must not hold up the others. */
  async #bring(carried: Carried): Promise<void> {
    const { clock, log, random } = this.#deps;
    for (let attempt = 1; !this.#signal.aborted; attempt++) {
      const { id, queuedAtMs } = carried.entry;
      if (clock.nowMs() - queuedAtMs > MESSAGE_AGE_MS_MAX) return await this.#expire(carried);
      try {
        return await this.#settle(carried, await this.#attempt(carried));
      } catch (error) {
        if (this.#signal.aborted) return;
        const reason = reasonOf(error);
        if (!mayPass(error)) {
          if (!(error instanceof HermesError)) {
            log("error", "outbox.bug", { id, ...stackOf(error) });
          }
          return await this.#settle(carried, { kind: "failed", reason, atMs: clock.nowMs() });
        }
        const retryInMs = backoffDelayMs(attempt, RETRY_DELAYS, random);
        log("warn", "outbox.waiting", { id, reason, retryInMs });
        carried.reason = reason;
        for (const watch of carried.watchers) watch(reason);
        await clock.sleep(retryInMs, this.#signal);
      }
    }
  }

  async #attempt(carried: Carried): Promise<EntryState> {
    const { clock, folder } = this.#deps;
    const begun = placeOf(carried.entry);
    const found = begun ?? await this.#findPlace(carried);
    if (typeof found === "string") return { kind: "failed", reason: found, atMs: clock.nowMs() };
    const deps = { ...this.#deps, ownFolder: folder.folderOf(carried.entry.id) };
    const options = { mayBeThere: begun !== undefined };
    const stored = await deliverEntry(carried.entry, found, options, deps, this.#signal);
    const [first, ...rest] = stored.postIds;
    const { problems } = stored;
    const atMs = clock.nowMs();
    if (first === undefined) {
      return { kind: "failed", reason: problems.join(" ") || "there was nothing to post", atMs };
    }
    const toldTo = carried.entry.toldTo === undefined ? [] : [carried.entry.toldTo];
    return { kind: "delivered", place: found, postIds: [first, ...rest], problems, atMs, toldTo };
  }

  /** On the disk before anything is sent, or a crash could bring it to another place as well. */
  async #findPlace(carried: Carried): Promise<Place | string> {
    const found = await findPlace(carried.entry.target, this.#deps, this.#signal);
    if (found.kind === "refused") return found.reason;
    carried.entry = { ...carried.entry, state: { kind: "waiting", place: found.place } };
    await this.#deps.folder.write(carried.entry);
    return found.place;
  }

  async #expire(carried: Carried): Promise<void> {
    const { entry, reason = LATE_REASON } = carried;
    const { clock, log } = this.#deps;
    await this.#settle(carried, {
      kind: "failed",
      reason: lateReason(reason),
      atMs: clock.nowMs(),
    });
    if (entry.id.endsWith(LATE_MARK)) return;
    const id = `${entry.id}${LATE_MARK}`;
    const text = lateNote(entry);
    const note = { id, target: entry.target, text, files: [], urgency: entry.urgency };
    await this.post(note).catch((error) => log("warn", "outbox.no_note", { error: String(error) }));
  }

  async #settle(carried: Carried, state: EntryState): Promise<void> {
    const { folder, log } = this.#deps;
    const { id, target } = carried.entry;
    const entry = { ...carried.entry, state };
    if (state.kind === "delivered") {
      const { problems, postIds } = state;
      log("info", "outbox.delivered", { id, posts: postIds.length, problems: problems.length });
    } else if (state.kind === "failed") {
      log("warn", "outbox.failed", { id, to: targetText(target), reason: state.reason });
    }
    this.#carried.delete(id);
    this.#noteDone(entry);
    await this.#write(entry);
    await folder.dropFiles(id).catch(() => {}); // `#forgetOld` tries again.
    carried.finish(outcomeOf(entry));
  }

  #noteDone(entry: OutboxEntry): void {
    this.#done.set(entry.id, entry);
    for (const watch of this.#watchers) watch(entry);
  }

  /** What is on the server is found there again: a disk that takes nothing is no reason to fail. */
  async #write(entry: OutboxEntry): Promise<void> {
    const { folder, log } = this.#deps;
    await folder.write(entry).catch((error) => {
      log("error", "outbox.not_written", { id: entry.id, error: String(error) });
    });
  }

  async #forgetOld(): Promise<void> {
    const nowMs = this.#deps.clock.nowMs();
    if (this.#done.size <= DONE_MAX && nowMs < this.#forgetAtMs) return;
    this.#forgetAtMs = nowMs + FORGET_INTERVAL_MS;
    const oldestMs = nowMs - DONE_AGE_MS_MAX;
    const byAge = [...this.#done.values()].sort((a, b) => doneAtMs(b) - doneAtMs(a));
    const old = byAge.filter((entry, index) =>
      !entry.id.startsWith(ONCE) && (index >= DONE_MAX || doneAtMs(entry) < oldestMs)
    );
    for (const { id } of old) {
      await this.#deps.folder.remove(id);
      this.#done.delete(id);
    }
  }
}

/** What waiting may mend: a server that is away, overloaded or restarting; a token that is renewed. */
function mayPass(error: unknown): boolean {
  return isTemporary(error) || error instanceof NetworkError ||
    isUnauthorized(error) || error instanceof UnauthorizedError;
}

function reasonOf(error: unknown): string {
  if (!(error instanceof HermesError)) return "a bug in Hermes, of which its log says more";
  return `${error.message.charAt(0).toLowerCase()}${error.message.slice(1)}`;
}

function stackOf(error: unknown): { readonly error: string } {
  return { error: error instanceof Error ? error.stack ?? error.message : String(error) };
}

function lateReason(reason: string): string {
  return reason === LATE_REASON ? reason : `${LATE_REASON} (${reason})`;
}

function placeOf({ state }: OutboxEntry): Place | undefined {
  return state.kind === "waiting" ? state.place : undefined;
}

function isDelivered(entry: OutboxEntry): entry is Delivered {
  return entry.state.kind === "delivered";
}

function doneAtMs({ state }: OutboxEntry): number {
  return state.kind === "waiting" ? Infinity : state.atMs;
}

function outcomeOf({ state }: OutboxEntry): DeliveryOutcome {
  switch (state.kind) {
    case "delivered":
      return { kind: "delivered", postIds: state.postIds, problems: state.problems };
    case "failed":
      return { kind: "failed", reason: state.reason };
    case "waiting":
      throw new Error("a message that waits has no outcome");
  }
}
