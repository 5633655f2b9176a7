import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { BinaryLab } from "../support/binary_lab.ts";
import type { ChatAnswer, ChatRequest } from "../support/model_server.ts";
import { untilEnded } from "../support/until_ended.ts";

function call(name: string, input: Record<string, unknown>): ChatAnswer {
  return { kind: "tool_call", name, arguments: JSON.stringify(input) };
}

/** What the last tool call gave; `""` when the last message is another. */
function lastResult(request: ChatRequest): string {
  const last = request.messages.at(-1);
  return last?.role === "tool" ? JSON.stringify(last.content) : "";
}

test("[P128] a command runs in the workspace, without the keys and the token of Hermes", async () => {
  await using lab = await BinaryLab.open();
  const token = lab.sandbox.token("hermes").reveal();
  await using gateway = await lab.connected({
    yaml: 'approvals:\n  mode: "off"\n',
    env: { CANARY_FILE: "from-the-env-file" },
    processEnv: {
      MATTERMOST_TOKEN: token,
      OPENAI_API_KEY: "canary-provider-key",
      HARMLESS: "passed-on",
      RENAMED: `Bearer ${token}`,
    },
  });
  lab.model.answer = (request) => {
    const result = lastResult(request);
    return result === ""
      ? call("terminal", { command: "pwd; env" })
      : { kind: "text", text: result };
  };
  const answer = await lab.ask(gateway, "alice", "where are you?");
  assert.match(answer, new RegExp(`${gateway.home}/workspace`));
  assert.match(answer, /HARMLESS=passed-on/);
  for (const secret of [token, "canary-provider-key", "from-the-env-file", "RENAMED"]) {
    assert.ok(!answer.includes(secret), secret);
  }
});

test("[P129] the end of a background job wakes the conversation, and a stop ends jobs", async () => {
  await using lab = await BinaryLab.open();
  await using gateway = await lab.connected({ yaml: 'approvals:\n  mode: "off"\n' });
  const jobs = [
    {
      command: "while [ ! -e go ]; do sleep 0.05; done; echo outcome-4711",
      notify_on_complete: true,
    },
    { command: "echo $$ > lasting; sleep 600", notify_on_complete: true },
  ];
  lab.model.answer = (request) => {
    const { role, content } = request.messages.at(-1) ?? {};
    if (role === "user" && /outcome-4711/.test(JSON.stringify(content))) {
      return { kind: "text", text: "It is done: outcome-4711." };
    }
    const next = jobs.shift();
    if (next !== undefined) return call("terminal", { background: true, ...next });
    return role === "tool"
      ? { kind: "text", text: "Started." }
      : call("terminal", { command: "touch go; cat lasting" });
  };
  assert.match(await lab.ask(gateway, "alice", "start both"), /^Started\./);
  await lab.ask(gateway, "alice", "let it go on");
  const woken = await gateway.logged("gateway.woken");
  await gateway.answered(String(woken.postId));
  const told = [...lab.sandbox.world.posts.values()].map((post) => post.message);
  assert.ok(told.includes("It is done: outcome-4711."));

  const seen = lab.model.requests.map(lastResult).find((result) => /^"\d+\\n/.test(result));
  const pid = Number(seen?.match(/\d+/)?.[0]);
  assert.ok(pid > 0, "the lasting job has written its pid");
  assert.equal(await gateway.stop(), 0);
  await untilEnded(pid);
  assert.deepEqual(await readdir(join(gateway.home, "state", "shells")), []);
});
