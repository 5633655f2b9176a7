import type { Clock } from "../../runtime/clock.ts";
import type { SessionKey } from "../../sessions/session_store.ts";
import type { InboundMessage } from "../inbound.ts";
import type { SessionLanes } from "../lanes.ts";
import type { Ledger } from "../ledger.ts";
import { NOTHING_RUNS } from "../commands/command_texts.ts";
import { droppedNote } from "./busy_texts.ts";
import { type BusyMode, type BusyRules, decideBusy, type RunningFacts } from "./decide_busy.ts";
import { type Dropped, runTask, runTurns, type TaskHost } from "./run_task.ts";
import { Task, type TaskPost } from "./task.ts";

/** What conversations leave to others. */
export interface ConversationHost extends TaskHost {
  /** A message as a turn reads it that runs already. */
  steerText(message: InboundMessage): string;
  /** Whether a turn of the session waits for a person. */
  isAsking(key: SessionKey): boolean;
}

export interface ConversationDeps {
  readonly lanes: SessionLanes;
  readonly ledger: Pick<Ledger, "join">;
  readonly rules: BusyRules;
  readonly host: ConversationHost;
  readonly clock: Clock;
}

/** What became of a message. `started`: it comes at once. `full`: nothing, too much waits. */
export type Taken = "started" | "joined" | "interrupts" | "steered" | "queued" | "full";

export interface TakeOptions {
  /** The mode that the person asked for by a command. */
  readonly asked?: BusyMode | undefined;
}

/** What one conversation has to do. */
interface Line {
  running: Task | undefined;
  /** Next first. */
  readonly waiting: Task[];
}

/**
 * All that is said and not answered yet. In each conversation one task runs, and the others wait in
 * the order in which they were written; what comes meanwhile joins, ends or steers the one that runs,
 * or waits behind it. Every post that is taken is settled or dropped, once.
 */
export class Conversations {
  readonly #deps: ConversationDeps;
  readonly #cancel: AbortSignal;
  readonly #lines = new Map<SessionKey, Line>();

  constructor(deps: ConversationDeps, cancel: AbortSignal) {
    this.#deps = deps;
    this.#cancel = cancel;
  }

