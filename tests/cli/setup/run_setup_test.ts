import assert from "node:assert/strict";
import { test } from "node:test";
import { SetupCancelledError } from "../../../src/cli/setup/prompter.ts";
import { KEEP, LEAVE, ScriptedPrompter, type Step } from "./scripted_prompter.ts";
import { QUIET_ENVIRONMENT, SetupLab } from "./setup_lab.ts";

/** What a person may have in the two files already. */
const OWN_ENV = [
  "# my bot",
  "export MATTERMOST_URL='http://127.0.0.1:9' # the old one\r",
  'OTHER_TOOL="two words"',
  "MATTERMOST_REPLY_MODE=off",
  "MATTERMOST_REPLY_MODE=off",
  "",
].join("\n");
const OWN_YAML = "# mine\nmodel: old-model # cheap\nunknown:\n  key: 'kept'\n";

test("[P65] runSetup() asks for everything, tries it, and writes it into the two files", async () => {
  await using lab = await SetupLab.open();
  const prompter = await lab.converse(lab.plainSteps);
  const { sandbox, model } = lab;
  const ids = ["alice", "bob"].map((name) => sandbox.user(name).id).join();
  assert.equal(
    await lab.read(".env"),
    [
      `MATTERMOST_URL=${sandbox.url}`,
      `MATTERMOST_TOKEN=${lab.botToken}`,
      `MATTERMOST_ALLOWED_USERS=${ids}`,
      `MATTERMOST_HOME_CHANNEL=${sandbox.world.channelNamed("general")?.id}`,
      "MATTERMOST_REPLY_MODE=thread\n",
    ].join("\n"),
  );
  assert.equal(
    await lab.read("config.yaml"),
    `model:\n  provider: custom\n  base_url: ${model.url}\n  default: test-model\n`,
  );
  assert.deepEqual(
    prompter.said("good").map((text) => text.replace(/\d\.\d s/, "0.1 s")),
    [
      `Mattermost 11.6.0 answers at ${sandbox.url}`,
      "The server knows the bot as @hermes",
      "The socket opens",
      "May talk to the bot: @alice, @bob",
      "test-model answered in 0.1 s",
      "Written.",
    ],
  );
  assert.equal(model.requests.length, 1);
  assert.deepEqual([...prompter.said("problem"), ...prompter.said("warning")], []);
});

test("[P67] runSetup() changes nothing when the person leaves, at whichever question", async () => {
  await using lab = await SetupLab.open();
  await lab.write(".env", OWN_ENV);
  await lab.write("config.yaml", OWN_YAML);
  const steps = lab.plainSteps;
  for (let index = 0; index < steps.length; index++) {
    const [question] = steps[index] as Step;
    const prompter = new ScriptedPrompter([...steps.slice(0, index), [question, LEAVE]]);
    await assert.rejects(lab.run(prompter), SetupCancelledError);
    assert.equal(prompter.left.length, 0, `asked ${question}`);
    assert.equal(await lab.read(".env"), OWN_ENV);
    assert.equal(await lab.read("config.yaml"), OWN_YAML);
  }
  await assert.rejects(
    lab.run(new ScriptedPrompter([...steps.slice(0, -1), [/Write it\?/, false]])),
    SetupCancelledError,
  );
  assert.equal(await lab.read(".env"), OWN_ENV);
});

test("[P68] runSetup() keeps comments, marks, line ends, order and names that it does not know", async () => {
  await using lab = await SetupLab.open();
  await lab.write(".env", OWN_ENV);
  await lab.write("config.yaml", OWN_YAML);
  await lab.converse(lab.plainSteps);
  const env = await lab.read(".env") ?? "";
  const url = `export MATTERMOST_URL='${lab.sandbox.url}' # the old one\r`;
  const kept = ["# my bot", url, 'OTHER_TOOL="two words"', "MATTERMOST_REPLY_MODE=off"];
  assert.deepEqual(env.split("\n").slice(0, 5), [...kept, "MATTERMOST_REPLY_MODE=thread"]);
  assert.equal(
    await lab.read("config.yaml"),
    [
      "# mine",
      "model:",
      "  default: test-model # cheap",
      "  provider: custom",
      `  base_url: ${lab.model.url}`,
      "unknown:\n  key: 'kept'\n",
    ].join("\n"),
  );
});

