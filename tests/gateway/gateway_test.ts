import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { LANE_LENGTH_MAX } from "../../src/gateway/lanes.ts";
import { UnauthorizedError } from "../../src/mattermost/errors.ts";
import type { PostedEvent } from "../../src/mattermost/events.ts";
import type { ServerEvent } from "../../src/mattermost/listener.ts";
import { ModelError } from "../../src/models/errors.ts";
import { hang, ScriptedModel } from "../../src/sandbox/scripted_model.ts";
import { NO_SESSION_USAGE } from "../../src/sessions/session_usage.ts";
import { GatewayLab, postedEvent } from "./gateway_lab.ts";

async function* only(events: readonly ServerEvent[]): AsyncGenerator<ServerEvent> {
  yield* events;
}

const echo = new Array(200).fill((request: { messages: readonly { text: string }[] }) =>
  `heard: ${request.messages.at(-1)?.text}`
);

test("runGateway() answers the messages of one session in order, with the earlier ones as history", async () => {
  await using lab = await GatewayLab.start();
  const model = new ScriptedModel("one", "two");
  await lab.run(model);
  const alice = lab.lab.sandbox.as("alice");
  alice.dm("hermes", "first");
  const second = alice.dm("hermes", "second");
  await lab.logged("gateway.answered", second.id);
  assert.deepEqual(lab.answers().map((post) => post.message), ["one", "two"]);
  assert.deepEqual(model.requests[1]?.messages.map((message) => message.text), [
    "first",
    "one",
    "second",
  ]);
});

test("[C12] runGateway() serves one session while another one hangs", async () => {
  await using lab = await GatewayLab.start();
  const model = new ScriptedModel(hang(), "for bob");
  await lab.run(model);
  lab.lab.sandbox.as("alice").dm("hermes", "hang");
  await model.requested(1);
  const asked = lab.lab.sandbox.as("bob").dm("hermes", "hello");
  await lab.logged("gateway.answered", asked.id);
  assert.deepEqual(lab.answers().map((post) => post.message), ["for bob"]);
});

test("[C20] runGateway() answers a post once, however often and by whatever way it comes", async () => {
  await using lab = await GatewayLab.start();
  const alice = lab.lab.sandbox.as("alice");
  const posts = Array.from({ length: 5 }, (_, index) => alice.dm("hermes", `message ${index}`));
  const seed = Date.now() & 0x7fffffff;
  console.log(`seed ${seed}`);
  const arrivals = fc.sample(
    fc.array(
      fc.record({
        index: fc.nat(posts.length - 1),
        via: fc.constantFrom("socket" as const, "catch_up" as const),
      }),
      { minLength: 40, maxLength: 40 },
    ),
    { seed, numRuns: 1 },
  )[0] ?? [];
  const events: PostedEvent[] = arrivals.flatMap(({ index, via }) => {
    const post = posts[index];
    return post === undefined ? [] : [postedEvent(post, via)];
  });
  const model = new ScriptedModel(...echo);
  const gateway = await lab.run(model, { events: only(events) });
  await gateway.done;
  const again = await lab.run(model, { events: only(events) });
  await again.done;
  const expected = [...new Set(arrivals.map(({ index }) => `heard: message ${index}`))].sort();
  assert.deepEqual(lab.answers().map((post) => post.message).sort(), expected, `seed ${seed}`);
});

test("[P14] runGateway() posts what went wrong with the model, and answers the next message", async () => {
  await using lab = await GatewayLab.start();
  const failure = new ModelError("overloaded", "the provider is busy", { hint: "Try again soon." });
  await lab.run(new ScriptedModel(failure, "fine again"));
  const alice = lab.lab.sandbox.as("alice");
  alice.dm("hermes", "one");
  const second = alice.dm("hermes", "two");
  await lab.logged("gateway.answered", second.id);
  assert.deepEqual(lab.answers().map((post) => post.message), [
    "⚠️ Cannot get an answer from the model: the provider is busy. Try again soon.",
    "fine again",
  ]);
});

