import assert from "node:assert/strict";
import { test } from "node:test";
import { startTcpServer, unusedPort } from "../../runtime/servers.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { DoctorLab } from "./doctor_lab.ts";

test("[P25] checkModel() says who answers, and that the size of its window is a guess", async () => {
  await using lab = await DoctorLab.open();
  const found = await lab.examine();
  assert.equal(
    found.named("model").message,
    "test-model of the model server answers, taken to have 128000 tokens of context: model.context_length can tell",
  );
  assert.equal(found.named("model-endpoint").status, "ok");
  assert.deepEqual(lab.lab.model.requests, [], "it was not asked anything");
  const told = await lab.examine({ yaml: "  context_length: 32000\n" });
  assert.match(told.named("model").message, /answers, 32000 tokens of context$/);
  const same = await lab.examine({ yaml: "  context_length: 128000\n" });
  assert.match(same.named("model").message, /answers, 128000 tokens of context$/);
});

test("[P25] checkModel() names a missing model, and a server that is not there", async () => {
  await using lab = await DoctorLab.open();
  const none = await lab.examine({ noModel: true });
  assert.match(none.named("model").message, /none is set up/);
  assert.equal(none.named("model-endpoint").status, "skipped");
  const keyless = await lab.examine({ noModel: true, yaml: "model:\n  provider: openrouter\n" });
  assert.match(keyless.named("model").message, /there is no API key for OpenRouter/);
  assert.equal(keyless.named("model").remedy, "Set OPENROUTER_API_KEY in .env.");
  const url = `http://127.0.0.1:${await unusedPort()}/v1`;
  const yaml = `model:\n  provider: custom\n  base_url: ${url}\n  default: m\n`;
  const down = await lab.examine({ noModel: true, yaml }, { live: true });
  assert.ok(down.checks.every(({ name }) => name !== "model-answer"), "it is not asked");
  assert.match(down.named("model-endpoint").message, /connection refused/);
  assert.match(down.named("model-endpoint").remedy, /model\.base_url/);
});

test("[P25] checkModel() waits 10 s for a server that takes connections and says nothing", async () => {
  await using lab = await DoctorLab.open();
  const reached = Promise.withResolvers<void>();
  await using mute = await startTcpServer(() => reached.resolve());
  const clock = new FakeClock(Date.now());
  const url = `http://127.0.0.1:${mute.port}/v1`;
  const yaml = `model:\n  provider: custom\n  base_url: ${url}\n  default: m\n`;
  const examined = lab.examine({ noModel: true, yaml }, { clock });
  await reached.promise;
  clock.advance(10_000);
  assert.match((await examined).named("model-endpoint").message, /did not answer within 10 s/);
});

test("[P25] checkModel() tells which stand-in cannot be used", async () => {
  await using lab = await DoctorLab.open();
  const yaml = "fallback_providers:\n  - provider: openrouter\n    model: x\n";
  const { message } = (await lab.examine({ yaml })).named("model", "warning");
  assert.match(message, /^fallback_providers\.0 is left out: .*OpenRouter/);
});

test("[P58] with live checks the model is asked once, and its refusal is told", async () => {
  await using lab = await DoctorLab.open();
  const answered = (await lab.examine({}, { live: true })).named("model-answer");
  assert.match(answered.message, /^test-model answered in \d+\.\d s \(10 tokens in, 5 out\)$/);
  assert.equal(lab.lab.model.requests.length, 1);
  lab.lab.model.answer = () => ({ kind: "failure", status: 401, message: "wrong key" });
  const refused = (await lab.examine({}, { live: true })).named("model-answer");
  assert.equal(refused.status, "failure");
  assert.match(refused.message, /Cannot get an answer from the model/);
});