test("runSetup() offers what is set already, and writes nothing when all of it is kept", async () => {
  await using lab = await SetupLab.open();
  await lab.converse(lab.plainSteps);
  const before = [await lab.read(".env"), await lab.read("config.yaml")];
  const prompter = await lab.converse([
    [/configured: @hermes on 127\.0\.0\.1:\d+/, "Mattermost"],
    [/Address/, KEEP],
    [/Token of the bot \[Keep the current token \(works: @hermes\)/, "Keep"],
    [/Who may talk/, KEEP],
    [/user names/, KEEP],
    [/Home channel/, KEEP],
    [/Where does the bot answer/, KEEP],
    [/Which model answers\? \[Keep test-model/, "Keep"],
  ]);
  assert.deepEqual(prompter.initials, [lab.sandbox.url, "@alice, @bob"]);
  assert.match(prompter.said("good").at(-1) ?? "", /nothing to write/);
  assert.deepEqual([await lab.read(".env"), await lab.read("config.yaml")], before);
});

test("runSetup() begins with settings that are wrong, and puts right what it asks for", async () => {
  await using lab = await SetupLab.open();
  await lab.write(
    ".env",
    "MATTERMOST_URL=chat\nMATTERMOST_ALLOWED_USERS=@alice\nGATEWAY_ALLOWED_USERS=x\n",
  );
  await lab.write("config.yaml", "model:\n  base_url: nowhere\n  default: old\n");
  const prompter = await lab.converse(lab.plainSteps);
  assert.deepEqual(prompter.initials.slice(0, 2), ["chat", "@alice"]);
  const env = await lab.read(".env") ?? "";
  assert.match(env, new RegExp(`^MATTERMOST_ALLOWED_USERS=${lab.sandbox.user("alice").id},`, "m"));
  assert.doesNotMatch(env, /GATEWAY/);
});

test("runSetup() says in one sentence what it cannot put right, before it asks anything", async () => {
  await using lab = await SetupLab.open();
  await lab.write("config.yaml", "agent:\n  max_turns: many\n");
  await assert.rejects(lab.run(new ScriptedPrompter([])), {
    code: "setup.settings",
    message: /^Cannot use the settings: agent\.max_turns in .*config\.yaml, line 2, is "many"/,
  });
});

test("[P73] runSetup() says which values of the environment count before what it writes", async () => {
  await using lab = await SetupLab.open();
  const environment = {
    ...QUIET_ENVIRONMENT,
    MATTERMOST_REPLY_MODE: "off",
    MATTERMOST_URL: lab.sandbox.url,
  };
  const prompter = await lab.converse(lab.plainSteps, { environment });
  assert.deepEqual(prompter.said("warning"), [
    "MATTERMOST_REPLY_MODE is set in the environment, and that counts before the files: unset it there.",
  ]);
  assert.match(await lab.read(".env") ?? "", /^MATTERMOST_URL=/m, "a service has no such variable");
});

test("[P69] runSetup() shows no secret: not the token, not the key, not in the summary", async () => {
  await using lab = await SetupLab.open();
  const key = "sk-canary-0123456789abcdef";
  const steps = lab.plainSteps.map(([question, reply]): Step =>
    question.test("API key") ? [question, key] : [question, reply]
  );
  const prompter = await lab.converse(steps);
  assert.ok(lab.model.requests.every(({ authorization }) => authorization === `Bearer ${key}`));
  const shown = prompter.shown.join("\n");
  assert.doesNotMatch(shown, new RegExp(`${key}|${lab.botToken}`));
  assert.match(shown, /MODEL_API_KEY = \*\*\*/);
  assert.match(shown, /MATTERMOST_TOKEN = \*\*\* \(@hermes\)/);
  assert.match(await lab.read(".env") ?? "", new RegExp(`^MODEL_API_KEY=${key}$`, "m"));
  assert.match(await lab.read("config.yaml") ?? "", /api_key: ["']?\$\{MODEL_API_KEY\}/);
});
