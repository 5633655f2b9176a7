import type { DeliveryOutcome } from "../../cron/delivery_port.ts";
import { HermesError } from "../../errors.ts";
import { isUnauthorized, UnauthorizedError } from "../../mattermost/errors.ts";
import { isTemporary } from "../../mattermost/until_answered.ts";
import { backoffDelayMs } from "../../runtime/backoff.ts";
import { NetworkError } from "../../runtime/network_error.ts";
import { type Delivered, DoneMessages } from "./done_messages.ts";
import { deliverEntry, type EntryDeliveryDeps } from "./deliver_entry.ts";
import { findPlace, type FindPlaceDeps, type Place } from "./find_place.ts";
import type { EntryState, OutboxEntry, Outgoing } from "./outbox_entry.ts";
import { OutboxError, type OutboxFolder } from "./outbox_folder.ts";
import { digestText, LATE_REASON, lateNote } from "./outbox_texts.ts";
import { targetText } from "./target.ts";

export interface CourierDeps extends FindPlaceDeps, Omit<EntryDeliveryDeps, "ownFolder"> {
  readonly folder: OutboxFolder;
  /** The end of the quiet hours that it is in; without it there are none. */
  readonly quietUntilMs?: (nowMs: number) => number | undefined;
}

/** After this time a message is not worth delivering any more: only that there was one is told. */
const MESSAGE_AGE_MS_MAX = 24 * 3_600_000;
/** Messages that may wait at a time. */
const WAITING_MAX = 1_000;
/** How often others' new messages are looked for. */
const LOOK_INTERVAL_MS = 500;
const RETRY_DELAYS = { delayMsMin: 1_000, delayMsMax: 60_000 };
/** Names the note on a message that came too late; there is no note on such a note. */
const LATE_MARK = ".late";

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
  readonly #done = new DoneMessages();
  /** The last message of each target. */
  readonly #lanes = new Map<string, Promise<void>>();
  #looked: Promise<void> | undefined;
  #taking: Promise<void> = Promise.resolve();

  /** Nothing is sent any more when `signal` aborts: what waits is sent after the next start. */
  constructor(deps: CourierDeps, signal: AbortSignal) {
    this.#deps = deps;
    this.#signal = signal;
  }

  /** Takes up what is in the outbox, and what others put there, until the end. */
  async run(): Promise<void> {
    const { clock, log } = this.#deps;
    while (!this.#signal.aborted) {
      await this.loaded();
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

  /** Resolves when it is known what an earlier process left, which comes before all that is new. */
  loaded(): Promise<void> {
    return this.#looked ??= this.#look().catch((error) => {
      this.#deps.log("error", "outbox.unreadable", { error: String(error) });
    });
  }

  /** Has `watch` told of each message of the last days that is done. It must not wait or throw. */
  whenDone(watch: (entry: OutboxEntry) => void): void {
    this.#done.watch(watch);
  }

  /** Takes a message on for later. It is on the disk when this resolves. @throws OutboxError */
  async post(message: Outgoing): Promise<void> {
    if (this.#done.get(message.id) === undefined) await this.#take(message);
  }

  /** The newest message whose id begins so, among those of the last days. */
  newest(idPrefix: string): OutboxEntry | undefined {
    const carried = [...this.#carried.values()].map(({ entry }) => entry);
    return [...this.#done.all, ...carried].filter(({ id }) => id.startsWith(idPrefix))
      .sort((a, b) => a.queuedAtMs - b.queuedAtMs).at(-1);
  }

  /** What was delivered in the last days to this channel, oldest first. */
  deliveredTo(channelId: string): readonly Delivered[] {
    return this.#done.deliveredTo(channelId);
  }

  /** Remembers that a conversation knows of a message. */
  async noteTold(entry: Delivered, sessionKey: string): Promise<void> {
    await this.#write(this.#done.noteTold(entry, sessionKey));
  }

  /** One after the other: their order is that of the calls, and not of what the disk does. */
  #take(message: Outgoing): Promise<Taken> {
    const taking = this.#taking.then(() => this.#takeNow(message));
    this.#taking = taking.then(() => {}, () => {}); // Whoever sends it hears of a failure.
    return taking;
  }

  async #takeNow(message: Outgoing): Promise<Taken> {
    await this.loaded();
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
      this.#done.add(entry);
      return { kind: "done", outcome: outcomeOf(entry) };
    }
    return { kind: "carried", carried: this.#carry(entry) };
  }

  /** Messages that somebody else has put into the folder, or an earlier process of ours. */
  async #look(): Promise<void> {
    const { clock, folder } = this.#deps;
    const isNew = (id: string) => !this.#carried.has(id) && this.#done.get(id) === undefined;
    const found: OutboxEntry[] = [];
    for (const id of (await folder.ids()).filter(isNew)) {
      const entry = await folder.read(id);
      if (entry !== undefined) found.push(entry);
    }
    found.sort((a, b) => Number(isDone(b)) - Number(isDone(a)) || a.queuedAtMs - b.queuedAtMs);
    for (const entry of found) {
      if (!isNew(entry.id)) continue; // It was taken on and sent while others were read.
      const carrier = this.#done.all.find(({ holds }) => holds?.includes(entry.id));
      if (isDone(entry)) this.#done.add(entry);
      else if (carrier === undefined) this.#carry(entry);
      else await this.#end(entry, carrier.state); // Its text was in that one.
    }
    for (const id of this.#done.forgetOld(clock.nowMs())) await folder.remove(id);
  }

  #carry(entry: OutboxEntry): Carried {
    const known = this.#carried.get(entry.id);
    if (known !== undefined) return known;
    let finish: Carried["finish"] = () => {};
    const done = new Promise<DeliveryOutcome>((resolve) => finish = resolve);
    const carried: Carried = { entry, reason: undefined, watchers: new Set(), done, finish };
    this.#carried.set(entry.id, carried);
    const key = laneOf(entry);
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
      if (!this.#carried.has(carried.entry.id)) return; // It went with another one.
      const hasWaited = await this.#waitForQuietEnd(carried);
      const { id, queuedAtMs, validForMs = MESSAGE_AGE_MS_MAX } = carried.entry;
      if (clock.nowMs() - queuedAtMs > validForMs) return await this.#expire(carried);
      if (hasWaited) this.#takeAlong(carried);
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
        tellWaiting(carried, reason);
        await clock.sleep(retryInMs, this.#signal);
      }
    }
  }

  /** Gives whether it had to wait. */
  async #waitForQuietEnd(carried: Carried): Promise<boolean> {
    const { clock, log, quietUntilMs = () => undefined } = this.#deps;
    const { id, urgency } = carried.entry;
    if (urgency === "now" || placeOf(carried.entry) !== undefined) return false;
    const endMs = quietUntilMs(clock.nowMs());
    if (endMs === undefined) return false;
    log("info", "outbox.quiet", { id, untilMs: endMs });
    tellWaiting(carried, "it waits for the end of the quiet hours");
    while (clock.nowMs() < endMs && !this.#signal.aborted) {
      await clock.sleep(endMs - clock.nowMs(), this.#signal);
    }
    return true;
  }

  /** What has waited for the same target goes together, in the message that was there first. */
  #takeAlong(carried: Carried): void {
    const { entry } = carried;
    const others = [...this.#carried.values()].map((other) => other.entry).filter((other) =>
      other.id !== entry.id && other.urgency === "may_wait" && other.files.length === 0 &&
      other.validForMs === undefined && placeOf(other) === undefined &&
      laneOf(other) === laneOf(entry)
    );
    if (others.length === 0) return;
    const text = digestText([entry, ...others]);
    carried.entry = { ...entry, text, holds: others.map(({ id }) => id) };
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
    if (entry.id.endsWith(LATE_MARK) || entry.validForMs !== undefined) return;
    const id = `${entry.id}${LATE_MARK}`;
    const text = lateNote(entry);
    const note = { id, target: entry.target, text, files: [], urgency: entry.urgency };
    await this.post(note).catch((error) => log("warn", "outbox.no_note", { error: String(error) }));
  }

  async #settle(carried: Carried, state: EntryState): Promise<void> {
    const { log } = this.#deps;
    const { id, target } = carried.entry;
    const entry = { ...carried.entry, state };
    if (state.kind === "delivered") {
      const { problems, postIds } = state;
      log("info", "outbox.delivered", { id, posts: postIds.length, problems: problems.length });
    } else if (state.kind === "failed") {
      log("warn", "outbox.failed", { id, to: targetText(target), reason: state.reason });
    }
    this.#carried.delete(id);
    await this.#end(carried.entry, state);
    carried.finish(outcomeOf(entry));
    for (const held of entry.holds ?? []) {
      const other = this.#carried.get(held);
      if (other !== undefined) await this.#settle(other, state);
    }
  }

  async #end(entry: OutboxEntry, state: EntryState): Promise<void> {
    const ended = { ...entry, state };
    this.#done.add(ended);
    await this.#write(ended);
    await this.#deps.folder.dropFiles(entry.id).catch(() => {}); // Removed with the message, at last.
  }

  /** What is on the server is found there again: a disk that takes nothing is no reason to fail. */
  async #write(entry: OutboxEntry): Promise<void> {
    const { folder, log } = this.#deps;
    await folder.write(entry).catch((error) => {
      log("error", "outbox.not_written", { id: entry.id, error: String(error) });
    });
  }
}

/** What may wait does not hold up what may not. */
function laneOf({ target, urgency }: OutboxEntry): string {
  return `${urgency} ${targetText(target)}`;
}

function tellWaiting(carried: Carried, reason: string): void {
  carried.reason = reason;
  for (const watch of carried.watchers) watch(reason);
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

function isDone({ state }: OutboxEntry): boolean {
  return state.kind !== "waiting";
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
