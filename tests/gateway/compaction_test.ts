import assert from "node:assert/strict";
import { test } from "node:test";
import { Compactor } from "../../src/agent/compactor.ts";
import { silentLog } from "../../src/runtime/log.ts";
import { ScriptedModel } from "../../src/sandbox/scripted_model.ts";
import { turnDeps } from "../support/turn_deps.ts";
import { GatewayLab } from "./gateway_lab.ts";

/** What the exchanges of a gateway work with whose model holds little. */
function smallWindow(lab: GatewayLab, model: ScriptedModel, helper: ScriptedModel) {
  model.contextTokensMax = 2_000;
  const compactor = new Compactor({
    models: [helper],
    clock: lab.lab.clock,
    log: silentLog,
    redact: (text) => text,
    unfinished: () => "",
  });
  return { turn: turnDeps([model], { compaction: { compactor, triggerShare: 0.5 } }) };
}

test("[P118] runGateway() goes on with a summary, in the same session and after a restart", async () => {
  await using lab = await GatewayLab.start();
  const long = (text: string) => `${text} ${"x".repeat(1_500)}`;
  const answers = Array.from({ length: 5 }, (_, index) => long(`answer ${index}`));
  const helper = new ScriptedModel(...Array(9).fill("They asked a lot."));
  const model = new ScriptedModel(...answers);
  const first = await lab.run(model, { exchange: smallWindow(lab, model, helper) });
  const alice = lab.lab.sandbox.as("alice");
  for (let index = 0; index < 5; index++) {
    const asked = alice.dm("hermes", long(`question ${index}`));
    await lab.logged("gateway.answered", asked.id);
  }
  assert.ok(helper.requests.length >= 1);
  const newest = model.requests.map(({ messages }) => messages.at(-1)?.text.slice(0, 10));
  assert.deepEqual(newest, Array.from({ length: 5 }, (_, index) => `question ${index}`));
  await first.stop();

  const again = new ScriptedModel("the last answer");
  await lab.run(again, { exchange: smallWindow(lab, again, helper) });
  const asked = alice.dm("hermes", "and now?");
  await lab.logged("gateway.answered", asked.id);
  const [request] = again.requests;
  assert.match(request?.messages[0]?.text ?? "", /as background/);
  assert.equal(request?.messages.at(-1)?.text, "and now?");
  assert.equal(lab.answers().length, 6);
});
