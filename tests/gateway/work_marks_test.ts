import assert from "node:assert/strict";
import { test } from "node:test";
import { ModelError } from "../../src/models/errors.ts";
import { hang, ScriptedModel } from "../../src/sandbox/scripted_model.ts";
import { GatewayLab } from "./gateway_lab.ts";

const MARKED = { exchange: { reactions: true } };

/** What the bot has put on a post, oldest first. */
function marksOn(lab: GatewayLab, postId: string): string[] {
  return lab.lab.sandbox.world.reactions
    .filter((reaction) => reaction.post_id === postId && reaction.user_id === lab.lab.botUserId)
    .map((reaction) => reaction.emoji_name);
}

test("[P200] runGateway() marks a message while it works on it, and then how that ended", async () => {
  await using lab = await GatewayLab.start();
  const failure = new ModelError("overloaded", "Cannot ask the model: it is busy", {
    hint: "Wait",
  });
  const during: string[][] = [];
  const looking = (answer: string | Error) => async () => {
    await lab.lab.sandbox.until(() => marksOn(lab, asked.id).length > 0 || undefined);
    during.push(marksOn(lab, asked.id));
    return answer;
  };
  const model = new ScriptedModel(looking("fine"), looking(failure), hang());
  await lab.run(model, MARKED);
  const alice = lab.lab.sandbox.as("alice");
  let asked = alice.dm("hermes", "a question");
  await lab.logged("gateway.answered", asked.id);
  assert.deepEqual(marksOn(lab, asked.id), ["white_check_mark"]);
  asked = alice.dm("hermes", "a failure");
  await lab.logged("gateway.answered", asked.id);
  assert.deepEqual(marksOn(lab, asked.id), ["x"]);
  assert.deepEqual(during, [["eyes"], ["eyes"]]);
  asked = alice.dm("hermes", "stopped");
  await model.requested(3);
  alice.dm("hermes", "!stop");
  await lab.logged("gateway.answered", asked.id);
  assert.deepEqual(marksOn(lab, asked.id), []);
  assert.equal(lab.lab.requested(/reactions/).length, 3 + 3 + 2);
});

test("[P200] runGateway() keeps the mark on a message that is worked on anew, because it was edited", async () => {
  await using lab = await GatewayLab.start();
  const { sandbox } = lab.lab;
  await lab.run(new ScriptedModel(hang("Paris is "), "London is the capital."), MARKED);
  const asked = sandbox.as("alice").dm("hermes", "capital of France?");
  await lab.growing(asked.id);
  sandbox.as("alice").edit(asked.id, "capital of England?");
  await lab.logged("gateway.answered", asked.id);
  assert.deepEqual(marksOn(lab, asked.id), ["white_check_mark"]);
  const removals = sandbox.requests.filter(({ method, path }) =>
    method === "DELETE" && path.includes("reactions")
  );
  assert.equal(removals.length, 1);
});

test("[P200] runGateway() leaves the mark on what it is to take up again, and takes it away then", async () => {
  await using lab = await GatewayLab.start();
  const first = await lab.run(new ScriptedModel(hang()), MARKED);
  const asked = lab.lab.sandbox.as("alice").dm("hermes", "important");
  await lab.lab.sandbox.until(() => marksOn(lab, asked.id).length > 0 || undefined);
  await first.cancel();
  assert.deepEqual(marksOn(lab, asked.id), ["eyes"]);
  await lab.run(new ScriptedModel("the answer"), MARKED);
  await lab.logged("gateway.answered", asked.id);
  assert.deepEqual(marksOn(lab, asked.id), ["white_check_mark"]);
});

test("[P200] runGateway() takes the mark away from what is too old to be taken up again", async () => {
  await using lab = await GatewayLab.start();
  const first = await lab.run(new ScriptedModel(hang()), MARKED);
  const asked = lab.lab.sandbox.as("alice").dm("hermes", "important");
  await lab.lab.sandbox.until(() => marksOn(lab, asked.id).length > 0 || undefined);
  await first.cancel();
  lab.lab.clock.advance(2 * 86_400_000);
  await lab.run(new ScriptedModel(), MARKED);
  assert.deepEqual(marksOn(lab, asked.id), []);
});

test("[P200] runGateway() settles the mark of an answer that was complete when the stop came", async () => {
  await using lab = await GatewayLab.start();
  const { sandbox } = lab.lab;
  const gateway = await lab.run(new ScriptedModel("complete"), MARKED);
  sandbox.faults.rest = [{ path: /^\/posts$/, times: 1, answer: { kind: "html", status: 502 } }];
  const asked = sandbox.as("alice").dm("hermes", "a question");
  await lab.loggedNext("reply.create_failed");
  await gateway.cancel();
  assert.deepEqual(lab.answers().map((post) => post.message), ["complete"]);
  assert.deepEqual(marksOn(lab, asked.id), ["white_check_mark"]);
});

test("[P200] runGateway() answers the same where it may not react, and where reacting hangs", async () => {
  await using lab = await GatewayLab.start();
  const { sandbox, clock } = lab.lab;
  await lab.run(new ScriptedModel("one", "two"), MARKED);
  const error = { kind: "error", status: 403, id: "api.context.permissions.app_error" } as const;
  sandbox.faults.rest = [{ path: /^\/reactions$/, answer: error }];
  const refused = sandbox.as("alice").dm("hermes", "refused");
  await lab.logged("gateway.answered", refused.id);
  const delay = { kind: "delay", durationMs: 60_000 } as const;
  sandbox.faults.rest = [{ path: /reactions/, answer: delay }];
  const hanging = sandbox.as("alice").dm("hermes", "hanging");
  await sandbox.posted((post) => post.message === "two");
  await clock.sleeperFor(2_000, 2_000);
  clock.advance(2_000);
  await lab.logged("gateway.answered", hanging.id);
  assert.deepEqual(lab.answers().map((post) => post.message), ["one", "two"]);
});

test("[P200] runGateway() takes away a mark that comes late, and not before it is there", async () => {
  await using lab = await GatewayLab.start();
  const { sandbox, clock } = lab.lab;
  await lab.run(new ScriptedModel("quick"), MARKED);
  const answer = { kind: "delay", durationMs: 500 } as const;
  sandbox.faults.rest = [{ method: "POST", path: /reactions/, times: 1, answer }];
  const asked = sandbox.as("alice").dm("hermes", "a question");
  await sandbox.posted((post) => post.message === "quick");
  await clock.sleeperFor(2_000, 2_000);
  const never = new AbortController().signal;
  for (let trip = 0; trip < 3; trip++) await lab.lab.api().getMe(never); // As long as the rest takes.
  assert.deepEqual(marksOn(lab, asked.id), []);
  clock.advance(500);
  await lab.logged("gateway.answered", asked.id);
  assert.deepEqual(marksOn(lab, asked.id), ["white_check_mark"]);
});

test("[P200] runGateway() marks nothing where that is switched off", async () => {
  await using lab = await GatewayLab.start();
  await lab.run(new ScriptedModel("fine"));
  const asked = lab.lab.sandbox.as("alice").dm("hermes", "a question");
  await lab.logged("gateway.answered", asked.id);
  assert.deepEqual(lab.lab.requested(/reactions/), []);
});
