import assert from "node:assert/strict";
import { test } from "node:test";
import { askModel } from "../../../src/cli/setup/model_question.ts";
import { Secret } from "../../../src/runtime/secret.ts";
import { ScriptedPrompter, type Step } from "./scripted_prompter.ts";
import { QUIET_ENVIRONMENT, SetupLab, type SetupLabInput } from "./setup_lab.ts";

/** Asks for the model alone, and gives what was said and what the draft has of it. */
async function ask(lab: SetupLab, steps: readonly Step[], input: SetupLabInput = {}) {
  const prompter = new ScriptedPrompter(steps);
  const context = await lab.context(prompter, input);
  await askModel(context);
  assert.deepEqual(prompter.left, [], "all was asked");
  const { draft } = context;
  const values = Object.fromEntries(
    [...draft.answers].map(([key, answer]) => [key, answer.value]),
  );
  const key = draft.apiKey && `${draft.apiKey.variable}=${draft.apiKey.secret.reveal()}`;
  return { prompter, values, key };
}

const WHICH = /^Which model answers\?/;
const WHAT_NOW = /^What now\?/;

/** What a change to another source takes out, because it was said of the one before. */
const GONE = {
  "model.api_key": undefined,
  "model.api_mode": undefined,
  "model.context_length": undefined,
};

