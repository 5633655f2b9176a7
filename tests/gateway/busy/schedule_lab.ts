import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import { z } from "zod";
import type { BusyMode } from "../../../src/gateway/busy/decide_busy.ts";
import { decodeFrame, type PostedEvent } from "../../../src/mattermost/events.ts";
import type { ServerEvent } from "../../../src/mattermost/listener.ts";
import { ModelError } from "../../../src/models/errors.ts";
import type { ModelClient, ModelEvent, ModelRequest } from "../../../src/models/model_client.ts";
import type { Clock } from "../../../src/runtime/clock.ts";
import type { Random } from "../../../src/runtime/random.ts";
import { WaitingItems } from "../../../src/runtime/waiting_items.ts";
import type { Post } from "../../../src/sandbox/records.ts";
import type { Tool } from "../../../src/tools/tool.ts";
import type { AssistantMessage } from "../../../src/transcript/message.ts";
import { checkToolResults } from "../../support/check_transcript.ts";
import { everywhere } from "../../support/reply_modes.ts";
import { seededRandom } from "../../support/seeded_random.ts";
import { turnDeps } from "../../support/turn_deps.ts";
import { GatewayLab, type RunningGateway } from "../gateway_lab.ts";

/** Ends each whole answer. */
const END = "That is all.";
/** Longest time that a schedule may take after the last thing that people did. */
const REST_MS_MAX = 1_200_000;
/** The same by a real clock. */
const REAL_MS_MAX = 5_000;
const OUTCOMES = ["gateway.answered", "gateway.not_answered", "gateway.dropped"];

/** Who writes in one schedule, and what the gateway does with it. */
export interface ScheduleSettings {
  readonly mode: BusyMode;
  readonly modeForOthers: BusyMode;
  readonly isShared: boolean;
  readonly streaming: boolean;
  /** So many things happen. */
  readonly actions: number;
  /** Whether the gateway is cancelled and started again in the middle. */
  readonly restarts: boolean;
}

/** What one post said first and says now; both are words that no other post has. */
interface Said {
  readonly post: Post;
  readonly isCommand: boolean;
  version: number;
  isDeleted: boolean;
}

/** Two people, one channel and a slow model, driven by chance, with a server in memory. */
export class ScheduleLab {
  readonly #lab: GatewayLab;
  readonly #settings: ScheduleSettings;
  readonly #random: Random;
  readonly #model: SlowModel;
  readonly #said: Said[] = [];
  readonly #heard: PostedEvent[] = [];
  #events = new WaitingItems<ServerEvent>(10_000);
  #gateway: RunningGateway | undefined;

  constructor(lab: GatewayLab, settings: ScheduleSettings, seed: number) {
    this.#lab = lab;
    this.#settings = settings;
    this.#random = seededRandom(seed);
    this.#model = new SlowModel(lab.lab.clock, this.#random);
    lab.lab.sandbox.hear("hermes", (text) => {
      const frame = decodeFrame(text);
      if (frame?.kind !== "event" || frame.event === undefined) return;
      if (frame.event.kind === "posted") this.#heard.push(frame.event);
      this.#events.push(frame.event);
    });
  }

  /** Lets everything happen, waits until all is quiet, and checks what came of it. */
  async run(): Promise<void> {
    const { actions, restarts } = this.#settings;
    await this.#start();
    try {
      for (let action = 0; action < actions; action++) {
        this.#act(action);
        await this.#pass(this.#oneOf([0, 20, 200, 400, 900, 2_500, 6_000]));
        if (restarts && action === Math.floor(actions / 2)) await this.#restart();
      }
      await this.#untilQuiet();
      this.#check();
    } finally {
      await this.#end();
    }
  }

  async #start(): Promise<void> {
    const { mode, modeForOthers, isShared, streaming } = this.#settings;
    const shared = !isShared;
    this.#gateway = await this.#lab.run(this.#model, {
      events: this.#events[Symbol.asyncIterator](),
      busy: { mode, modeForOthers, burstMs: 350, tells: this.#random.float() < 0.5 },
      exchange: {
        streaming,
        turn: turnDeps([this.#model], { tools: [slowTool(this.#lab.lab.clock, this.#random)] }),
        sessionOptions: {
          groupSessionsPerUser: shared,
          threadSessionsPerUser: shared,
          replyModes: everywhere("off"),
        },
      },
    });
  }