  /** Whether something runs, and `test` holds for the sessions of all that does. */
  allRunning(test: (key: SessionKey) => boolean): boolean {
    const running = [...this.#lines].filter(([, line]) => line.running !== undefined);
    return running.length > 0 && running.every(([key]) => test(key));
  }

  /** What a conversation does at the moment. */
  describe(key: SessionKey): ConversationState {
    const line = this.#lines.get(key);
    const isRunning = line?.running !== undefined;
    const tools = line?.running?.control?.tools ?? [];
    return { isRunning, tools, waiting: line?.waiting.length ?? 0 };
  }

  /** Takes on a post that the ledger has. */
  take(post: TaskPost, key: SessionKey, { asked }: TakeOptions = {}): Taken {
    const { clock, rules } = this.#deps;
    const line = this.#lines.get(key) ?? { running: undefined, waiting: [] };
    const task = new Task(post, { isBegun: false, asked });
    const { running } = line;
    const lastWaiting = line.waiting.at(-1);
    const state = { running: this.#factsOf(key, running), lastWaiting: lastWaiting?.facts };
    const { goes, interrupts } = decideBusy(task.facts, state, rules, asked);
    const joined = goes === "running" ? running : goes === "waiting" ? lastWaiting : undefined;
    if (goes === "steer" && this.#steer(running, post)) return "steered";
    if (joined === undefined && !this.#enqueue(key, line, task)) return "full";
    if (joined !== undefined) this.#join(joined, post);
    if (goes === "running") running?.restart();
    if (interrupts) running?.interrupt({ kind: "overtaken" });
    if (joined !== undefined || interrupts) {
      (joined ?? task).awaitMore(rules.burstMs, clock.nowMs());
      return interrupts ? "interrupts" : "joined";
    }
    const isFree = state.running === undefined || state.running.stage === "ending";
    return isFree && line.waiting.length === 1 ? "started" : "queued";
  }

  /**
   * Takes on a post that was taken on before a restart.
   *
   * @param leadId The post together with which it was answered then. @returns false when it is full.
   */
  takeUpAgain(post: TaskPost, key: SessionKey, leadId: string | undefined): boolean {
    const line = this.#lines.get(key) ?? { running: undefined, waiting: [] };
    const together = line.waiting.find((task) => task.leadId === leadId);
    if (together === undefined) return this.#enqueue(key, line, new Task(post, { isBegun: true }));
    together.add(post);
    return true;
  }

  /**
   * Runs a turn for whoever has the lane of its conversation already. Its outcome is theirs to record.
   */
  async run(
    post: TaskPost,
    key: SessionKey,
    options: { readonly takenUpAgain: boolean },
  ): Promise<readonly string[]> {
    const line = this.#lines.get(key) ?? { running: undefined, waiting: [] };
    const task = new Task(post, { isBegun: options.takenUpAgain, asked: "queue" });
    this.#lines.set(key, line);
    line.running = task;
    try {
      return await runTurns(task, key, this.#deps, this.#cancel);
    } finally {
      await this.#runFirst(this.#comeNext(line, task.next), key, line);
      this.#leave(key, line);
    }
  }

  /** A post says something else now. What is ending already stays as it is. */
  edit(post: TaskPost): void {
    const { postId } = post.message;
    for (const { running, waiting } of this.#lines.values()) {
      const waits = waiting.find((task) => task.has(postId));
      if (waits !== undefined) return waits.replace(post);
      running?.changeNext((old) => idOf(old) === postId ? post : old);
      if (running === undefined || running.isClosed) continue;
      if (!running.has(postId) && !isSteered(running, postId)) continue;
      running.restart(); // Now it has also what was passed on to it.
      return running.replace(post);
    }
  }

  /** What a post said when it was last heard of, if it is not answered yet. */
  find(postId: string): TaskPost | undefined {
    for (const { running, waiting } of this.#lines.values()) {
      const tasks = [...waiting, ...running === undefined ? [] : [running]];
      const passedOn = [...running?.control?.steered ?? [], ...running?.next ?? []];
      const posts = [...tasks.flatMap((task) => task.posts), ...passedOn];
      const found = posts.find((post) => idOf(post) === postId);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** A post is gone, or the first one of its thread with all that was said below it. */
  remove(deletedId: string): void {
    const isGone = ({ message }: TaskPost) =>
      message.postId === deletedId || message.rootId === deletedId;
    this.#removeAll(isGone, "deleted");
  }

  /** Nothing can be said in this channel any more. */
  leaveChannel(channelId: string): void {
    this.#removeAll(({ message }) => message.channelId === channelId, "channel_closed");
  }

  #removeAll(isGone: (post: TaskPost) => boolean, why: Dropped): void {
    for (const line of this.#lines.values()) {
      for (const task of [...line.waiting]) {
        this.#withdraw(task, task.posts.filter(isGone), why);
        if (task.posts.length === 0) line.waiting.splice(line.waiting.indexOf(task), 1);
      }
      const { running } = line;
      if (running === undefined) continue;
      this.#drop(running.changeNext((post) => isGone(post) ? undefined : post), why);
      if (running.isClosed) continue;
      const gone = [...running.posts, ...running.control?.steered ?? []].filter(isGone);
      if (gone.length > 0) running.restart();
      this.#withdraw(running, gone, why);
    }
  }

  /** Whether something runs or waits that this message may stop. */
  canStop(key: SessionKey, message: InboundMessage): boolean {
    return this.#lineToStop(key, message) !== undefined;
  }

  /**
   * Ends what runs, and drops what the same person has waiting behind it.
   *
   * @returns what is to be said about it; `undefined` when the answer that ends says it.
   */
  stop(key: SessionKey, message: InboundMessage): string | undefined {
    const line = this.#lineToStop(key, message);
    if (line === undefined) return NOTHING_RUNS;
    const { running, waiting } = line;
    const isOwn = (post: TaskPost) => post.message.senderId === message.senderId;
    const own = waiting.filter(({ facts, posts }) => facts.isFromPerson && posts.every(isOwn));
    for (const task of own) waiting.splice(waiting.indexOf(task), 1);
    const tools = running?.control?.tools ?? [];
    running?.giveUpUnread();
    const next = running?.changeNext((post) => isOwn(post) ? undefined : post) ?? [];
    const dropped = [...own.flatMap(({ posts }) => posts), ...next];
    running?.interrupt({ kind: "stopped", dropped: dropped.length, tools });
    this.#drop(dropped, "stopped");
    return running === undefined ? droppedNote(dropped.length) : undefined;
  }

  #factsOf(key: SessionKey, running: Task | undefined): RunningFacts | undefined {
    if (running === undefined) return undefined;
    const { control, facts, posts } = running;
    const isClosed = running.isClosed || posts.length === 0; // All of it may have been deleted.
    const isRestarting = control?.interruption !== undefined && !isClosed;
    return {
      ...facts,
      stage: isClosed ? "ending" : isRestarting ? "gathering" : control?.stage ?? "gathering",
      asks: this.#deps.host.isAsking(key),
      delegates: control?.delegates ?? false,
    };
  }

  #join(task: Task, post: TaskPost): void {
    task.add(post);
    this.#deps.ledger.join(post.message.postId, task.leadId);
  }

  /** False when the turn takes no more: then the post has to become a message of its own. */
  #steer(running: Task | undefined, post: TaskPost): boolean {
    const text = this.#deps.host.steerText(post.message);
    if (running?.control?.pass(post, text) !== true) return false;
    this.#deps.ledger.join(post.message.postId, running.leadId);
    return true;
  }

  /** Makes a task wait, behind all that was written before; false when too much waits. */
  #enqueue(key: SessionKey, line: Line, task: Task): boolean {
    if (!this.#deps.lanes.run(key, () => this.#runNext(key, line))) return false;
    this.#lines.set(key, line);
    insert(line, task);
    return true;
  }

  /** Runs what comes next, unless it was joined with something else, or dropped. */
  async #runNext(key: SessionKey, line: Line): Promise<void> {
    try {
      await this.#runFirst(1, key, line);
    } finally {
      this.#leave(key, line);
    }
  }

  /** Runs so many tasks, and what was passed on to them and not read. */
  async #runFirst(count: number, key: SessionKey, line: Line): Promise<void> {
    for (let left = count; left > 0; left--) {
      line.running = line.waiting.shift();
      if (line.running === undefined) return;
      await runTask(line.running, key, this.#deps, this.#cancel);
      left += this.#comeNext(line, line.running.next);
    }
  }

  #leave(key: SessionKey, line: Line): void {
    line.running = undefined;
    if (line.waiting.length === 0 && this.#lines.get(key) === line) this.#lines.delete(key);
  }

  /** What was passed on to a turn that did not read it waits in its place. @returns how many tasks. */
  #comeNext(line: Line, unread: readonly TaskPost[]): number {
    const tasks: Task[] = [];
    for (const post of unread) {
      const last = tasks.at(-1);
      const { senderId, postId } = post.message;
      if (last?.facts.senderId === senderId) this.#join(last, post);
      else {
        tasks.push(new Task(post, { isBegun: false }));
        this.#deps.ledger.join(postId, postId);
      }
    }
    for (const task of tasks) insert(line, task);
    return tasks.length;
  }

  /** Takes posts away from a task whose turn, if one runs, begins anew. */
  #withdraw(task: Task, gone: readonly TaskPost[], why: Dropped): void {
    if (gone.length === 0) return;
    task.remove(gone.map(idOf));
    for (const { message } of task.posts) this.#deps.ledger.join(message.postId, task.leadId);
    this.#drop(gone, why);
  }

