import assert from "node:assert/strict";
import { test } from "node:test";
import { z } from "zod";
import { findMentions } from "../../src/mattermost/mentions.ts";
import { ModelError } from "../../src/models/errors.ts";
import { editPost } from "../../src/replies/edit_post.ts";
import { type ScriptedAnswer, ScriptedModel } from "../../src/sandbox/scripted_model.ts";
import type { Tool } from "../../src/tools/tool.ts";
import { ReplyLab } from "../replies/support.ts";
import { turnDeps } from "../support/turn_deps.ts";
import { GatewayLab } from "./gateway_lab.ts";

const PING = "@channel, @all and @HERE";

const asking: Tool<{ kind: string }> = {
  name: "asking",
  description: "Asks.",
  input: z.object({ kind: z.string() }),
  run: async ({ kind }, { askApproval, askQuestion }, signal) => {
    const expiresInMs = 60_000;
    if (kind === "approval") {
      const request = { command: `echo ${PING}`, reasons: [PING], expiresInMs };
      return JSON.stringify(await askApproval(request, signal));
    }
    const question = { text: PING, choices: [PING, "no"], expiresInMs };
    return JSON.stringify(await askQuestion(question, signal));
  },
};

function calls(kind: string): ScriptedAnswer {
  const call = { id: kind, name: "asking", arguments: { kind } };
  return { role: "assistant", text: `${PING}\n`, toolCalls: [call] };
}

test("[C30] [P220] nothing that the model brings into any kind of post notifies a channel", async () => {
  await using lab = await GatewayLab.start();
  const long = `${PING} `.repeat(60);
  const model = new ScriptedModel(
    calls("approval"),
    calls("clarification"),
    `${long}\n\`\`\`\n${PING}\n\`\`\`\nMEDIA:/nowhere/@here.txt`,
    new ModelError("overloaded", `the provider says ${PING}`, { hint: `Ask ${PING}.` }),
  );
  const turn = turnDeps([model], { tools: [asking] });
  await lab.run(model, { exchange: { turn, runesMax: 400, showsReasoning: true } });
  const { sandbox } = lab.lab;
  const alice = sandbox.as("alice");
  const asked = alice.post({ channel: "general", message: "@hermes go" });
  const approval = await sandbox.posted(({ message }) => message.startsWith("⏳"));
  alice.post({ channel: "general", message: "!deny", rootId: approval.id });
  const question = await sandbox.posted(({ message }) => message.includes("1."));
  alice.post({ channel: "general", message: "@hermes 1", rootId: question.id });
  await lab.logged("gateway.answered", asked.id);
  const failed = alice.post({ channel: "general", message: "@hermes again" });
  await lab.logged("gateway.answered", failed.id);

  const bot = sandbox.user("hermes").id;
  const { posts, history } = sandbox.world;
  const texts = [...posts.values(), ...history.values()]
    .filter(({ user_id }) => user_id === bot).map(({ message }) => message);
  assert.ok(texts.length > 8, `only ${texts.length} posts and edits`);
  for (const text of texts) {
    const { here, channel, all } = findMentions(text);
    assert.deepEqual([here, channel, all], [false, false, false], text);
  }
});

test("[C30] deliverPost() and editPost() have a last look, unless a person wants the channel to know", async () => {
  await using replies = await ReplyLab.start();
  await replies.deliver({ text: "@all" });
  await replies.deliver({ index: 1, text: "@all", notifies: true });
  const [first, second] = replies.answers();
  assert.deepEqual([first?.message, second?.message], ["＠all", "@all"]);
  await editPost(first?.id ?? "", "now @here", replies.deps(), replies.never);
  assert.equal(replies.answers()[0]?.message, "now ＠here");
});
