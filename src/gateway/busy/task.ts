import type { Clock } from "../../runtime/clock.ts";
import type { InboundMessage } from "../inbound.ts";
import type { BusyMode, WorkFacts } from "./decide_busy.ts";
import { type Interruption, TurnControl } from "./turn_control.ts";

/** Most posts that are answered as one message. */
export const BURST_POSTS_MAX = 20;
/** Longest wait for the rest of a burst. */
const BURST_MS_MAX = 1_000;

/** One post that is to be answered. */
export interface TaskPost {
  readonly message: InboundMessage;
  /** All that the post says, where the message is only a part of it: what follows a command. */
  readonly source: string;
  /** Resolves when it is on the disk that the post was taken on. */
  readonly onDisk: Promise<void>;
  /** It was passed on to a turn that ran, past what waited. */
  readonly wasPassedOn?: true;
}

export interface TaskOptions {
  /** Something of the answer may be posted, or in the session, already. */
  readonly isBegun: boolean;
  /** The mode that was asked for by a command: then it stays alone. */
  readonly asked?: BusyMode | undefined;
}

/** What is answered by one exchange: a message, or several posts of one person as one message. */
export class Task {
  readonly #asked: BusyMode | undefined;
  /** Taken up again after a restart: part of its answer may stand above what is said now. */
  readonly #isOld: boolean;
  /** In the order in which they were written. */
  #posts: readonly TaskPost[];
  #leadId: string;
  /** The wait for the rest of a burst: when it ends, at the latest, and what ends it at once. */
  #quietAtMs = 0;
  #quietAtMsMax: number | undefined;
  #hurry = new AbortController();
  #control: TurnControl | undefined;
  /** A reason to end that came while no turn ran. */
  #endsFor: Interruption | undefined;
  /** Nothing more comes of it. */
  #isOver = false;
  /** Posts that were passed on to its turn and that the turn has read. */
  #read: readonly TaskPost[] = [];
  /** Those that it will not read. */
  #next: readonly TaskPost[] = [];
  /** Something of the answer may be posted, or in the session, already. */
  isBegun: boolean;
  /** The message as it was when its lead was deleted, until what was begun for it is taken away. */
  withdrawn: InboundMessage | undefined;

  constructor(first: TaskPost, { isBegun, asked }: TaskOptions) {
    this.#posts = [first];
    this.#leadId = first.message.postId;
    this.#asked = asked;
    this.#isOld = isBegun;
    this.isBegun = isBegun;
  }

  /** The post that the answer is for; it stays the same whatever is added. */
  get leadId(): string {
    return this.#leadId;
  }

  get posts(): readonly TaskPost[] {
    return this.#posts;
  }