  #drop(posts: readonly TaskPost[], why: Dropped): void {
    if (posts.length > 0) this.#deps.host.drop(posts.map(idOf), why);
  }

  /**
   * The line of the conversation, or of the same person in the same channel: people write "stop"
   * below an answer as well as beside it.
   */
  #lineToStop(key: SessionKey, { channelId, senderId }: InboundMessage): Line | undefined {
    const isTheirs = ({ message }: TaskPost) =>
      message.channelId === channelId && message.senderId === senderId;
    return this.#lines.get(key) ??
      [...this.#lines.values()].findLast(({ running }) => running?.posts.some(isTheirs));
  }
}

/** What a conversation does at the moment. */
export interface ConversationState {
  readonly isRunning: boolean;
  /** Names of the tools that run. */
  readonly tools: readonly string[];
  /** Messages that wait; what is answered together counts as one. */
  readonly waiting: number;
}

/** Puts a task behind all that was written before. */
function insert({ waiting }: Line, task: Task): void {
  const before = waiting.findLastIndex(({ beganAtMs }) => beganAtMs <= task.beganAtMs);
  waiting.splice(before + 1, 0, task);
}

function idOf({ message }: TaskPost): string {
  return message.postId;
}

function isSteered({ control }: Task, postId: string): boolean {
  return control?.steered.some((post) => idOf(post) === postId) === true;
}
