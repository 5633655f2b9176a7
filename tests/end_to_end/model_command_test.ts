import assert from "node:assert/strict";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { runBinary } from "../support/binary.ts";
import { noTerminal, TerminalProcess } from "../support/driven_process.ts";
import { ModelServer } from "../support/model_server.ts";
import { tempDir } from "../support/temp_dir.ts";

async function lab() {
  const [dir, model] = await Promise.all([tempDir(), ModelServer.start()]);
  const home = join(dir.path, "home");
  const file = join(home, "config.yaml");
  await mkdir(home);
  const yaml = `# Ours.
model:
  provider: custom
  default: first-model # the good one
  base_url: ${model.url}
agent:
  max_turns: 7
`;
  await writeFile(file, yaml);
  const env = { HERMES_HOME: home, HOME: dir.path };
  return {
    model,
    yaml,
    run: (...args: string[]) => runBinary(["model", ...args], { env }),
    open: () => TerminalProcess.start(["model"], { env, cwd: dir.path, rows: 40 }),
    config: () => readFile(file, "utf8"),
    [Symbol.asyncDispose]: async () => {
      await model.close();
      await dir[Symbol.asyncDispose]();
    },
  };
}

test("[P170] hermes model set writes a model that has answered, and keeps the comments", async () => {
  await using at = await lab();
  const { exitCode, stderr } = await at.run("set", "second-model");
  assert.equal(exitCode, 0);
  assert.match(stderr, /second-model answered in/);
  const written = at.yaml.replace("first-model # the", "second-model # the");
  assert.equal(await at.config(), written);
  assert.match((await at.run()).stdout, /^Model: +second-model\nProvider: /);
  const { model, provider } = JSON.parse((await at.run("show", "--json")).stdout);
  assert.deepEqual([model, provider], ["second-model", "custom"]);

  at.model.answer = () => ({ kind: "failure", status: 404, message: "no such model" });
  const refused = await at.run("set", "third-model");
  assert.equal(refused.exitCode, 1);
  assert.equal(await at.config(), written, "what does not answer is not written");
  assert.equal((await at.run("set", "third-model", "--no-check")).exitCode, 0);
  assert.match(await at.config(), /default: third-model/);
});

test("[P170] hermes model list prints what a server serves, and says when it does not tell", async () => {
  await using at = await lab();
  const { stdout } = await at.run("list");
  assert.deepEqual(stdout.trim().split("\n"), at.model.models);
  const { models } = JSON.parse((await at.run("list", "--json")).stdout);
  assert.deepEqual(models, at.model.models);
  await at.model.close();
  const { exitCode, stderr } = await at.run("list");
  assert.equal(exitCode, 1);
  assert.match(stderr, /did not tell them/);
});

test("[P170] hermes model refuses what makes no sense in one sentence", async () => {
  await using at = await lab();
  for (
    const [args, exitCode, words] of [
      [["set"], 2, /missing required argument/],
      [["set", "x", "--provider", "nobody"], 2, /provider "nobody" is unknown/],
      [["list", "--provider", "openrouter"], 78, /no API key for OpenRouter/],
    ] as const
  ) {
    const result = await at.run(...args);
    assert.match(result.stderr, words);
    assert.equal(result.exitCode, exitCode);
  }
  assert.equal(await at.config(), at.yaml);
});

test(
  "[P170] hermes model lets one choose another in a terminal",
  { skip: noTerminal },
  async () => {
    await using at = await lab();
    await using terminal = at.open();
    await terminal.printed(/It is now/);
    await terminal.printed(/first-model/);
    await terminal.printed(/Which model answers\?/);
    terminal.write("\x03");
    assert.equal((await terminal.ended).exitCode, 130);
    assert.equal(await at.config(), at.yaml);
  },
);