  /** Ends the gateway in the middle of whatever it does; the next one hears all posts once more. */
  async #restart(): Promise<void> {
    await this.#end();
    this.#events = new WaitingItems(10_000);
    await this.#start();
    const { world } = this.#lab.lab.sandbox;
    for (const event of this.#heard) {
      const { message, delete_at } = world.posts.get(event.post.id) ?? event.post;
      const post = { ...event.post, message };
      if (delete_at === 0) this.#events.push({ ...event, post, via: "catch_up" });
    }
  }

  /** Cancels the gateway, in the middle of whatever it does. */
  async #end(): Promise<void> {
    this.#events.end();
    const ended = this.#gateway?.cancel().then(() => true);
    while (await Promise.race([ended, this.#pass(1_000).then(() => false)]) === false) continue;
  }

  #act(number: number): void {
    const person = this.#lab.lab.sandbox.as(this.#oneOf(["alice", "bob"]));
    const write = (text: string, isCommand: boolean) => {
      const post = person.post({ channel: "general", message: `@hermes ${text}` });
      this.#said.push({ post, isCommand, version: 0, isDeleted: false });
    };
    const chance = this.#random.float();
    const own = this.#said.filter(({ post, isDeleted, isCommand }) =>
      post.user_id === person.user.id && !isDeleted && !isCommand
    );
    const target = own.at(-1 - Math.floor(this.#random.float() * 2));
    if (chance < 0.12 && target !== undefined) {
      target.version++;
      const before = `m${String(this.#said.indexOf(target))}v${target.version - 1}x`;
      const now = `m${String(this.#said.indexOf(target))}v${target.version}x`;
      const { message } = this.#lab.lab.sandbox.world.posts.get(target.post.id) ?? target.post;
      return void person.edit(target.post.id, message.replace(before, now));
    }
    if (chance < 0.22 && target !== undefined) {
      target.isDeleted = true;
      return person.delete(target.post.id);
    }
    if (chance < 0.32 && number > 0) return write("!stop", true);
    const word = `m${this.#said.length}v0x`;
    if (chance < 0.37) return write(`!queue ${word}`, false);
    if (chance < 0.42) return write(`!steer ${word}`, false);
    write(word, false);
  }

  #oneOf<T>(items: readonly T[]): T {
    return items[Math.floor(this.#random.float() * items.length)] as T;
  }

  /** Moves the clock, and lets everybody who wakes do what follows before it moves on. */
  async #pass(durationMs: number): Promise<void> {
    const { clock } = this.#lab.lab;
    const untilMs = clock.nowMs() + durationMs;
    await settled();
    for (;;) {
      const leftMs = untilMs - clock.nowMs();
      const nextMs = clock.nextWakeMs() ?? Infinity;
      clock.advance(Math.max(0, Math.min(nextMs, leftMs)));
      await settled();
      if (nextMs >= leftMs) return;
    }
  }

  async #untilQuiet(): Promise<void> {
    const { clock } = this.#lab.lab;
    const startedAtMs = clock.nowMs();
    const begun = performance.now();
    const isQuiet = () =>
      this.#gateway?.ledger.unfinished().length === 0 &&
      this.#gateway.status.current.messages.running === 0;
    for (let second = 1; !isQuiet(); second++) {
      const waits = this.#gateway?.ledger.unfinished().map(({ postId }) => this.#nameOf(postId));
      // A slow machine is no hang either.
      const isOver = performance.now() - begun > REAL_MS_MAX;
      assert.ok(!isOver || clock.nowMs() - startedAtMs < REST_MS_MAX, `it hangs: ${waits}`);
      await this.#pass(1_000);
      if (second % 100 === 0) await delay(5);
    }
  }

  #nameOf(postId: string): string {
    const index = this.#said.findIndex(({ post }) => post.id === postId);
    return `m${index}`;
  }

  #check(): void {
    assert.deepEqual(this.#model.problems, []);
    for (const { post } of this.#said) this.#checkOutcome(post);
    const answers = new Map<string, string[]>();
    for (const answer of this.#lab.answers()) {
      const { re, part } = answer.props.hermes as { re: string; part: number };
      const parts = answers.get(re) ?? [];
      assert.equal(parts.length, part, `${this.#nameOf(re)} is answered twice`);
      answers.set(re, [...parts, answer.message]);
    }
    const leads = this.#said.filter(({ post, isCommand }) => answers.has(post.id) && !isCommand);
    for (const { post } of leads) this.#checkAnswer(answers.get(post.id)?.join("\n") ?? "", post);
    if (!this.#settings.isShared) return;
    const inOrder = [...answers.keys()].filter((re) => leads.some(({ post }) => post.id === re));
    assert.deepEqual(inOrder, leads.map(({ post }) => post.id), "answers in order");
  }

  /** Each post has one outcome, which is in the log and in the ledger. */
  #checkOutcome(post: Post): void {
    const outcomes = this.#lab.lab.logs.filter(({ event, fields }) =>
      OUTCOMES.includes(event) && fields.postId === post.id
    );
    const name = `${this.#nameOf(post.id)} (${post.message})`;
    // A command that stops is answered by the end of the turn, without a line of its own.
    const most = post.message.includes("!stop") ? [0, 1] : [1];
    const isKnown = this.#gateway?.ledger.entryOf(post.id) !== undefined;
    if (!isKnown) return assert.ok(this.#isGone(post.id), `${name} was never taken on`);
    assert.notEqual(this.#gateway?.ledger.entryOf(post.id)?.state, "claimed", name);
    const isFailedAtStart = this.#gateway?.ledger.entryOf(post.id)?.state === "failed" &&
      this.#isGone(post.id); // Deleted while no gateway ran.
    if (isFailedAtStart && outcomes.length === 0) return;
    assert.ok(most.includes(outcomes.length), `${name} has ${outcomes.length} outcomes`);
  }

  #isGone(postId: string): boolean {
    return this.#said.some(({ post, isDeleted }) => post.id === postId && isDeleted);
  }

  /** What can be read is whole, or says why not, and answers what was asked in the end. */
  #checkAnswer(message: string, lead: Post): void {
    const name = `the answer to ${this.#nameOf(lead.id)}: ${JSON.stringify(message)}`;
    const isDropped = (postId: string) =>
      this.#lab.lab.logged("gateway.dropped").some(({ fields }) => fields.postId === postId);
    assert.ok(!isDropped(lead.id), `${name} is left of what was dropped`);
    const isWhole = message.endsWith(END) || /_\(.*\)_$|^⚠️|\n⚠️/.test(message);
    assert.ok(isWhole, `${name} has no end`);
    if (!message.endsWith(END)) return;
    const entries = this.#said.filter(({ post }) => {
      const entry = this.#gateway?.ledger.entryOf(post.id);
      const leadId = entry?.leadId ?? post.id;
      return leadId === lead.id && entry?.state === "answered";
    });
    for (const { post, version, isDeleted } of entries) {
      const edits = this.#lab.lab.logged("gateway.edited")
        .filter(({ fields }) => fields.postId === post.id).length;
      if (isDeleted || isDropped(post.id) || edits < version) continue; // Edited when it was too late.
      const word = `${this.#nameOf(post.id)}v${version}x`;
      assert.ok(message.includes(word), `${name} does not answer ${word}`);
    }
  }
}

