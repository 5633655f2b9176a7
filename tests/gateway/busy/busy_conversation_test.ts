import assert from "node:assert/strict";
import { test } from "node:test";
import { z } from "zod";
import type { ServerEvent } from "../../../src/mattermost/listener.ts";
import type { ModelRequest } from "../../../src/models/model_client.ts";
import { WaitingItems } from "../../../src/runtime/waiting_items.ts";
import type { Post } from "../../../src/sandbox/records.ts";
import { hang, type ScriptedAnswer, ScriptedModel } from "../../../src/sandbox/scripted_model.ts";
import type { Tool } from "../../../src/tools/tool.ts";
import { checkToolResults } from "../../support/check_transcript.ts";
import { turnDeps } from "../../support/turn_deps.ts";
import { GatewayLab, postedEvent } from "../gateway_lab.ts";

const BURST_MS = 350;
const INTERRUPT = { mode: "interrupt", burstMs: BURST_MS } as const;

/** A tool that ends when the test says so. */
class SlowTool implements Tool<Record<string, never>> {
  readonly name = "slow";
  readonly description = "Takes its time.";
  readonly input = z.object({});
  readonly #begun = Promise.withResolvers<void>();
  readonly #result = Promise.withResolvers<string>();
  signal: AbortSignal | undefined;

  /** Resolves when it runs. */
  get begun(): Promise<void> {
    return this.#begun.promise;
  }

  finish(result: string): void {
    this.#result.resolve(result);
  }

  run = (_input: unknown, _context: unknown, signal: AbortSignal): Promise<string> => {
    this.signal = signal;
    this.#begun.resolve();
    return this.#result.promise;
  };
}

function calls(name: string, text = ""): ScriptedAnswer {
  return { role: "assistant", text, toolCalls: [{ id: "call_1", name, arguments: {} }] };
}

function withTool(model: ScriptedModel, tool: Tool) {
  return { exchange: { turn: turnDeps([model], { tools: [tool] }) } };
}

/** What the model read, one line a message, e.g. `user: hello`. */
function read(request: ModelRequest | undefined): string[] {
  return request?.messages.map(({ role, text }) => `${role}: ${text.trim()}`) ?? [];
}

function shown(lab: GatewayLab): string[] {
  return lab.answers().map(({ message }) => message);
}

/** Lets the time pass in which the rest of a burst may come. */
async function burstEnds(lab: GatewayLab): Promise<void> {
  await lab.lab.clock.sleeperFor(1, BURST_MS);
  lab.lab.clock.advance(BURST_MS);
}

test("[P190] a message ends the answer that grows, which says so, and the model knows how far it came", async () => {
  await using lab = await GatewayLab.start();
  const model = new ScriptedModel(hang("The first half "), "something else");
  const gateway = await lab.run(model, { busy: INTERRUPT });
  const alice = lab.lab.sandbox.as("alice");
  const first = alice.dm("hermes", "tell me all");
  await lab.growing(first.id);
  const second = alice.dm("hermes", "no, only the date");
  await burstEnds(lab);
  await lab.logged("gateway.answered", second.id);
  assert.deepEqual(shown(lab), [
    "The first half\n\n_(Interrupted by the next message.)_",
    "something else",
  ]);
  assert.deepEqual(read(model.requests[1]), [
    "user: tell me all",
    "assistant: The first half",
    "assistant: (The next message interrupted me here.)",
    "user: no, only the date",
  ]);
  assert.equal(gateway.ledger.find(first.id)?.state, "answered");
});

test("[P190] a message ends a tool that runs, whose call has a result all the same", async () => {
  await using lab = await GatewayLab.start();
  const tool = new SlowTool();
  const model = new ScriptedModel(calls("slow"), "here is the date");
  await lab.run(model, { ...withTool(model, tool), busy: INTERRUPT });
  const alice = lab.lab.sandbox.as("alice");
  const first = alice.dm("hermes", "work");
  await tool.begun;
  const second = alice.dm("hermes", "only the date");
  await burstEnds(lab);
  await lab.logged("gateway.answered", second.id);
  assert.equal(tool.signal?.aborted, true);
  assert.deepEqual(shown(lab), ["here is the date"], "what said nothing leaves nothing behind");
  const messages = model.requests[1]?.messages ?? [];
  checkToolResults(messages);
  assert.deepEqual(messages.map(({ role }) => role), [
    "user",
    "assistant",
    "tool",
    "assistant",
    "user",
  ]);
  await lab.logged("gateway.answered", first.id);
});

