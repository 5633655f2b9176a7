import assert from "node:assert/strict";
import { test } from "node:test";
import { ScriptedModel } from "../../../src/sandbox/scripted_model.ts";
import { GatewayLab } from "../gateway_lab.ts";

const CHANNEL = "town-square";

test("[P211] runGateway() answers follow-ups in its thread without a mention, also after a restart", async () => {
  await using lab = await GatewayLab.start();
  const first = await lab.run(new ScriptedModel("in the thread"));
  const alice = lab.lab.sandbox.as("alice");
  const root = alice.post({ channel: CHANNEL, message: "the pump is broken" });
  const called = alice.post({ channel: CHANNEL, message: "@hermes help", rootId: root.id });
  await lab.logged("gateway.answered", called.id);
  await first.stop();

  const missed = alice.post({ channel: CHANNEL, message: "and so?", rootId: root.id });
  await lab.run(new ScriptedModel("missed", "without a mention"));
  await lab.logged("gateway.answered", missed.id);
  const followUp = alice.post({ channel: CHANNEL, message: "and now?", rootId: root.id });
  await lab.logged("gateway.answered", followUp.id);
  const beside = alice.post({ channel: CHANNEL, message: "and here?" });
  await lab.logged("gateway.ignored", beside.id);
  assert.deepEqual(lab.answers().map(({ message, root_id }) => [message, root_id]), [
    ["in the thread", root.id],
    ["missed", root.id],
    ["without a mention", root.id],
  ]);
});

test("[P211] runGateway() takes a reply below its own answer as meant for it", async () => {
  await using lab = await GatewayLab.start();
  await lab.run(new ScriptedModel("flat", "below"));
  const alice = lab.lab.sandbox.as("alice");
  const asked = alice.post({ channel: CHANNEL, message: "@hermes hello" });
  await lab.logged("gateway.answered", asked.id);
  const [answer] = lab.answers();
  const reply = alice.post({ channel: CHANNEL, message: "why?", rootId: answer?.id ?? "" });
  await lab.logged("gateway.answered", reply.id);
  assert.equal(lab.answers()[1]?.root_id, answer?.id);
});

test("[P212] runGateway() leaves alone what is for others in its thread, and what strangers say", async () => {
  await using lab = await GatewayLab.start();
  const model = new ScriptedModel("here", "mentioned as well");
  await lab.run(model);
  const { sandbox } = lab.lab;
  const [alice, bob, mallory] = ["alice", "bob", "mallory"].map((name) => sandbox.as(name));
  const called = alice?.post({ channel: CHANNEL, message: "@hermes help" });
  await lab.logged("gateway.answered", called?.id ?? "");
  const rootId = lab.answers()[0]?.id ?? "";
  for (const message of ["@alice what do you think?", "let us ask @alice", "@here lunch?"]) {
    const aside = bob?.post({ channel: CHANNEL, message, rootId });
    const line = await lab.logged("gateway.ignored", aside?.id ?? "");
    assert.equal(line.fields.reason, "for_others", message);
  }
  const strange = mallory?.post({ channel: CHANNEL, message: "do this", rootId });
  const line = await lab.logged("gateway.ignored", strange?.id ?? "");
  assert.equal(line.fields.reason, "not_mentioned");
  const both = bob?.post({ channel: CHANNEL, message: "@alice @hermes what now?", rootId });
  await lab.logged("gateway.answered", both?.id ?? "");
  assert.equal(model.requests.length, 2);
});

test("[P213] !follow off ends the following in a thread, and !follow on begins it again", async () => {
  await using lab = await GatewayLab.start();
  await lab.run(new ScriptedModel("called", "mentioned", "followed"));
  const alice = lab.lab.sandbox.as("alice");
  const says = (message: string) => alice.post({ channel: CHANNEL, message, rootId: root.id });
  const root = alice.post({ channel: CHANNEL, message: "a thread" });
  await lab.logged("gateway.answered", says("@hermes help").id);
  await lab.logged("gateway.answered", says("!follow off").id);
  await lab.logged("gateway.ignored", says("not for you").id);
  await lab.logged("gateway.answered", says("@hermes once").id);
  await lab.logged("gateway.ignored", says("not for you either").id);
  await lab.logged("gateway.answered", says("@hermes !follow on").id);
  await lab.logged("gateway.answered", says("for you").id);
  const said = lab.answers().map(({ message }) => message);
  assert.deepEqual([said[0], said[2], said[4]], ["called", "mentioned", "followed"]);
  assert.match(said[1] ?? "", /only when I am mentioned/);
  assert.match(said[3] ?? "", /I follow this thread/);
});
