import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { BinaryLab } from "../support/binary_lab.ts";
import type { GatewaySetup } from "../support/gateway_process.ts";
import { readPlay, WirePlayer } from "../support/wire_player.ts";

/** How a gateway is told to speak each wire to a server at `url`. */
const WIRES: Readonly<Record<string, (url: string) => GatewaySetup>> = {
  "openai-compatible": (url) => ({
    yaml: `model: {provider: custom, base_url: "${url}/v1", default: test-model}\n`,
  }),
  "openai-responses": (url) => ({
    env: { OPENAI_API_KEY: "sk-test", OPENAI_BASE_URL: `${url}/v1` },
    yaml: "model: {provider: openai, default: gpt-5.6, api_mode: codex_responses}\n",
  }),
  anthropic: (url) => ({
    env: { ANTHROPIC_API_KEY: "sk-ant-test", ANTHROPIC_BASE_URL: url },
    yaml: "model: {provider: anthropic, default: claude-sonnet-4-5}\n",
  }),
  google: (url) => ({
    env: { GEMINI_API_KEY: "test", GEMINI_BASE_URL: `${url}/v1beta` },
    yaml: "model: {provider: gemini, default: gemini-3.5-flash}\n",
  }),
};

/** In this order, in one conversation: the last one needs something to sum up. */
const PLAYS = [
  ...["plain", "streamed", "tools", "parallel_tools", "reasoning"],
  ...["refusal", "length", "overload", "rate_limit", "overflow"],
];

for (const [wire, setup] of Object.entries(WIRES)) {
  test(`[P121] hermes gateway speaks the wire ${wire} through the whole turn`, async () => {
    await using player = await WirePlayer.start();
    await using lab = await BinaryLab.open();
    await using gateway = await lab.connected({ noModel: true, ...setup(player.url) });
    for (const name of PLAYS) {
      const play = await readPlay(wire, name);
      player.play(play);
      const said = await lab.ask(gateway, "alice", play.asks);
      assert.match(said, new RegExp(play.says), `${name}: ${JSON.stringify(player.requests)}`);
      if (play.neverSays !== undefined) assert.doesNotMatch(said, new RegExp(play.neverSays), name);
      assert.equal(player.requests.length, play.answers.length, name);
      for (const [index, pattern] of (play.sends ?? []).entries()) {
        if (pattern === null) continue;
        assert.match(player.requests[index] ?? "", new RegExp(pattern, "s"), `${name}, ${index}`);
      }
    }
  });
}

test("[P115] hermes gateway lets a stand-in answer, says so in the log, and keeps what it took", async () => {
  await using player = await WirePlayer.start(); // It has no answer, whatever it is asked.
  await using lab = await BinaryLab.open();
  await using gateway = await lab.connected({
    noModel: true,
    env: { ANTHROPIC_API_KEY: "sk-ant-test", ANTHROPIC_BASE_URL: player.url },
    yaml: [
      "model: {provider: anthropic, default: claude-sonnet-4-5}",
      "fallback_providers:",
      `  - {provider: custom, base_url: "${lab.model.url}", model: stand-in}`,
    ].join("\n"),
  });
  assert.equal(await lab.ask(gateway, "alice", "hello"), "heard: hello");
  const fallback = await gateway.logged("turn.fallback");
  assert.deepEqual([fallback.from, fallback.to], ["claude-sonnet-4-5", "stand-in"]);
  await lab.ask(gateway, "alice", "again");
  assert.equal(player.requests.length, 2, "each turn begins with the first model");
  const folder = join(gateway.home, "sessions");
  const [name = ""] = (await readdir(folder)).filter((each) => each !== "index.jsonl");
  const lines = (await readFile(join(folder, name), "utf8")).trimEnd().split("\n");
  const usage = lines.map((line) => JSON.parse(line).usage).findLast((each) => each !== undefined);
  assert.deepEqual(usage.tokens.inputTokens, 20);
  assert.deepEqual(usage.cost, { usd: 0, status: "unknown" });
});