test("[P191] what follows before anything is shown is answered together with it, once", async () => {
  await using lab = await GatewayLab.start();
  const model = new ScriptedModel(hang(), "all at once");
  const gateway = await lab.run(model, { busy: INTERRUPT });
  const alice = lab.lab.sandbox.as("alice");
  const first = alice.dm("hermes", "look at this");
  await model.requested(1);
  const others = ["and this", "and that"].map((text) => alice.dm("hermes", text));
  for (const { id } of others) await lab.logged("gateway.message", id);
  await burstEnds(lab);
  for (const { id } of [first, ...others]) await lab.logged("gateway.answered", id);
  assert.deepEqual(read(model.requests[1]), ["user: look at this\n\nand this\n\nand that"]);
  assert.equal(model.requests.length, 2);
  assert.deepEqual(shown(lab), ["all at once"]);
  const [answer] = lab.answers();
  for (const { id } of [first, ...others]) {
    assert.deepEqual(gateway.ledger.find(id)?.replyIds, [answer?.id]);
    assert.equal(gateway.ledger.entryOf(id)?.state, "answered");
  }
});

test("[P191] a burst that comes without end is answered all the same", async () => {
  await using lab = await GatewayLab.start();
  const model = new ScriptedModel(hang(), "answer");
  await lab.run(model, { busy: INTERRUPT });
  const { clock, sandbox } = lab.lab;
  const alice = sandbox.as("alice");
  alice.dm("hermes", "0");
  await model.requested(1);
  for (let count = 1; count <= 4; count++) {
    const { id } = alice.dm("hermes", String(count));
    await lab.logged("gateway.message", id);
    await clock.sleeperFor(1, BURST_MS);
    clock.advance(BURST_MS - 50);
  }
  await model.requested(2);
  assert.deepEqual(read(model.requests[1]), ["user: 0\n\n1\n\n2\n\n3\n\n4"]);
});

test("[P193] a message that steers is read with the results of tools, and is answered with the rest", async () => {
  await using lab = await GatewayLab.start();
  const tool = new SlowTool();
  const model = new ScriptedModel(calls("slow"), "done, in French");
  const busy = { mode: "steer", burstMs: BURST_MS, tells: true } as const;
  await lab.run(model, { ...withTool(model, tool), busy });
  const alice = lab.lab.sandbox.as("alice");
  const first = alice.dm("hermes", "write a letter");
  await tool.begun;
  const second = alice.dm("hermes", "in French please");
  await lab.lab.sandbox.posted(({ message }) => message.startsWith("I take this into account"));
  tool.finish("the result");
  await lab.logged("gateway.answered", first.id);
  await lab.logged("gateway.answered", second.id);
  assert.match(read(model.requests[1]).at(-1) ?? "", /the result[\s\S]*in French please/);
  assert.equal(model.requests.length, 2);
  assert.equal(lab.answers().at(-1)?.message, "done, in French");
});

test("[P193] what no tool result came for is the next message", async () => {
  await using lab = await GatewayLab.start();
  const answer = Promise.withResolvers<string>();
  const model = new ScriptedModel(hang("Dear "), () => answer.promise, "en français");
  await lab.run(model, { busy: { mode: "steer", burstMs: BURST_MS } });
  const alice = lab.lab.sandbox.as("alice");
  const first = alice.dm("hermes", "!queue hello"); // Nothing runs: an ordinary message.
  await lab.growing(first.id);
  const steering = alice.dm("hermes", "in French please");
  await lab.logged("gateway.message", steering.id);
  alice.edit(first.id, "!queue write a letter");
  await model.requested(2);
  const more = alice.dm("hermes", "and short");
  await lab.logged("gateway.message", more.id);
  assert.deepEqual(read(model.requests[1]), ["user: write a letter\n\nin French please"]);
  answer.resolve("Dear friend");
  for (const { id } of [first, steering, more]) await lab.logged("gateway.answered", id);
  assert.deepEqual(read(model.requests[2]).at(-1), "user: and short");
  assert.deepEqual(shown(lab), ["Dear friend", "en français"]);
});

test("[P194] !stop ends what runs, drops what waits, and says both", async () => {
  await using lab = await GatewayLab.start();
  const tool = new SlowTool();
  const model = new ScriptedModel(calls("slow"), "fine");
  const gateway = await lab.run(model, withTool(model, tool));
  const alice = lab.lab.sandbox.as("alice");
  const first = alice.dm("hermes", "work");
  await tool.begun;
  const waiting = ["more", "and more"].map((text) => alice.dm("hermes", text));
  const stop = alice.dm("hermes", "!stop");
  await lab.logged("gateway.answered", first.id);
  assert.deepEqual(shown(lab), [
    "_(Stopped while running `slow`. 2 messages that waited are dropped.)_",
  ]);
  for (const { id } of [first, ...waiting, stop]) {
    assert.equal(gateway.ledger.entryOf(id)?.state, "answered");
  }
  for (const { id } of waiting) {
    assert.equal((await lab.logged("gateway.dropped", id)).fields.why, "stopped");
  }
  await lab.logged("gateway.answered", alice.dm("hermes", "hello").id);
  assert.equal(model.requests.length, 2);
});

