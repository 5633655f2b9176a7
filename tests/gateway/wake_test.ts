import assert from "node:assert/strict";
import { test } from "node:test";
import { toWakeMessage, type Wake } from "../../src/gateway/wake.ts";
import { WaitingItems } from "../../src/runtime/waiting_items.ts";
import { hang, ScriptedModel } from "../../src/sandbox/scripted_model.ts";
import type { SessionKey } from "../../src/sessions/session_store.ts";
import type { ReplyMode } from "../../src/gateway/session_key.ts";
import { inboundMessage } from "../support/inbound.ts";
import { everywhere } from "../support/reply_modes.ts";
import { GatewayLab } from "./gateway_lab.ts";

test("[P129] a conversation that is woken answers where it takes place", async () => {
  await using lab = await GatewayLab.start();
  const wakes = new WaitingItems<Wake>(10);
  const model = new ScriptedModel("started", "it is done");
  await lab.run(model, { wakes });
  const asked = lab.lab.sandbox.as("alice").dm("hermes", "start it");
  const sessionKey = (await lab.logged("gateway.message", asked.id)).fields.session as SessionKey;
  await lab.logged("gateway.answered", asked.id);
  wakes.push({ sessionKey, text: "[proc_1 has ended]" });
  const { postId } = await lab.loggedNext("gateway.woken");
  await lab.logged("gateway.answered", String(postId));
  const [first, second] = lab.answers();
  assert.equal(second?.message, "it is done");
  assert.equal(second?.channel_id, first?.channel_id);
  assert.deepEqual(model.requests[1]?.messages.map((message) => message.text), [
    "start it",
    "started",
    "[proc_1 has ended]",
  ]);
});

test("[P129] a wake waits for the turn that runs, and is answered in the same thread", async () => {
  await using lab = await GatewayLab.start();
  const wakes = new WaitingItems<Wake>(10);
  const finish = Promise.withResolvers<string>();
  const model = new ScriptedModel("root", () => finish.promise, "woken answer");
  await lab.run(model, { wakes });
  const alice = lab.lab.sandbox.as("alice");
  const root = alice.post({ channel: "town-square", message: "@hermes hello" });
  await lab.logged("gateway.answered", root.id);
  const reply = alice.post({ channel: "town-square", message: "@hermes go", rootId: root.id });
  await model.requested(2);
  const sessionKey = (await lab.logged("gateway.message", reply.id)).fields.session as SessionKey;
  wakes.push({ sessionKey, text: "news" });
  const { postId } = await lab.loggedNext("gateway.woken");
  assert.equal(model.requests.length, 2);
  finish.resolve("running answer");
  await lab.logged("gateway.answered", String(postId));
  const answer = lab.answers().at(-1);
  assert.equal(answer?.message, "woken answer");
  assert.equal(answer?.root_id, root.id);
});

test("a wake of a conversation that nobody knows is dropped, and so is one after the end", async () => {
  await using lab = await GatewayLab.start();
  const wakes = new WaitingItems<Wake>(10);
  const model = new ScriptedModel(hang());
  const gateway = await lab.run(model, { wakes, drainMs: 0 });
  wakes.push({ sessionKey: "unknown" as SessionKey, text: "news" });
  await lab.loggedNext("gateway.wake_lost");
  await gateway.stop();
  wakes.push({ sessionKey: "unknown" as SessionKey, text: "news" });
  assert.deepEqual(model.requests, []);
});

function options(mode: ReplyMode) {
  return {
    groupSessionsPerUser: true,
    threadSessionsPerUser: true,
    replyModes: everywhere(mode),
  };
}

test("toWakeMessage() opens no thread of its own, and names nobody as its author", () => {
  const wake = { sessionKey: "k" as SessionKey, text: "news" };
  const last = inboundMessage({ postId: "p1", channelKind: "public", senderId: "alice" });
  const flat = toWakeMessage(wake, last, options("off"), "w1");
  assert.deepEqual([flat.postId, flat.rootId, flat.origin], ["p1.w1", "", "nobody"]);
  assert.equal(toWakeMessage(wake, last, options("thread"), "w1").rootId, "p1");
  const inThread = inboundMessage({ postId: "p2", rootId: "r1" });
  assert.equal(toWakeMessage(wake, inThread, options("thread"), "w1").rootId, "r1");
});