test("[P72] askModel() offers the programs of this machine with the models that they list", async () => {
  await using lab = await SetupLab.open();
  lab.model.models = ["qwen3", "llama4"];
  const environment = { ...QUIET_ENVIRONMENT, OLLAMA_BASE_URL: lab.model.url };
  const { values } = await ask(lab, [
    [/Which model answers\? \[Ollama on this machine \(2 models\) \|/, "Ollama on this machine"],
    [/Which model of Ollama\? \[qwen3 .*\| llama4 .*\| Another one/, "llama4"],
  ], { environment });
  assert.deepEqual(values, {
    ...GONE,
    "model.provider": "ollama",
    "model.base_url": lab.model.url,
    "model.default": "llama4",
  });
});

test("askModel() takes a server of one's own, with its key in .env under a name of its own", async () => {
  await using lab = await SetupLab.open();
  const { key, values, prompter } = await ask(lab, [
    [WHICH, "Another server"],
    [/Address of the model server/, "model.example"],
    [/Address of the model server/, `${lab.model.url}/`],
    [/API key for 127\.0\.0\.1:\d+ \(empty for none\)/, "sk-own"],
    [/Which model of 127/, "Another one"],
    [/Id of the model/, ""],
    [/Id of the model/, "other-model"],
  ]);
  assert.deepEqual(values, {
    ...GONE,
    "model.provider": "custom",
    "model.base_url": lab.model.url,
    "model.default": "other-model",
    "model.api_key": "${MODEL_API_KEY}",
  });
  assert.equal(key, "MODEL_API_KEY=sk-own");
  assert.equal(lab.model.requests[0]?.authorization, "Bearer sk-own");
  const [scheme, empty] = prompter.said("problem");
  assert.match(scheme ?? "", /^The address of the model server does not begin with https:/);
  assert.match(empty ?? "", /^The id of the model is empty/);
  assert.match(prompter.said("good").at(-1) ?? "", /^other-model answered in \d+\.\d s$/);
});

test("askModel() puts the key of a known provider under the name that it has there", async () => {
  await using lab = await SetupLab.open();
  const steps: Step[] = [
    [WHICH, "Mistral"],
    [/^API key for Mistral$/, ""],
    [/^API key for Mistral$/, "mi-key"],
    [/Id of the model/, "mistral-small"],
  ];
  const { key, values } = await ask(lab, steps, { isChecked: false });
  assert.equal(key, "MISTRAL_API_KEY=mi-key");
  assert.deepEqual(values, {
    ...GONE,
    "model.provider": "mistral",
    "model.base_url": undefined,
    "model.default": "mistral-small",
  });
});

test("askModel() offers the key that is there, and providers with a key first", async () => {
  await using lab = await SetupLab.open();
  await lab.write(".env", "XAI_API_KEY=xai-key\n");
  await lab.write("config.yaml", "model:\n  provider: mistral\n  default: gone\n");
  const { key, values } = await ask(lab, [
    [/Which model answers\? \[xAI \(its key is set\) \| OpenRouter/, "xAI"],
    [/Which API key for xAI\? \[The one in XAI_API_KEY/, "The one in"],
    [/Id of the model/, "grok-9"],
  ], { isChecked: false });
  assert.equal(key, undefined);
  assert.equal(values["model.provider"], "xai");
});

test("[P66] askModel() says why a model does not answer, and lets one mend key, id or provider", async () => {
  await using lab = await SetupLab.open();
  const failures = [
    { kind: "failure", status: 401, message: "bad key" },
    { kind: "failure", status: 404, message: "model not found" },
    { kind: "failure", status: 503, message: "busy" },
  ] as const;
  let asked = 0;
  lab.model.answer = () => failures[asked++] ?? { kind: "text", text: "ready" };
  const { key, values, prompter } = await ask(lab, [
    ...lab.modelSteps,
    [WHAT_NOW, "Give another key"],
    [/API key/, "sk-second"],
    [WHAT_NOW, "Give another model id"],
    [/Which model of/, "Another one"],
    [/Id of the model/, "other-model"],
    [/What now\? .*Keep it all the same/, "Try the same once more"],
  ]);
  assert.equal(key, "MODEL_API_KEY=sk-second");
  assert.equal(values["model.default"], "other-model");
  const problems = prompter.said("problem");
  assert.match(problems[0] ?? "", /refused the API key \(HTTP 401\)/);
  assert.match(problems[1] ?? "", /has no model "test-model"/);
  assert.match(problems[2] ?? "", /is overloaded or failing/);
  assert.equal(asked, 4, "each answer is tried once, without retries");
});

test("[P66] askModel() offers to keep a model at the third time, if it may only be away", async () => {
  await using lab = await SetupLab.open();
  lab.model.answer = () => ({ kind: "failure", status: 401, message: "bad key" });
  const noKeep = /^What now\?(?!.*Keep it)/;
  const never = ask(lab, [
    ...lab.modelSteps,
    [noKeep, "Try the same"],
    [noKeep, "Try the same"],
    [noKeep, "Choose another provider"],
    [WHICH, "Decide later"],
  ]);
  assert.deepEqual((await never).values, {});
  lab.model.answer = () => ({ kind: "failure", status: 503, message: "busy" });
  const kept = await ask(lab, [
    ...lab.modelSteps,
    [noKeep, "Try the same"],
    [noKeep, "Try the same"],
    [WHAT_NOW, "Keep it all the same"],
  ]);
  assert.equal(kept.values["model.default"], "test-model");
});

test("askModel() keeps the current model after one request, and all that is said of it", async () => {
  await using lab = await SetupLab.open();
  const yaml = `model:\n  provider: custom\n  base_url: ${lab.model.url}\n  default: old\n`;
  await lab.write("config.yaml", `${yaml}  context_length: 32000\n  api_mode: chat_completions\n`);
  const { values, prompter } = await ask(lab, [[/\[Keep old \(the model server\)/, "Keep"]]);
  assert.deepEqual(values, {});
  assert.match(prompter.said("good")[0] ?? "", /^old answered/);
  const other = await ask(lab, [], { given: { model: "new" } });
  assert.deepEqual(other.values, { "model.default": "new", "model.context_length": undefined });
});

test("[P70] askModel() takes provider, address, model and key from the command line", async () => {
  await using lab = await SetupLab.open();
  const given = { baseUrl: lab.model.url, model: "test-model", apiKey: new Secret("sk-own") };
  const { key, values } = await ask(lab, [], { given });
  assert.equal(key, "MODEL_API_KEY=sk-own");
  assert.equal(values["model.provider"], "custom");

  const vllm = await ask(lab, [], { given: { ...given, provider: "vllm" } });
  assert.equal(vllm.values["model.provider"], "vllm");
  assert.equal(vllm.values["model.base_url"], lab.model.url);

  lab.model.answer = () => ({ kind: "failure", status: 401, message: "bad key" });
  await assert.rejects(ask(lab, [], { given }), { code: "setup.refused" });
  await assert.rejects(ask(lab, [], { given: { provider: "nobody" } }), {
    code: "setup.malformed",
    message: 'The provider "nobody" is unknown',
  });
  await assert.rejects(ask(lab, [], { given: { baseUrl: "model.example" } }), {
    code: "setup.malformed",
  });
});

test("askModel() takes an entry of custom_providers, whose key has a name already", async () => {
  await using lab = await SetupLab.open();
  await lab.write(
    "config.yaml",
    `custom_providers:\n  - name: lab\n    base_url: ${lab.model.url}\n    key_env: LAB_KEY\n`,
  );
  const steps: Step[] = [
    [/lab \(from custom_providers\)/, "lab"],
    [/Which model of lab/, "test-model"],
  ];
  const { values } = await ask(lab, steps);
  assert.equal(values["model.provider"], "custom:lab");
  const given = { provider: "custom:lab", model: "test-model", apiKey: new Secret("sk-lab") };
  assert.equal((await ask(lab, [], { given })).key, "LAB_KEY=sk-lab");
});

test("askModel() writes down a key that only this shell knows, for a service does not", async () => {
  await using lab = await SetupLab.open();
  const environment = { ...QUIET_ENVIRONMENT, XAI_API_KEY: "xai-key" };
  await lab.write("config.yaml", "model:\n  default: grok-9\n");
  const kept = await ask(lab, [[/Keep grok-9 \(xAI\)/, "Keep"]], { environment, isChecked: false });
  assert.deepEqual([kept.key, kept.values], ["XAI_API_KEY=xai-key", {}]);
  const chosen = await ask(lab, [
    [WHICH, "xAI"],
    [/The one in XAI_API_KEY/, "The one in"],
    [/Id of the model/, "grok-10"],
  ], { environment, isChecked: false });
  assert.equal(chosen.key, "XAI_API_KEY=xai-key");
});

test("askModel() takes a part from the command line, and lets one mend it where one is asked", async () => {
  await using lab = await SetupLab.open();
  lab.model.answer = ({ body }) =>
    body.includes("good-model")
      ? { kind: "text", text: "ready" }
      : { kind: "failure", status: 404, message: "model not found" };
  const { values } = await ask(lab, [
    [WHICH, "Another server"],
    [/Address of the model server/, lab.model.url],
    [/API key/, ""],
    [WHAT_NOW, "Give another model id"],
    [/Which model of/, "Another one"],
    [/Id of the model/, "good-model"],
  ], { given: { model: "bad-model" } });
  assert.equal(values["model.default"], "good-model");
});

test("askModel() takes a wrong address out of the settings, also when no model is chosen", async () => {
  await using lab = await SetupLab.open();
  await lab.write("config.yaml", "model:\n  base_url: nowhere\n");
  const { values } = await ask(lab, [[WHICH, "Decide later"]]);
  assert.deepEqual(values, { "model.base_url": undefined });
});

test("askModel() takes a key out of config.yaml that would go before the new one", async () => {
  await using lab = await SetupLab.open();
  await lab.write(
    "config.yaml",
    "model:\n  provider: xai\n  default: grok-9\n  api_key: old-key\n",
  );
  const given = { model: "grok-9", apiKey: new Secret("new-key") };
  const { key, values } = await ask(lab, [], { given, isChecked: false });
  assert.deepEqual([key, values], ["XAI_API_KEY=new-key", { "model.api_key": undefined }]);
});

test("askModel() does not write down a key that is not for this address", async () => {
  await using lab = await SetupLab.open();
  const environment = { ...QUIET_ENVIRONMENT, XAI_API_KEY: "xai-key" };
  const given = { provider: "xai", baseUrl: "https://proxy.example.com/v1", model: "grok-9" };
  const steps: Step[] = [[/API key for proxy\.example\.com \(empty for none\)/, ""]];
  assert.equal((await ask(lab, steps, { given, environment, isChecked: false })).key, undefined);
});
