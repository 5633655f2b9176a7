import assert from "node:assert/strict";
import { test } from "node:test";
import { z } from "zod";
import type { ExchangeDeps } from "../../../src/gateway/exchange_deps.ts";
import type { Post } from "../../../src/sandbox/records.ts";
import { hang, type ScriptedAnswer, ScriptedModel } from "../../../src/sandbox/scripted_model.ts";
import type { Tool } from "../../../src/tools/tool.ts";
import { everywhere } from "../../support/reply_modes.ts";
import { turnDeps } from "../../support/turn_deps.ts";
import { GatewayLab } from "../gateway_lab.ts";

const WAIT_MS = 300_000;

/** A tool that asks for permission, and tells the model what came of it. */
const askTool: Tool<{ command: string }> = {
  name: "ask",
  description: "Asks.",
  input: z.object({ command: z.string() }),
  run: async ({ command }, { askApproval }, signal) =>
    JSON.stringify(
      await askApproval({ command, reasons: ["is a test"], expiresInMs: WAIT_MS }, signal),
    ),
};

const clarifyTool: Tool<{ text: string; choices: string[] }> = {
  name: "clarify",
  description: "Asks.",
  input: z.object({ text: z.string(), choices: z.array(z.string()) }),
  run: async (question, { askQuestion }, signal) =>
    JSON.stringify(await askQuestion({ ...question, expiresInMs: WAIT_MS }, signal)),
};

function asks(command: string): ScriptedAnswer {
  const call = { id: `call ${command}`, name: "ask", arguments: { command } };
  return { role: "assistant", text: "", toolCalls: [call] };
}

function clarifies(text: string, choices: readonly string[] = []): ScriptedAnswer {
  const call = { id: `call ${text}`, name: "clarify", arguments: { text, choices } };
  return { role: "assistant", text: "", toolCalls: [call] };
}

function exchangeWith(
  model: ScriptedModel,
  change: Partial<ExchangeDeps> = {},
): { exchange: Partial<ExchangeDeps> } {
  return { exchange: { turn: turnDeps([model], { tools: [askTool, clarifyTool] }), ...change } };
}

/** The question about `command` that is open, now or later. */
function asked(lab: GatewayLab, command: string): Promise<Post> {
  return lab.lab.sandbox.posted((post) =>
    post.message.startsWith("⏳") && post.message.includes(command)
  );
}

/** The post as soon as its text fits. */
function becomes(lab: GatewayLab, post: Post, form: RegExp): Promise<Post> {
  return lab.lab.sandbox.posted(({ id, message }) => id === post.id && form.test(message));
}

/** What the model was told last. */
function told(model: ScriptedModel): string | undefined {
  return model.requests.at(-1)?.messages.at(-1)?.text;
}

const ONCE = '{"kind":"allowed","scope":"once"}';

test("[P219] a question tells until when it waits in the zone of the person", async () => {
  await using lab = await GatewayLab.start();
  const model = new ScriptedModel(asks("rm -rf build"), "done");
  lab.lab.sandbox.user("alice").timezone = "Asia/Tokyo";
  await lab.run(model, exchangeWith(model));
  lab.lab.sandbox.as("alice").dm("hermes", "clean up");
  const question = await asked(lab, "rm -rf build");
  assert.match(question.message, /5 minutes \(until 07:18 GMT\+9\)/);
});

test("[P106] a question in a direct message is answered by !approve, past the turn that waits", async () => {
  await using lab = await GatewayLab.start();
  const model = new ScriptedModel(asks("rm -rf build"), "done");
  const gateway = await lab.run(model, exchangeWith(model));
  const alice = lab.lab.sandbox.as("alice");
  const task = alice.dm("hermes", "clean up");
  const question = await asked(lab, "rm -rf build");
  const decision = alice.dm("hermes", "!approve");
  await becomes(lab, question, /^✅ \*\*Allowed\*\* by alice, this once/);
  await lab.logged("gateway.answered", task.id);
  assert.equal(told(model), ONCE);
  assert.equal(model.requests.length, 2, "the decision never reaches the model");
  assert.deepEqual(lab.answers().map(({ message }) => message.slice(0, 4)), ["✅ **", "done"]);
  assert.equal(gateway.ledger.find(decision.id)?.state, "answered");
});