test("[P194] !stop reaches a burst that is still gathered", async () => {
  await using lab = await GatewayLab.start();
  const model = new ScriptedModel(hang(), "unexpected");
  await lab.run(model, { busy: INTERRUPT });
  const alice = lab.lab.sandbox.as("alice");
  const first = alice.dm("hermes", "one");
  await model.requested(1);
  const second = alice.dm("hermes", "two");
  await lab.lab.clock.sleeperFor(1, BURST_MS);
  alice.dm("hermes", "!stop");
  for (const { id } of [first, second]) await lab.logged("gateway.answered", id);
  assert.deepEqual(shown(lab), ["_(Stopped.)_"]);
});

test("[P195] an edit of the prompt restarts its turn, and the answer that had begun is edited", async () => {
  await using lab = await GatewayLab.start();
  const model = new ScriptedModel(hang("Paris is "), "London is the capital.");
  await lab.run(model);
  const alice = lab.lab.sandbox.as("alice");
  const prompt = alice.dm("hermes", "capital of France?");
  const draft = await lab.growing(prompt.id);
  alice.edit(prompt.id, "capital of England?");
  await lab.logged("gateway.answered", prompt.id);
  const [answer, ...others] = lab.answers();
  assert.equal(answer?.id, draft.id);
  assert.equal(answer?.message, "London is the capital.");
  assert.deepEqual(others, []);
  assert.deepEqual(read(model.requests[1]), ["user: capital of England?"]);
});

test("[P195] an edit of what waits changes what will be asked, and a pin changes nothing", async () => {
  await using lab = await GatewayLab.start();
  const model = new ScriptedModel(() => first.promise, "second answer");
  const first = Promise.withResolvers<string>();
  await lab.run(model);
  const { sandbox } = lab.lab;
  const alice = sandbox.as("alice");
  const running = alice.dm("hermes", "first");
  await model.requested(1);
  const waiting = alice.dm("hermes", "secnod");
  alice.edit(waiting.id, "second");
  await lab.logged("gateway.edited", waiting.id);
  alice.edit(running.id, "first"); // As the server tells of a pin, or of the preview of a link.
  const end = alice.dm("hermes", "!nonsense");
  await lab.logged("gateway.answered", end.id);
  first.resolve("first answer");
  await lab.logged("gateway.answered", waiting.id);
  assert.equal(model.requests.length, 2);
  assert.equal(read(model.requests[1]).at(-1), "user: second");
});

test("[P196] a prompt that is deleted is forgotten with the draft of its answer", async () => {
  await using lab = await GatewayLab.start();
  const model = new ScriptedModel(hang("Half a "), "whole answer");
  const gateway = await lab.run(model);
  const alice = lab.lab.sandbox.as("alice");
  const prompt = alice.dm("hermes", "never mind");
  await lab.growing(prompt.id);
  const waiting = alice.dm("hermes", "nor this");
  const next = alice.dm("hermes", "but this");
  await lab.logged("gateway.message", next.id);
  alice.delete(waiting.id);
  alice.delete(prompt.id);
  await lab.logged("gateway.answered", next.id);
  assert.deepEqual(shown(lab), ["whole answer"]);
  assert.deepEqual(read(model.requests[1]), ["user: but this"]);
  for (const { id } of [prompt, waiting]) {
    assert.equal(gateway.ledger.entryOf(id)?.state, "answered");
    assert.equal((await lab.logged("gateway.dropped", id)).fields.why, "deleted");
  }
});

test("[P196] of a burst, what is deleted is left out, also when it came first", async () => {
  await using lab = await GatewayLab.start();
  const model = new ScriptedModel(hang(), hang("Both of "), "only the rest");
  await lab.run(model, { busy: INTERRUPT });
  const alice = lab.lab.sandbox.as("alice");
  const first = alice.dm("hermes", "first");
  await model.requested(1);
  const second = alice.dm("hermes", "second");
  await burstEnds(lab);
  await lab.lab.clock.sleeperFor(1_000, 1_000);
  lab.lab.clock.advance(1_000);
  await lab.lab.sandbox.posted(({ message }) => message.startsWith("Both"));
  alice.delete(first.id);
  await lab.logged("gateway.answered", second.id);
  assert.deepEqual(read(model.requests[2]), ["user: second"]);
  assert.deepEqual(shown(lab), ["only the rest"]);
});

