import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { BinaryLab } from "../support/binary_lab.ts";
import { GatewayProcess } from "../support/gateway_process.ts";
import type { ChatRequest } from "../support/model_server.ts";

/** What stands in the system prompt of a request. */
function systemPrompt({ messages }: ChatRequest): string {
  return JSON.stringify(messages.find(({ role }) => role === "system")?.content ?? "");
}

function hasToolResult({ messages }: ChatRequest): boolean {
  return messages.at(-1)?.role === "tool";
}

test("[P135] [P136] a preference that was told once counts in the next conversation, for this person alone", async () => {
  await using lab = await BinaryLab.open();
  const { sandbox, model } = lab;
  model.answer = (request) => {
    if (JSON.stringify(request.messages.at(-1)).includes("I like short answers")) {
      const entry = { action: "add", target: "user", content: "Likes short answers" };
      return { kind: "tool_call", name: "memory", arguments: JSON.stringify(entry) };
    }
    if (hasToolResult(request)) return { kind: "text", text: "Noted." };
    const knows = systemPrompt(request).includes("Likes short answers");
    return { kind: "text", text: knows ? "Short it is." : "I do not know you yet." };
  };
  await using gateway = await GatewayProcess.connected(lab.workplace, model);
  const answerTo = async (postId: string) => {
    const line = await gateway.answered(postId);
    assert.equal(line.posts, 1);
    const botId = sandbox.user("hermes").id;
    const posts = [...sandbox.world.posts.values()].filter((post) => post.user_id === botId);
    return posts.at(-1)?.message;
  };
  const alice = sandbox.as("alice");
  assert.equal(await answerTo(alice.dm("hermes", "I like short answers").id), "Noted.");
  const asked = alice.post({ channel: "general", message: "@hermes hello" });
  assert.equal(await answerTo(asked.id), "Short it is.");
  const other = sandbox.as("bob").post({ channel: "general", message: "@hermes hello" });
  assert.equal(await answerTo(other.id), "I do not know you yet.");
  const file = join(gateway.home, "memories", "users", `${sandbox.user("alice").id}.md`);
  assert.equal(await readFile(file, "utf8"), "Likes short answers\n");
});

test("[P111] what is remembered in a conversation leaves its own prompt as it was", async () => {
  await using lab = await BinaryLab.open();
  const { sandbox, model } = lab;
  model.answer = (request) => {
    if (hasToolResult(request)) return { kind: "text", text: "Noted." };
    const entry = { action: "add", target: "memory", content: `Fact ${model.requests.length}` };
    return { kind: "tool_call", name: "memory", arguments: JSON.stringify(entry) };
  };
  await using gateway = await GatewayProcess.connected(lab.workplace, model);
  for (const text of ["one", "two", "three"]) {
    await gateway.answered(sandbox.as("alice").dm("hermes", text).id);
  }
  assert.equal(model.requests.length, 6);
  assert.equal(new Set(model.requests.map(systemPrompt)).size, 1);
});