test("[P106] a question is answered in a channel, flat and in a thread, with and without a mention", async () => {
  const ways: readonly [root: boolean, text: string][] = [
    [false, "!approve"],
    [false, "@hermes !approve"],
    [true, "!approve"],
    [true, "@hermes  /APPROVE"],
    [true, " /approve"],
  ];
  for (const [inThread, text] of ways) {
    await using lab = await GatewayLab.start();
    const model = new ScriptedModel(asks("make it so"), "done");
    await lab.run(model, exchangeWith(model));
    const alice = lab.lab.sandbox.as("alice");
    const task = alice.post({ channel: "general", message: "@hermes go" });
    const question = await asked(lab, "make it so");
    assert.match(question.message, /@alice/);
    const rootId = inThread ? { rootId: question.id } : {};
    alice.post({ channel: "general", message: text, ...rootId });
    await lab.logged("gateway.answered", task.id);
    assert.equal(told(model), ONCE, text);
    assert.equal(model.requests.length, 2, text);
  }
});

test("[P106] a question of a thread stands in the thread", async () => {
  await using lab = await GatewayLab.start();
  const model = new ScriptedModel(asks("make it so"), "done");
  await lab.run(model, exchangeWith(model));
  const alice = lab.lab.sandbox.as("alice");
  const root = alice.post({ channel: "general", message: "a topic" });
  const task = alice.post({ channel: "general", message: "@hermes go", rootId: root.id });
  const question = await asked(lab, "make it so");
  assert.equal(question.root_id, root.id);
  alice.post({ channel: "general", message: "!deny", rootId: root.id });
  await becomes(lab, question, /^⛔ \*\*Not allowed\*\* by alice/);
  await lab.logged("gateway.answered", task.id);
  assert.equal(told(model), '{"kind":"denied"}');
});

test("[P106] a reaction of the person decides; others are told once that theirs does not", async () => {
  await using lab = await GatewayLab.start();
  const model = new ScriptedModel(asks("make it so"), "done");
  await lab.run(model, exchangeWith(model));
  const { sandbox } = lab.lab;
  const task = sandbox.as("alice").post({ channel: "general", message: "@hermes go" });
  const question = await asked(lab, "make it so");
  const offered = await sandbox.until(() => {
    const own = sandbox.world.reactions.filter(({ post_id }) => post_id === question.id);
    return own.length === 3 ? own : undefined;
  });
  assert.deepEqual(offered.map(({ emoji_name }) => emoji_name), ["+1", "infinity", "-1"]);
  const bob = sandbox.as("bob");
  bob.react(question.id, "+1");
  bob.react(question.id, "infinity");
  bob.post({ channel: "general", message: "!approve" });
  const notes = await sandbox.until(() => {
    const found = lab.answers().filter(({ message }) => message.startsWith("Only alice can"));
    return found.length === 2 ? found : undefined;
  });
  assert.equal(notes.length, 2, "one for the reactions, one for the command");
  assert.equal(model.requests.length, 1);
  sandbox.as("alice").react(question.id, "infinity");
  await lab.logged("gateway.answered", task.id);
  assert.equal(told(model), '{"kind":"allowed","scope":"always"}');
});

test("[P106] a bare yes is no approval: it is explained, and answered after the turn", async () => {
  await using lab = await GatewayLab.start();
  const model = new ScriptedModel(asks("make it so"), "done", "you said yes", "why", "ok");
  await lab.run(model, exchangeWith(model));
  const alice = lab.lab.sandbox.as("alice");
  alice.dm("hermes", "go");
  await asked(lab, "make it so");
  const yes = alice.dm("hermes", "yes");
  await lab.lab.sandbox.posted(({ message }) => /waits for the word of alice/.test(message));
  assert.equal(model.requests.length, 1);
  alice.dm("hermes", "and tell me why");
  alice.dm("hermes", "ok");
  const remarks = () => lab.answers().filter(({ message }) => /waits for the word/.test(message));
  await lab.lab.sandbox.until(() => remarks().length >= 2 ? true : undefined);
  alice.dm("hermes", "!approve");
  await lab.logged("gateway.answered", yes.id);
  assert.deepEqual(model.requests[2]?.messages.at(-1)?.text, "yes");
  assert.equal(remarks().length, 2, "once, and for each bare word");
});

test("[P106] silence is a refusal, and the post says so", async () => {
  await using lab = await GatewayLab.start();
  const model = new ScriptedModel(asks("make it so"), "done");
  await lab.run(model, exchangeWith(model));
  const alice = lab.lab.sandbox.as("alice");
  const task = alice.dm("hermes", "go");
  const question = await asked(lab, "make it so");
  await lab.lab.clock.sleeperFor(WAIT_MS, WAIT_MS);
  lab.lab.clock.advance(WAIT_MS);
  await becomes(lab, question, /^⌛ \*\*Not run\*\*: nobody answered in time/);
  await lab.logged("gateway.answered", task.id);
  assert.equal(told(model), '{"kind":"expired"}');
  const late = alice.dm("hermes", "!approve");
  await lab.logged("gateway.answered", late.id);
  assert.equal(lab.answers().at(-1)?.message, "Nothing waits for an answer here.");
});

