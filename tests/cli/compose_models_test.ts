import assert from "node:assert/strict";
import { test } from "node:test";
import { composeModels } from "../../src/cli/compose_models.ts";
import { systemClock } from "../../src/runtime/clock.ts";
import type { LogFields } from "../../src/runtime/log.ts";
import { systemRandom } from "../../src/runtime/random.ts";
import { load } from "../config/home.ts";

const MAIN = "model: {provider: openrouter, default: main}";

async function compose(...yaml: string[]) {
  const environment = { OPENROUTER_API_KEY: "sk-main", OTHER_KEY: "sk-other" };
  const { config } = await load({ environment, yaml: [MAIN, ...yaml].join("\n") });
  assert(config !== undefined);
  const logged: { event: string; fields: LogFields }[] = [];
  const models = composeModels(config, {
    clock: systemClock,
    random: systemRandom,
    log: (_level, event, fields = {}) => logged.push({ event, fields }),
  });
  const keys = models.apiKeys.map((key) => key.reveal());
  return { ...models, keys, logged };
}

test("[P115] composeModels() puts the stand-ins behind the model, without the model itself", async () => {
  const { chain, keys } = await compose(
    "fallback_providers:",
    "  - {provider: openrouter, model: main}",
    "  - {provider: openrouter, model: second}",
    "  - {provider: custom, model: third, base_url: 'http://127.0.0.1:9/v1', key_env: OTHER_KEY}",
  );
  const second = chain.after(chain.primary);
  const third = second && chain.after(second);
  assert.deepEqual([chain.primary, second, third].map((model) => model?.modelId), [
    "main",
    "second",
    "third",
  ]);
  assert.equal(third && chain.after(third), undefined);
  assert.deepEqual(keys, ["sk-main", "sk-main", "sk-other"]);
});

test("[P115] composeModels() leaves out a stand-in that cannot be used, and says so", async () => {
  const { chain, logged } = await compose(
    "fallback_providers: [{provider: anthropic, model: claude}, {provider: ollama, model: m}]",
  );
  assert.equal(chain.after(chain.primary)?.modelId, "m");
  assert.equal(logged[0]?.event, "model.left_out");
  assert.equal(logged[0]?.fields["setting"], "fallback_providers.0");
  assert.match(String(logged[0]?.fields["hint"]), /ANTHROPIC_API_KEY/);
});

test("composeModels() gives side work to the main model unless the settings name another", async () => {
  const main = await compose("auxiliary: {compression: {provider: auto, model: ''}}");
  assert.equal(main.auxiliary("compression"), main.chain.primary);
  const other = await compose("auxiliary: {compression: {provider: main, model: small}}");
  assert.equal(other.auxiliary("compression").modelId, "small");
  const own = await compose(
    "auxiliary: {compression: {base_url: 'http://127.0.0.1:9/v1', model: tiny}}",
  );
  assert.equal(own.auxiliary("compression").modelId, "tiny");
  assert.deepEqual(own.keys, ["sk-main", "no-key-required"]);
});