test("[P197] a mention that is added by an edit calls the bot, once, and only for those who may", async () => {
  await using lab = await GatewayLab.start();
  const model = new ScriptedModel("here I am", "unexpected");
  await lab.run(model);
  const { sandbox } = lab.lab;
  const post = (username: string) =>
    sandbox.as(username).post({ channel: "general", message: "what is the date?" });
  const bystander = post("bob");
  const edited = post("alice");
  await lab.logged("gateway.ignored", edited.id);
  sandbox.as("bob").edit(bystander.id, "what is the date, everybody?");
  sandbox.as("alice").edit(edited.id, "@hermes what is the date?");
  await lab.logged("gateway.answered", edited.id);
  sandbox.as("alice").edit(edited.id, "@hermes what is the date? Thanks!");
  const end = sandbox.as("alice").dm("hermes", "!nonsense");
  await lab.logged("gateway.answered", end.id);
  assert.deepEqual(read(model.requests[0]), ["user: what is the date?"]);
  assert.equal(model.requests.length, 1);
});

test("[P192] in a shared conversation somebody else's message waits, and is told so once", async () => {
  await using lab = await GatewayLab.start();
  const model = new ScriptedModel(hang("For alice "), "for bob");
  const sessionOptions = {
    groupSessionsPerUser: false,
    threadSessionsPerUser: false,
    replyModes: { dm: "off", group: "off", private: "off", public: "off" },
  } as const;
  await lab.run(model, { busy: { ...INTERRUPT, tells: true }, exchange: { sessionOptions } });
  const { sandbox } = lab.lab;
  const post = (username: string, text: string): Post =>
    sandbox.as(username).post({ channel: "general", message: `@hermes ${text}` });
  const first = post("alice", "for me");
  await lab.growing(first.id);
  const second = post("bob", "and for me");
  await sandbox.posted(({ message }) => message.startsWith("I am still at an earlier message"));
  post("bob", "really");
  sandbox.as("alice").post({ channel: "general", message: "!stop" });
  await burstEnds(lab);
  await lab.logged("gateway.answered", second.id);
  assert.deepEqual(shown(lab).filter((text) => !text.startsWith("I am still")), [
    "For alice\n\n_(Stopped.)_",
    "for bob",
  ]);
  assert.equal(shown(lab).length, 3);
  assert.match(read(model.requests[1]).at(-1) ?? "", /^user: \[bob\] and for me\n\nreally$/);
});

test("[P199] fifty conversations that wait for a model or a person keep nobody else waiting", async () => {
  await using lab = await GatewayLab.start();
  const { sandbox } = lab.lab;
  const asks: ScriptedAnswer = calls("ask");
  const model = new ScriptedModel(
    ...Array.from({ length: 50 }, (_, index) => index % 2 === 0 ? hang() : asks),
    "for the next one",
  );
  const ask: Tool = {
    name: "ask",
    description: "Asks.",
    input: z.object({}),
    run: async (_input, { askApproval }, signal) => {
      const request = { command: "make it so", reasons: ["is a test"], expiresInMs: 300_000 };
      return JSON.stringify(await askApproval(request, signal));
    },
  };
  await lab.run(model, { ...withTool(model, ask), policy: { allowAllUsers: true } });
  const people = Array.from({ length: 51 }, (_, index) => {
    return sandbox.as(sandbox.admin.createUser(`person-${index}`).username);
  });
  for (const person of people.slice(0, 50)) person.dm("hermes", "wait");
  await model.requested(50);
  await sandbox.until(() =>
    shown(lab).filter((text) => text.startsWith("⏳")).length === 25 || undefined
  );
  const next = people[50]?.dm("hermes", "hello");
  await lab.logged("gateway.answered", next?.id ?? "");
  assert.equal(shown(lab).filter((text) => text === "for the next one").length, 1);
});

test("[P191] posts keep the order in which they were written, whichever comes first", async () => {
  await using lab = await GatewayLab.start();
  const { sandbox } = lab.lab;
  const alice = sandbox.as("alice");
  const posts = ["running", "second", "third"].map((text) => alice.dm("hermes", text));
  const events = new WaitingItems<ServerEvent>(10);
  const finish = Promise.withResolvers<string>();
  const model = new ScriptedModel(() => finish.promise, "two", "three");
  const gateway = await lab.run(model, { events: events[Symbol.asyncIterator]() });
  const [running, second, third] = posts.map((post) => postedEvent(post));
  for (const event of [running, third]) if (event !== undefined) events.push(event);
  await model.requested(1);
  if (second !== undefined) events.push({ ...second, via: "catch_up" });
  await lab.logged("gateway.message", posts[1]?.id ?? "");
  finish.resolve("one");
  await lab.logged("gateway.answered", posts[2]?.id ?? "");
  assert.deepEqual(model.requests.map((request) => read(request).at(-1)), [
    "user: running",
    "user: second",
    "user: third",
  ]);
  events.end();
  await gateway.done;
});