test("[P106] two questions in one turn are asked one after the other", async () => {
  await using lab = await GatewayLab.start();
  const model = new ScriptedModel(asks("first"), asks("second"), "done");
  await lab.run(model, exchangeWith(model));
  const alice = lab.lab.sandbox.as("alice");
  const task = alice.dm("hermes", "go");
  const first = await asked(lab, "first");
  alice.dm("hermes", "!approve session");
  const second = await asked(lab, "second");
  alice.dm("hermes", "!deny");
  await becomes(lab, first, /for this conversation/);
  await becomes(lab, second, /^⛔/);
  await lab.logged("gateway.answered", task.id);
  const results = model.requests.at(-1)?.messages.filter(({ role }) => role === "tool");
  assert.deepEqual(results?.map(({ text }) => text), [
    '{"kind":"allowed","scope":"session"}',
    '{"kind":"denied"}',
  ]);
});

test("[P107] a clarifying question is answered by number, or in words below it", async () => {
  await using lab = await GatewayLab.start();
  const model = new ScriptedModel(clarifies("Colour?", ["red", "green"]), clarifies("Why?"), "ok");
  await lab.run(model, exchangeWith(model));
  const alice = lab.lab.sandbox.as("alice");
  const task = alice.post({ channel: "general", message: "@hermes paint" });
  const colour = await asked(lab, "Colour?");
  alice.post({ channel: "general", message: "2", rootId: colour.id });
  await becomes(lab, colour, /\*\*Answer\*\* of alice: green/);
  const why = await asked(lab, "Why?");
  alice.post({ channel: "general", message: "@hermes because of @channel" });
  await becomes(lab, why, /because of @\u200bchannel/);
  await lab.logged("gateway.answered", task.id);
  const results = model.requests.at(-1)?.messages.filter(({ role }) => role === "tool");
  assert.deepEqual(results?.map(({ text }) => text), [
    '{"kind":"answered","text":"green"}',
    '{"kind":"answered","text":"because of @channel"}',
  ]);
});

test("[P109] questions that wait hold up nobody else", async () => {
  await using lab = await GatewayLab.start();
  const waiting = Array.from({ length: 50 }, (_, index) => asks(`command ${index}.`));
  const model = new ScriptedModel(...waiting, "at once");
  const sessionOptions = {
    groupSessionsPerUser: true,
    threadSessionsPerUser: true,
    replyModes: everywhere("thread"),
  } as const;
  await lab.run(model, exchangeWith(model, { sessionOptions }));
  const { sandbox } = lab.lab;
  const alice = sandbox.as("alice");
  for (let index = 0; index < 50; index++) {
    alice.post({ channel: "general", message: `@hermes task ${index}` });
    await asked(lab, `command ${index}.`);
  }
  const other = sandbox.as("bob").dm("hermes", "hello");
  await lab.logged("gateway.answered", other.id);
  assert.equal(lab.answers().at(-1)?.message, "at once");
});

test("[P109] nobody seems to type while a person is to decide", async () => {
  await using lab = await GatewayLab.start();
  const model = new ScriptedModel(asks("make it so"), hang());
  await lab.run(model, exchangeWith(model, { typingIntervalMs: 4_000 }));
  const alice = lab.lab.sandbox.as("alice");
  alice.dm("hermes", "go");
  await asked(lab, "make it so");
  await lab.lab.clock.sleeperFor(WAIT_MS, WAIT_MS);
  const notices = () => lab.lab.requested(/typing$/).length;
  const before = notices();
  const remarks = () => lab.answers().filter(({ message }) => /waits for the word/.test(message));
  for (const [index, text] of ["yes", "ok", "go"].entries()) {
    alice.dm("hermes", text);
    await lab.lab.sandbox.until(() => remarks().length > index ? true : undefined);
    lab.lab.clock.advance(4_000);
  }
  assert.equal(notices(), before);
  alice.dm("hermes", "!approve");
  await model.requested(2);
  await lab.lab.clock.sleeperFor(4_000, 4_000);
  assert.equal(notices(), before + 1);
});