  /** All that is answered by it, the lead last. */
  get postIds(): readonly string[] {
    const ids = [...this.#read, ...this.#posts].map(({ message }) => message.postId);
    return [...ids.filter((id) => id !== this.#leadId), this.#leadId].filter((id) =>
      ids.includes(id)
    );
  }

  /** When the first post was written, by the server's clock. */
  get beganAtMs(): number {
    return this.#posts[0]?.message.createdAtMs ?? 0;
  }

  has(postId: string): boolean {
    return this.#posts.some(({ message }) => message.postId === postId);
  }

  get facts(): WorkFacts {
    const messages = this.#posts.map(({ message }) => message);
    const [first] = messages;
    const isFromPerson = first !== undefined && first.origin !== "nobody";
    return {
      senderId: first?.senderId ?? "",
      isFromPerson,
      hasFiles: messages.some(({ files }) => files.length > 0),
      hasOnlyFiles: messages.every(({ text, files }) => text === "" && files.length > 0),
      createdAtMs: Math.max(...messages.map(({ createdAtMs }) => createdAtMs)),
      canGrow: isFromPerson && !this.#isOld && this.#asked === undefined &&
        messages.length < BURST_POSTS_MAX,
    };
  }

  /** All posts as one message, in the name of the lead; `undefined` when none is left. */
  toMessage(): InboundMessage | undefined {
    const messages = this.#posts.map(({ message }) => message);
    const lead = messages.find(({ postId }) => postId === this.#leadId) ?? messages[0];
    if (lead === undefined) return undefined;
    const texts = messages.map(({ text }) => text).filter((text) => text !== "");
    const files = messages.flatMap((message) => message.files);
    return { ...lead, postId: this.#leadId, text: texts.join("\n\n"), files };
  }

  add(post: TaskPost): void {
    if (this.has(post.message.postId)) return;
    this.#posts = [...this.#posts, post].sort((a, b) =>
      a.message.createdAtMs - b.message.createdAtMs
    );
  }

  /** Puts a post in the place of what it said before. */
  replace(post: TaskPost): void {
    const { postId } = post.message;
    this.#posts = this.#posts.map((old) =>
      old.message.postId === postId ? { ...old, ...post } : old
    );
  }

  /**
   * Takes posts away. Without its lead it is a task for the next post, and begins anew; what was passed
   * on to it comes next then, in its place.
   */
  remove(postIds: readonly string[]): void {
    const before = this.toMessage();
    this.#posts = this.#posts.filter(({ message }) => !postIds.includes(message.postId));
    if (this.has(this.#leadId)) return;
    if (this.isBegun || this.#control !== undefined) this.withdrawn ??= before;
    this.#next = [...this.#next, ...this.#posts.filter(({ wasPassedOn }) => wasPassedOn)];
    this.#posts = this.#posts.filter(({ wasPassedOn }) => !wasPassedOn);
    this.#leadId = this.#posts[0]?.message.postId ?? this.#leadId;
  }

  /** A turn of it begins. */
  begin(): TurnControl {
    this.#control = new TurnControl();
    if (this.#endsFor !== undefined) this.#control.interrupt(this.#endsFor);
    return this.#control;
  }

  /** The turn is over. */
  end(): void {
    if (this.#control === undefined) return;
    this.giveUpUnread();
    this.#read = this.#control.steered;
    this.#control = undefined;
    this.isBegun = true;
  }

  /** All its turns are over. */
  close(): void {
    this.#isOver = true;
  }

  /** Its turn; `undefined` while none runs. */
  get control(): TurnControl | undefined {
    return this.#control;
  }

  /** What was passed on to its turn, is not going to be read, and comes next. */
  get next(): readonly TaskPost[] {
    return this.#next;
  }

  /** Changes what comes next, and gives those that do not come. */
  changeNext(change: (post: TaskPost) => TaskPost | undefined): readonly TaskPost[] {
    const before = this.#next;
    this.#next = before.flatMap((post) => change(post) ?? []);
    return before.filter((post) => change(post) === undefined);
  }

  /** Whether its turn ends for good, so that changes come too late. */
  get isClosed(): boolean {
    const kind = this.#control?.interruption?.kind;
    return this.#isOver || kind === "stopped" || kind === "overtaken" ||
      this.#endsFor !== undefined;
  }

  /** Makes its turn begin anew, with the posts as they are now and all that was passed on to it. */
  restart(): void {
    for (const post of this.#control?.takeSteered() ?? []) this.add({ ...post, wasPassedOn: true });
    this.#control?.interrupt({ kind: "restarted" });
  }

  /** Ends its turn, or the next one if it is just about to begin anew. */
  interrupt(reason: Interruption): void {
    if (this.isClosed) return;
    this.giveUpUnread();
    if (this.#control === undefined || this.#control.interruption !== undefined) {
      this.#endsFor = reason;
      this.#hurry.abort();
    } else this.#control.interrupt(reason);
  }

  /** What was passed on to its turn and not read yet will not be read by it. */
  giveUpUnread(): void {
    this.#next = [...this.#next, ...this.#control?.takeUnread() ?? []];
  }

  /** Makes the next turn wait until nothing more has come for `quietMs`. */
  awaitMore(quietMs: number, nowMs: number): void {
    this.#quietAtMsMax ??= nowMs + BURST_MS_MAX;
    this.#quietAtMs = Math.min(nowMs + quietMs, this.#quietAtMsMax);
  }

  /** Resolves when the burst is over, or does not matter any more. */
  async untilQuiet(clock: Clock, signal: AbortSignal): Promise<void> {
    const over = AbortSignal.any([signal, this.#hurry.signal]);
    for (;;) {
      const leftMs = this.#quietAtMs - clock.nowMs();
      if (leftMs <= 0 || over.aborted) break;
      await clock.sleep(leftMs, over);
    }
    this.#quietAtMsMax = undefined;
  }
}
