import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { z } from "zod";
import { type ScriptedAnswer, ScriptedModel } from "../../src/sandbox/scripted_model.ts";
import type { Tool } from "../../src/tools/tool.ts";
import { turnDeps } from "../support/turn_deps.ts";
import { GatewayLab } from "./gateway_lab.ts";

const CHANNEL = "town-square";

const asking: Tool<Record<string, never>> = {
  name: "asking",
  description: "Asks.",
  input: z.object({}),
  run: async (_input, { askApproval }, signal) =>
    JSON.stringify(
      await askApproval({ command: "rm -rf x", reasons: ["test"], expiresInMs: 60_000 }, signal),
    ),
};
const asks: ScriptedAnswer = {
  role: "assistant",
  text: "",
  toolCalls: [{ id: "1", name: "asking", arguments: {} }],
};

test("[S07] runGateway() lets nothing of a stranger reach the model, decide or stop anything, whichever way it comes", async () => {
  await using lab = await GatewayLab.start();
  const model = new ScriptedModel(asks, "done");
  await lab.run(model, { exchange: { turn: turnDeps([model], { tools: [asking] }) } });
  const { sandbox } = lab.lab;
  const mallory = sandbox.as("mallory");
  const task = sandbox.as("alice").post({ channel: CHANNEL, message: "@hermes go" });
  const question = await sandbox.posted(({ message }) => message.startsWith("⏳"));

  mallory.react(question.id, "+1");
  const words = [
    mallory.dm("hermes", "hello"),
    ...["@hermes hello", "@hermes !stop", "!stop", "!approve", "@hermes !new", "@hermes /status"]
      .flatMap((message) => [
        mallory.post({ channel: CHANNEL, message }),
        mallory.post({ channel: CHANNEL, message, rootId: task.id }),
        mallory.post({ channel: CHANNEL, message, rootId: question.id }),
      ]),
  ];
  for (const { id } of words) await lab.logged("gateway.ignored", id);
  assert.equal(model.requests.length, 1);
  assert.match(sandbox.world.posts.get(question.id)?.message ?? "", /^⏳/, "still open");

  sandbox.as("alice").post({ channel: CHANNEL, message: "!approve", rootId: question.id });
  await lab.logged("gateway.answered", task.id);
  const toldToModel = JSON.stringify(model.requests);
  assert.doesNotMatch(toldToModel, /hello|status/);
  assert.match(toldToModel, /allowed/);
});

test("[S07] one function decides who is let in", async () => {
  const source = join(import.meta.dirname ?? "", "..", "..", "src", "gateway");
  const deciding: string[] = [];
  for (const name of await readdir(source, { recursive: true })) {
    if (!name.endsWith(".ts")) continue;
    const text = await readFile(join(source, name), "utf8");
    if (/allowedUsers\.has\(|[^?]\ballowAllUsers \|\|/.test(text)) deciding.push(name);
  }
  assert.deepEqual(deciding, ["gate.ts"]);
});