/** Lets what is ready to run do so. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 6; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
}

function slowTool(clock: Clock, random: Random): Tool {
  return {
    name: "slow",
    description: "Takes its time.",
    input: z.object({}),
    run: async (_input, _context, signal) => {
      const heedsSignal = random.float() < 0.7;
      const never = new AbortController().signal;
      await clock.sleep(Math.ceil(random.float() * 8_000), heedsSignal ? signal : never);
      return "done";
    },
  };
}

/** Says what it was told since it last answered, slowly; now and then it works, hangs or fails. */
class SlowModel implements ModelClient {
  readonly modelId = "slow";
  readonly contextTokensMax = 1_000_000;
  /** What was wrong with requests. */
  readonly problems: string[] = [];
  readonly #clock: Clock;
  readonly #random: Random;

  constructor(clock: Clock, random: Random) {
    this.#clock = clock;
    this.#random = random;
  }

  async *stream(request: ModelRequest, signal: AbortSignal): AsyncGenerator<ModelEvent> {
    this.#examine(request);
    const chance = this.#random.float();
    const isWorking = request.messages.at(-1)?.role === "tool";
    await this.#sleep(chance < 0.05 ? 60_000 : this.#random.float() * 3_000, signal);
    if (chance > 0.97) throw new ModelError("overloaded", "it is busy", { hint: "Wait." });
    const calls = chance > 0.6 && !isWorking;
    const start = request.messages.findLastIndex(({ role }) => role === "user");
    const told = request.messages.slice(start).map(({ text }) => text).join(" ");
    const heard = [...new Set(told.match(/m\d+v\d+x/g) ?? [])].join(" ");
    const text = calls ? "Let me see. " : `I was told ${heard} . ${END}`;
    for (const word of text.match(/\S+\s*/g) ?? []) {
      yield { kind: "text_delta", text: word };
      await this.#sleep(this.#random.float() * 700, signal);
    }
    const toolCalls = calls
      ? [{ id: `c${request.messages.length}`, name: "slow", arguments: {} }]
      : [];
    const message: AssistantMessage = { role: "assistant", text, toolCalls };
    const finishReason = calls ? "tool_calls" : "stop";
    const usage = {
      inputTokens: 1,
      outputTokens: 1,
      cachedInputTokens: 0,
      cacheWriteTokens: 0,
      reasoningTokens: 0,
    };
    yield { kind: "done", message, finishReason, usage };
  }

  #examine({ messages }: ModelRequest): void {
    try {
      checkToolResults(messages);
    } catch (error) {
      this.problems.push(String(error));
    }
  }

  async #sleep(durationMs: number, signal: AbortSignal): Promise<void> {
    await this.#clock.sleep(Math.ceil(durationMs), signal); // Whole, as the clock counts.
    signal.throwIfAborted();
  }
}