test("[P106] a question that was open at a restart does not stay open, and is asked anew", async () => {
  await using lab = await GatewayLab.start();
  const model = new ScriptedModel(asks("make it so"));
  const first = await lab.run(model, exchangeWith(model));
  const alice = lab.lab.sandbox.as("alice");
  const task = alice.dm("hermes", "go");
  const old = await asked(lab, "make it so");
  await lab.lab.clock.sleeperFor(WAIT_MS, WAIT_MS);
  lab.lab.sandbox.faults.rest = [{ path: /\/patch$/, answer: { kind: "reset" } }];
  const cancelled = first.cancel();
  await lab.lab.sandbox.requested(({ path }) => path.endsWith("/patch"));
  await lab.lab.clock.sleeperFor(1, 2_000); // It tries to say so, for two seconds.
  lab.lab.clock.advance(2_000);
  await cancelled;
  lab.lab.sandbox.faults.rest = [];
  assert.match(lab.answers()[0]?.message ?? "", /^⏳/);

  const next = new ScriptedModel(asks("make it so"), "done");
  await lab.run(next, exchangeWith(next));
  await becomes(lab, old, /^⏹️ _\(This does not stand any more\.\)_/);
  const anew = await asked(lab, "make it so");
  assert.notEqual(anew.id, old.id);
  alice.dm("hermes", "!approve");
  await lab.logged("gateway.answered", task.id);
  assert.deepEqual(lab.answers().map(({ message }) => message.slice(0, 2)), ["⏹️", "✅ ", "do"]);
});

test("[P106] a shutdown does not wait for an answer that cannot come", async () => {
  await using lab = await GatewayLab.start();
  const model = new ScriptedModel(asks("make it so"));
  const gateway = await lab.run(model, { ...exchangeWith(model), drainMs: 60_000 });
  const task = lab.lab.sandbox.as("alice").dm("hermes", "go");
  const question = await asked(lab, "make it so");
  await lab.lab.clock.sleeperFor(WAIT_MS, WAIT_MS);
  await gateway.stop();
  await becomes(lab, question, /^⏹️ \*\*Not run\*\*/);
  assert.equal(lab.lab.logged("gateway.interrupted")[0]?.fields.postId, task.id);
});

test("[P108] !stop ends the turn at once, keeps what was said, and leaves the next message alone", async () => {
  await using lab = await GatewayLab.start();
  const model = new ScriptedModel(hang("I have begun to "), "fine");
  const gateway = await lab.run(model);
  const alice = lab.lab.sandbox.as("alice");
  const task = alice.dm("hermes", "go");
  await lab.growing(task.id);
  const stop = alice.dm("hermes", "!stop");
  await lab.logged("gateway.answered", task.id);
  assert.deepEqual(lab.answers().map(({ message }) => message), [
    "I have begun to\n\n_(Stopped.)_",
  ]);
  assert.equal(gateway.ledger.find(stop.id)?.state, "answered");
  const next = alice.dm("hermes", "go on");
  await lab.logged("gateway.answered", next.id);
  assert.deepEqual(model.requests[1]?.messages.map(({ role, text }) => [role, text.trim()]), [
    ["user", "go"],
    ["assistant", "I have begun to"],
    ["assistant", "(The person stopped me here.)"],
    ["user", "go on"],
  ]);
});

test("[P108] !stop ends a turn that waits for an answer, from the channel and from a thread", async () => {
  for (const inThread of [false, true]) {
    await using lab = await GatewayLab.start();
    const model = new ScriptedModel(asks("make it so"));
    await lab.run(model, exchangeWith(model));
    const alice = lab.lab.sandbox.as("alice");
    const task = alice.post({ channel: "general", message: "@hermes go" });
    const question = await asked(lab, "make it so");
    alice.post({
      channel: "general",
      message: "!stop",
      ...(inThread ? { rootId: question.id } : {}),
    });
    await becomes(lab, question, /^⏹️ \*\*Not run\*\*/);
    await lab.logged("gateway.answered", task.id);
    assert.equal(lab.answers().at(-1)?.message, "_(Stopped while running `ask`.)_");
    assert.equal(model.requests.length, 1);
  }
});

test("[P108] !stop of somebody else, or where nothing runs, stops nothing", async () => {
  await using lab = await GatewayLab.start();
  const model = new ScriptedModel(hang());
  await lab.run(model);
  const { sandbox } = lab.lab;
  sandbox.as("alice").post({ channel: "general", message: "@hermes go" });
  await model.requested(1);
  const aside = sandbox.as("bob").post({ channel: "general", message: "!stop" });
  assert.equal((await lab.logged("gateway.ignored", aside.id)).fields.reason, "not_mentioned");
  const asked = sandbox.as("bob").dm("hermes", "!stop");
  await lab.logged("gateway.answered", asked.id);
  assert.equal(lab.answers().at(-1)?.message, "Nothing is running here.");
});