test("[P14] runGateway() tells a model next time that its call failed, and forgets what it refused", async () => {
  await using lab = await GatewayLab.start();
  const fails = (kind: "overloaded" | "refused") => new ModelError(kind, "no", { hint: "Wait." });
  const model = new ScriptedModel(fails("overloaded"), fails("refused"), "fine");
  await lab.run(model);
  const alice = lab.lab.sandbox.as("alice");
  for (const text of ["one", "forbidden", "three"]) {
    await lab.logged("gateway.answered", alice.dm("hermes", text).id);
  }
  assert.deepEqual(model.requests[2]?.messages.map(({ role, text }) => [role, text]), [
    ["user", "one"],
    ["assistant", "⚠️ Cannot get an answer from the model: no. Wait."],
    ["user", "three"],
  ]);
});

test("runGateway() tells the person about a bug, and the log its stack", async () => {
  await using lab = await GatewayLab.start();
  await lab.run(new ScriptedModel(new TypeError("x is not a function")));
  const asked = lab.lab.sandbox.as("alice").dm("hermes", "one");
  await lab.logged("gateway.answered", asked.id);
  assert.match(lab.answers()[0]?.message ?? "", /Something went wrong inside Hermes/);
  const line = await lab.logged("exchange.failed", asked.id);
  assert.match(String(line.fields.error), /x is not a function\n\s+at /);
});

test("runGateway() says so when a session has too many messages waiting, and loses none silently", async () => {
  await using lab = await GatewayLab.start();
  const model = new ScriptedModel(hang());
  await lab.run(model);
  const alice = lab.lab.sandbox.as("alice");
  for (let index = 0; index < LANE_LENGTH_MAX; index++) alice.dm("hermes", `message ${index}`);
  const refused = alice.dm("hermes", "one too many");
  await lab.logged("gateway.answered", refused.id);
  assert.match(lab.answers()[0]?.message ?? "", /send this one again later/);
});

