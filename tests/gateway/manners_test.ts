import assert from "node:assert/strict";
import { test } from "node:test";
import { BOT_ANSWERS_MAX, BOT_WINDOW_MS } from "../../src/gateway/bot_budget.ts";
import { ASK_INTERVAL_MS, PairingStore } from "../../src/gateway/pairing/pairing_store.ts";
import { Strangers } from "../../src/gateway/pairing/strangers.ts";
import type { PostedEvent } from "../../src/mattermost/events.ts";
import { hang, ScriptedModel } from "../../src/sandbox/scripted_model.ts";
import { inboundMessage } from "../support/inbound.ts";
import { seededRandom } from "../support/seeded_random.ts";
import { tempDir } from "../support/temp_dir.ts";
import { GatewayLab, postedEvent } from "./gateway_lab.ts";

test("[P216] runGateway() gives a stranger one code in a direct message, and nothing in a channel", async () => {
  await using lab = await GatewayLab.start();
  await using dir = await tempDir();
  const { clock, sandbox } = lab.lab;
  const store = new PairingStore({ folder: dir.path, clock, random: seededRandom(3) });
  const model = new ScriptedModel("let in");
  const allowed = new Set<string>();
  const policy = { allowedUsers: allowed };
  const strangers = new Strangers(store, clock);
  await lab.run(model, { strangers, policy });
  const mallory = sandbox.as("mallory");
  const first = mallory.dm("hermes", "let me in");
  await lab.logged("gateway.answered", first.id);
  const again = mallory.dm("hermes", "please!");
  await lab.logged("gateway.ignored", again.id);
  clock.advance(2 * ASK_INTERVAL_MS); // Time in which sweeps find it.
  const decision = { kind: "ignore", reason: "user_not_allowed" } as const;
  const found = inboundMessage({ senderId: mallory.user.id, createdAtMs: again.create_at });
  assert.equal(strangers.meets(found, decision), false);
  const loud = mallory.post({ channel: "town-square", message: "@hermes hello" });
  await lab.logged("gateway.ignored", loud.id);
  const [told, ...others] = lab.answers();
  assert.deepEqual(others, []);
  const [, code = ""] = told?.message.match(/hermes pairing approve mattermost (\w{8})`/) ?? [];
  assert.equal((await store.approve(code)).kind, "approved");
  assert.ok(lab.lab.logs.every((line) => !JSON.stringify(line).includes(code)), "not in the log");

  allowed.add(sandbox.user("mallory").id);
  await lab.logged("gateway.answered", mallory.dm("hermes", "and now?").id);
  assert.equal(lab.answers().at(-1)?.message, "let in");
});

test("[P216] runGateway() cannot be made to post by a crowd of strangers", async () => {
  await using lab = await GatewayLab.start();
  await using dir = await tempDir();
  const { clock, sandbox } = lab.lab;
  const store = new PairingStore({ folder: dir.path, clock, random: seededRandom(3) });
  const post = sandbox.as("mallory").dm("hermes", "hello");
  const crowd = Array.from({ length: 100 }, (_, index) => {
    const id = `${index}`.padStart(26, "p");
    return postedEvent({ ...post, id, user_id: `${index}`.padStart(26, "u") });
  });
  async function* events() {
    yield* crowd;
  }
  const strangers = new Strangers(store, clock);
  const gateway = await lab.run(new ScriptedModel(), { strangers, events: events() });
  await gateway.done;
  const said = lab.answers().map(({ message }) => message);
  assert.equal(said.filter((message) => message.includes("pairing approve")).length, 3);
  assert.equal(said.filter((message) => message.includes("try again in an hour")).length, 17);
});

test("[P216] [P218] runGateway() says after a restart what it could not say before, and repeats nothing", async () => {
  await using lab = await GatewayLab.start();
  await using dir = await tempDir();
  const { clock, sandbox } = lab.lab;
  const store = new PairingStore({ folder: dir.path, clock, random: seededRandom(3) });
  const options = () => ({ strangers: new Strangers(store, clock) });
  const first = await lab.run(new ScriptedModel(), options());
  sandbox.faults.creates.push({ kind: "fail" }, { kind: "save_then_hang", durationMs: 600_000 });
  const asked = sandbox.as("mallory").dm("hermes", "let me in");
  await lab.loggedNext("reply.create_failed");
  sandbox.as("alice").remove("general", "hermes");
  sandbox.as("alice").add("general", "hermes");
  const added = [...sandbox.world.posts.values()].findLast(({ type }) =>
    type === "system_add_to_channel"
  );
  const isStored = ({ message }: { message: string }) => message.startsWith("Hello! I am");
  await sandbox.posted(isStored);
  assert.equal(lab.answers().length, 1);
  await first.cancel();
  const second = await lab.run(new ScriptedModel(), options());
  for (const id of [asked.id, added?.id ?? ""]) await lab.logged("gateway.answered", id);
  await second.stop();
  await (await lab.run(new ScriptedModel(), options())).stop();
  const said = lab.answers().map(({ message }) => message.replace(/\w{8}/g, "")).sort();
  assert.equal(said.length, 2, said.join("\n"));
});

test("[P215] runGateway() answers an allowed bot a few times, says once that it stops, and goes on later", async () => {
  await using lab = await GatewayLab.start();
  const post = lab.lab.sandbox.as("alice").dm("hermes", "beep");
  let count = 0;
  const beep = (afterMs = 0): PostedEvent => {
    const id = `${count++}`.padStart(26, "p");
    const create_at = post.create_at + count + afterMs;
    return postedEvent({ ...post, id, create_at, props: { from_bot: "true" } });
  };
  const first = Array.from({ length: BOT_ANSWERS_MAX + 5 }, () => beep());
  const later = beep(BOT_WINDOW_MS);
  async function* events() {
    yield* [...first, ...first];
    yield later;
    yield* first; // A sweep finds what was left alone.
  }
  const model = new ScriptedModel(...Array.from({ length: 30 }, (_, index) => `boop ${index}`));
  const policy = { bots: { mode: "all", userIds: new Set<string>() } } as const;
  const gateway = await lab.run(model, { events: events(), policy });
  await gateway.done;
  const said = lab.answers().map(({ message }) => message);
  assert.equal(said.filter((message) => message.startsWith("boop")).length, BOT_ANSWERS_MAX + 1);
  assert.equal(said.filter((message) => message.startsWith("Another bot")).length, 1);
});

test("[P218] runGateway() says hello where it is added, once, and not where it may not answer or others are added", async () => {
  await using lab = await GatewayLab.start();
  const { sandbox } = lab.lab;
  const alice = sandbox.as("alice");
  const channelId = (name: string) => sandbox.world.channelNamed(name)?.id ?? "";
  const policy = { allowedChannels: new Set([channelId("general")]) };
  await lab.run(new ScriptedModel(), { policy });
  for (const channel of ["general", "secret"]) {
    alice.remove(channel, "hermes");
    alice.add(channel, "hermes");
  }
  const added = [...sandbox.world.posts.values()].filter(({ type }) =>
    type === "system_add_to_channel"
  );
  await lab.logged("gateway.answered", added[0]?.id ?? "");
  await lab.logged("gateway.ignored", added[1]?.id ?? "");
  const [hello, ...others] = lab.answers();
  assert.equal(hello?.channel_id, channelId("general"));
  assert.match(hello?.message ?? "", /^Hello! .*@hermes/);
  assert.deepEqual(others, []);
});

test("[P218] runGateway() stops its work where it was removed and what was archived, and serves all others", async () => {
  await using lab = await GatewayLab.start();
  const { sandbox } = lab.lab;
  const alice = sandbox.as("alice");
  const model = new ScriptedModel(hang(), hang("growing"), "still here", "back again");
  await lab.run(model);
  const removed = alice.post({ channel: "general", message: "@hermes think" });
  await model.requested(1);
  const archived = alice.post({ channel: "secret", message: "@hermes think" });
  await model.requested(2);
  alice.remove("general", "hermes");
  sandbox.admin.archive("secret");
  for (const { id } of [removed, archived]) {
    assert.equal((await lab.logged("gateway.dropped", id)).fields.why, "channel_closed");
  }
  await lab.logged("gateway.answered", alice.dm("hermes", "are you there?").id);
  alice.add("general", "hermes");
  const back = alice.post({ channel: "general", message: "@hermes again" });
  await lab.logged("gateway.answered", back.id);
  const said = lab.answers().map(({ message }) => message);
  assert.deepEqual(said.filter((message) => !message.startsWith("Hello!")), [
    "still here",
    "back again",
  ]);
  assert.equal(model.requests[3]?.messages.length, 1, "nothing is left of what was dropped");
});
