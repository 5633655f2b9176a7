import assert from "node:assert/strict";
import { test } from "node:test";
import { ModelError } from "../../src/models/errors.ts";
import { ModelChain } from "../../src/models/model_chain.ts";
import { ScriptedModel } from "../../src/sandbox/scripted_model.ts";
import { FakeClock } from "../support/fake_clock.ts";

const limited = new ModelError("rate_limit", "too many requests", { hint: "Wait." });
const failing = new ModelError("overloaded", "it fails", { hint: "Wait." });

test("[P115] ModelChain begins each turn with the first model, and goes down in order", () => {
  const [a, b, c] = [new ScriptedModel(), new ScriptedModel(), new ScriptedModel()];
  const chain = new ModelChain([a, b, c], new FakeClock());
  assert.equal(chain.first(), a);
  assert.equal(chain.after(a), b);
  assert.equal(chain.after(b), c);
  assert.equal(chain.after(c), undefined);
  chain.note(a, failing);
  assert.equal(chain.first(), a);
});

test("[P115] ModelChain lets a model that takes no more requests rest for a minute", () => {
  const clock = new FakeClock();
  const [a, b] = [new ScriptedModel(), new ScriptedModel()];
  const chain = new ModelChain([a, b], clock);
  chain.note(a, limited);
  assert.equal(chain.first(), b);
  assert.equal(chain.primary, a);
  clock.advance(59_999);
  assert.equal(chain.first(), b);
  clock.advance(1);
  assert.equal(chain.first(), a);
});

test("ModelChain asks a resting model rather than none", () => {
  const [a, b] = [new ScriptedModel(), new ScriptedModel()];
  const chain = new ModelChain([a, b], new FakeClock());
  chain.note(a, limited);
  chain.note(b, limited);
  assert.equal(chain.first(), a);
  assert.equal(chain.after(a), b);
});