test("[P21] runGateway() has the message in the session before it asks the model", async () => {
  await using lab = await GatewayLab.start();
  const appended: string[] = [];
  const model = new ScriptedModel(() => {
    appended.push("asked");
    return "fine";
  });
  const sessions = {
    load: () => Promise.resolve([]),
    describe: () => Promise.resolve(undefined),
    append: (_key: unknown, messages: readonly { message: { text: string } }[]) => {
      appended.push(...messages.map(({ message }) => `${message.text}, ${lab.answers().length}`));
      return Promise.resolve();
    },
    loadExchange: () => Promise.resolve([]),
    promptOf: () => Promise.resolve(undefined),
    keepPrompt: () => Promise.resolve(),
    compact: () => Promise.resolve(),
    usageOf: () => Promise.resolve(NO_SESSION_USAGE),
    addUsage: () => Promise.resolve(),
    rewind: () => Promise.resolve(),
    lastUsedAtMs: () => Promise.resolve(undefined),
    saidPosts: () => Promise.resolve([]),
    setTitle: () => Promise.resolve(),
    choose: () => Promise.resolve(),
    fork: () => Promise.resolve(false),
    known: () => Promise.resolve([]),
    resume: () => Promise.resolve(false),
    rename: () => Promise.resolve(false),
    remove: () => Promise.resolve(),
    count: () => Promise.resolve(0),
    reset: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
  await lab.run(model, { sessions });
  const asked = lab.lab.sandbox.as("alice").dm("hermes", "hello");
  await lab.logged("gateway.answered", asked.id);
  assert.deepEqual(appended, ["hello, 0", "asked", "fine, 0"]);
});

test("[P29] runGateway() takes up what was claimed and not answered, once, as if it had just come", async () => {
  await using lab = await GatewayLab.start();
  const model = new ScriptedModel(hang("Half an ans"));
  const first = await lab.run(model, { exchange: { streaming: false } });
  const asked = lab.lab.sandbox.as("alice").dm("hermes", "important");
  await model.requested(1);
  lab.lab.sandbox.faults.rest = [{ path: /^\/posts$/, answer: { kind: "reset" } }];
  await first.cancel();
  lab.lab.sandbox.faults.rest = [];
  assert.deepEqual(lab.answers(), []);

  const next = new ScriptedModel("the answer", "unexpected");
  await lab.run(next);
  await lab.logged("gateway.answered", asked.id);
  assert.deepEqual(next.requests[0]?.messages.map((message) => message.text), ["important"]);
  assert.deepEqual(lab.answers().map((post) => post.message), ["the answer"]);
});

test("runGateway() lets go of an unfinished post that was deleted meanwhile", async () => {
  await using lab = await GatewayLab.start();
  const model = new ScriptedModel(hang());
  const first = await lab.run(model);
  const asked = lab.lab.sandbox.as("alice").dm("hermes", "never mind");
  await model.requested(1);
  await first.cancel();
  lab.lab.sandbox.as("alice").delete(asked.id);
  const next = new ScriptedModel("unexpected");
  const second = await lab.run(next);
  await second.stop();
  assert.deepEqual(next.requests, []);
  assert.deepEqual(lab.answers(), []);
});

test("[P29] runGateway() takes up an unfinished post that a busy server refuses to show at first", async () => {
  await using lab = await GatewayLab.start();
  const { clock, sandbox } = lab.lab;
  const model = new ScriptedModel(hang());
  const first = await lab.run(model);
  const asked = sandbox.as("alice").dm("hermes", "important");
  await model.requested(1);
  await first.cancel();

  const refusal = { path: new RegExp(`/${asked.id}$`), times: 1 } as const;
  const forbidden = "api.context.permissions.app_error";
  const expired = "api.context.session_expired.app_error";
  sandbox.faults.rest = [
    { ...refusal, answer: { kind: "error", status: 403, id: forbidden } },
    { ...refusal, answer: { kind: "error", status: 401, id: expired } },
  ];
  const second = lab.run(new ScriptedModel("the answer"));
  await clock.pass(Number((await lab.lab.logLine("mattermost.retry")).fields.retryInMs));
  await lab.lab.logLine("mattermost.token_refused");
  await clock.pass(1_000);
  await clock.pass(Number((await lab.lab.logLine("mattermost.retry", 1)).fields.retryInMs));
  await second;
  await lab.logged("gateway.answered", asked.id);
  assert.deepEqual(lab.answers().map((post) => post.message), ["the answer"]);
});

test("[P29] runGateway() answers with a new token what was under way when the old one died", async () => {
  await using lab = await GatewayLab.start();
  const { clock, sandbox } = lab.lab;
  const first = await lab.run(new ScriptedModel("the answer"), { exchange: { streaming: false } });
  const id = "api.context.session_expired.app_error";
  sandbox.faults.rest = [{ answer: { kind: "error", status: 401, id } }];
  const asked = sandbox.as("alice").dm("hermes", "important");
  await lab.lab.logLine("mattermost.token_refused");
  await clock.pass(1_000);
  await lab.logged("gateway.interrupted", asked.id);
  await first.stop();

  sandbox.faults.rest = [];
  await lab.run(new ScriptedModel("the answer"));
  await lab.logged("gateway.answered", asked.id);
  assert.deepEqual(lab.answers().map((post) => post.message), ["the answer"]);
});

test("runGateway() goes on when the disk does not take how an answer ended", async () => {
  await using lab = await GatewayLab.start();
  const hold = Promise.withResolvers<string>();
  const model = new ScriptedModel(() => hold.promise);
  const gateway = await lab.run(model);
  const asked = lab.lab.sandbox.as("alice").dm("hermes", "hello");
  await model.requested(1);
  await gateway.ledger.close(); // Takes nothing any more, as a full disk.
  hold.resolve("the answer");
  await lab.logged("gateway.not_recorded", asked.id);
  await gateway.stop();
  assert.deepEqual(lab.answers().map((post) => post.message), ["the answer"]);
});

test("[P29] runGateway() finds its half answer below 500 other posts, and finishes it there", async () => {
  await using lab = await GatewayLab.start();
  const { sandbox } = lab.lab;
  const model = new ScriptedModel(hang("Half an ans"));
  const first = await lab.run(model);
  const asked = sandbox.as("alice").post({ channel: "general", message: "@hermes important" });
  await model.requested(1);
  for (let index = 0; index < 500; index++) {
    sandbox.as("bob").post({ channel: "general", message: `noise ${index}` });
  }
  const half = await lab.growing(asked.id);
  await first.cancel();

  const answer = { kind: "error", status: 503, id: "" } as const;
  sandbox.faults.rest = [{ path: /\/posts/, times: 2, answer }];
  const second = lab.run(new ScriptedModel("the answer"));
  for (let failure = 0; failure < 2; failure++) {
    const { fields } = await lab.lab.logLine("mattermost.retry", failure);
    await lab.lab.clock.pass(Number(fields.retryInMs));
  }
  await second;
  await lab.logged("gateway.answered", asked.id);
  assert.deepEqual(lab.answers().map((post) => [post.id, post.message]), [[half.id, "the answer"]]);
});

test("[P14] runGateway() says so when the answer shows nothing", async () => {
  await using lab = await GatewayLab.start();
  await lab.run(new ScriptedModel("\0\u200b\ud83d"));
  const asked = lab.lab.sandbox.as("alice").dm("hermes", "hello");
  await lab.logged("gateway.answered", asked.id);
  assert.match(lab.answers()[0]?.message ?? "", /gave an empty answer/);
});

test("runGateway() lets go of an unfinished post that is older than a day", async () => {
  await using lab = await GatewayLab.start();
  const model = new ScriptedModel(hang());
  const first = await lab.run(model);
  lab.lab.sandbox.as("alice").dm("hermes", "long ago");
  await model.requested(1);
  await first.cancel();
  lab.lab.clock.advance(25 * 3_600_000);
  const next = new ScriptedModel("unexpected");
  await (await lab.run(next)).stop();
  assert.deepEqual(next.requests, []);
});

test("[C09] runGateway() ends at once, with the failure, when its events end in one", async () => {
  await using lab = await GatewayLab.start();
  const asked = lab.lab.sandbox.as("alice").dm("hermes", "hello");
  const model = new ScriptedModel(hang());
  async function* events() {
    yield postedEvent(asked);
    await model.requested(1);
    throw new UnauthorizedError(undefined);
  }
  const gateway = await lab.run(model, { events: events(), drainMs: 3_600_000 });
  await assert.rejects(gateway.done, UnauthorizedError);
});

test("[P03] runGateway() tells the operator the id of somebody who is not let in", async () => {
  await using lab = await GatewayLab.start();
  await lab.run(new ScriptedModel());
  const asked = lab.lab.sandbox.as("mallory").dm("hermes", "hello");
  const { level, fields } = await lab.logged("gateway.ignored", asked.id);
  assert.equal(level, "info");
  assert.deepEqual([fields.userId, fields.userName], [asked.user_id, "mallory"]);
});

test("[C40] runGateway() lets the answers under way finish, for as long as it may", async () => {
  await using lab = await GatewayLab.start();
  const hold = Promise.withResolvers<string>();
  const model = new ScriptedModel(() => hold.promise, hang("Half an ans"));
  const gateway = await lab.run(model, { drainMs: 10_000 });
  lab.lab.sandbox.as("alice").dm("hermes", "one");
  await model.requested(1);
  const cut = lab.lab.sandbox.as("bob").dm("hermes", "two");
  await model.requested(2);
  const stopped = gateway.stop();
  await lab.lab.clock.sleeperFor(10_000, 10_000);
  hold.resolve("in time");
  await lab.lab.sandbox.posted((post) => post.message === "in time");
  lab.lab.clock.advance(10_000);
  await stopped;
  const [closed] = lab.answers().filter((post) => post.channel_id === cut.channel_id);
  assert.match(closed?.message ?? "", /^Half an ans\n\n_\(Interrupted/);
});

test("[P08] runGateway() starts a thread under an exchange with that exchange, and with nothing else", async () => {
  await using lab = await GatewayLab.start();
  const model = new ScriptedModel("one", "two", "three");
  await lab.run(model);
  const alice = lab.lab.sandbox.as("alice");
  await lab.logged("gateway.answered", alice.dm("hermes", "first").id);
  await lab.logged("gateway.answered", alice.dm("hermes", "second").id);
  const [, second] = lab.answers();
  const inThread = alice.dm("hermes", "about that", { rootId: second?.id ?? "" });
  await lab.logged("gateway.answered", inThread.id);
  assert.deepEqual(model.requests[2]?.messages.map((message) => message.text), [
    "second",
    "two",
    "about that",
  ]);
});

test("[P07] runGateway() does not start somebody's thread with another one's exchange", async () => {
  await using lab = await GatewayLab.start();
  const model = new ScriptedModel("for alice", "for bob");
  await lab.run(model);
  const { sandbox } = lab.lab;
  const asked = sandbox.as("alice").post({ channel: "general", message: "@hermes my secret" });
  await lab.logged("gateway.answered", asked.id);
  const message = "@hermes what did she say?";
  const inThread = sandbox.as("bob").post({ channel: "general", message, rootId: asked.id });
  await lab.logged("gateway.answered", inThread.id);
  const told = model.requests[1]?.messages.map(({ text }) => text) ?? [];
  assert.equal(told.length, 1);
  assert.match(told[0] ?? "", /^what did she say\?\n\n<said_before_in_thread>/);
  assert.doesNotMatch(told[0] ?? "", /for alice/);
});

test("[C17] runGateway() listens to the bot's new name as soon as it is renamed, and not to the old", async () => {
  await using lab = await GatewayLab.start();
  const model = new ScriptedModel("at your service");
  await lab.run(model);
  const { sandbox } = lab.lab;
  sandbox.as("hermes").rename("atlas");
  const alice = sandbox.as("alice");
  const old = alice.post({ channel: "general", message: "@hermes are you there?" });
  const asked = alice.post({ channel: "general", message: "@atlas are you there?" });
  await lab.logged("gateway.answered", asked.id);
  assert.equal((await lab.logged("gateway.ignored", old.id)).fields.reason, "not_mentioned");
  assert.deepEqual(model.requests[0]?.messages.map(({ text }) => text), ["are you there?"]);
});

test("[P45] runGateway() notes in its status what it does", async () => {
  await using lab = await GatewayLab.start();
  const finish = Promise.withResolvers<string>();
  const model = new ScriptedModel(() => finish.promise, "fine");
  const gateway = await lab.run(model);
  const { status } = gateway;
  const nowMs = lab.lab.clock.nowMs();
  const alice = lab.lab.sandbox.as("alice");
  const asked = [alice.dm("hermes", "one"), alice.dm("hermes", "two")];
  for (const { id } of asked) await lab.logged("gateway.message", id);
  assert.deepEqual(status.current.connection, { kind: "connected", sinceMs: nowMs });
  assert.deepEqual(status.current.messages, { running: 1, waiting: 1 });
  finish.resolve("fine");
  for (const { id } of asked) await lab.logged("gateway.answered", id);
  assert.equal(status.current.answered, 2);
  assert.equal(status.current.sessions, 1);
  assert.equal(status.current.lastEventAtMs, nowMs);
  assert.equal(status.current.stoppingSinceMs, undefined);
  await gateway.stop();
  assert.deepEqual(status.current.messages, { running: 0, waiting: 0 });
  assert.equal(status.current.stoppingSinceMs, nowMs);
});

test("[P45] runGateway() notes since when it is disconnected, and not since when it tries again", async () => {
  await using lab = await GatewayLab.start();
  const lost = { kind: "disconnected", reason: "closed", detail: "Closed", retryInMs: 10 } as const;
  const { clock } = lab.lab;
  const startedAtMs = clock.nowMs();
  async function* events(): AsyncGenerator<ServerEvent> {
    yield { kind: "connected", how: "fresh", serverVersion: "" };
    clock.advance(1);
    yield lost;
    clock.advance(1);
    yield lost;
  }
  const gateway = await lab.run(new ScriptedModel(), { events: events() });
  await gateway.done;
  const { connection, lastEventAtMs } = gateway.status.current;
  const sinceMs = startedAtMs + 1;
  const retryAtMs = startedAtMs + 2 + 10;
  const { reason, detail } = lost;
  assert.deepEqual(connection, { kind: "disconnected", sinceMs, reason, detail, retryAtMs });
  assert.equal(lastEventAtMs, startedAtMs);
});
