import assert from "node:assert/strict";
import { test } from "node:test";
import type { Post } from "../../src/sandbox/records.ts";
import { BinaryLab, isAnswer } from "../support/binary_lab.ts";

const TIME_LIMIT = { status: 400, id: "api.post.update_post.permissions_time_limit.app_error" };
const FORBIDDEN = { status: 403, id: "api.context.permissions.app_error" };

function marksOn(lab: BinaryLab, { id }: Post): string[] {
  return lab.sandbox.world.reactions.filter(({ post_id }) => post_id === id)
    .map(({ emoji_name }) => emoji_name);
}

test("[P201] [C32] an answer loses nothing when it may be edited no more, in the middle of it", async () => {
  await using lab = await BinaryLab.open();
  await using gateway = await lab.connected();
  for (const refusal of [TIME_LIMIT, FORBIDDEN]) {
    lab.sandbox.faults.patch = undefined;
    const rest = Promise.withResolvers<string>();
    lab.model.answer = () => ({ kind: "halting", text: "Once upon ", rest: rest.promise });
    const asked = lab.sandbox.as("alice").dm("hermes", `a story (${refusal.status})`);
    await lab.sandbox.posted((post) => isAnswer(post, asked));
    lab.sandbox.faults.patch = refusal;
    rest.resolve("a time.");
    await gateway.answered(asked.id);
    assert.deepEqual(lab.answersTo(asked).map(({ message }) => message), ["Once upon ", "a time."]);
  }
});

test("[P201] [C29] an answer that outgrows one post while it grows goes on in more, whole", async () => {
  await using lab = await BinaryLab.open({ settings: { messageRunesMax: 500 } });
  await using gateway = await lab.connected();
  const text = Array.from({ length: 60 }, (_, index) => `Sentence number ${index}.`).join(" ");
  lab.model.answer = () => ({ kind: "text", text, pauseMs: 80 });
  const asked = lab.sandbox.as("alice").dm("hermes", "a long story");
  await gateway.answered(asked.id);
  const posts = lab.answersTo(asked);
  assert.ok(posts.length >= 3 && posts.every(({ message }) => message.length <= 500));
  assert.equal(posts.map(({ message }) => message.trim()).join(" "), text);
  const patches = lab.sandbox.requests.filter(({ path }) => path.endsWith("/patch"));
  assert.ok(patches.length <= 5, `${patches.length} edits in three seconds`);
});

test("[P200] [P202] what a process that died has shown of its work becomes the answer after the restart", async () => {
  await using lab = await BinaryLab.open();
  await using first = await lab.connected();
  let seconds = 60;
  lab.model.answer = ({ messages }) => {
    const input = JSON.stringify({ command: `sleep ${seconds}` });
    return messages.at(-1)?.role === "tool"
      ? { kind: "text", text: "All done." }
      : { kind: "tool_call", name: "terminal", arguments: input };
  };
  const asked = lab.sandbox.as("alice").dm("hermes", "wait a little");
  const working = await lab.sandbox.posted((post) => isAnswer(post, asked));
  assert.equal(working.message, "💻 terminal `sleep 60` …");
  assert.deepEqual(marksOn(lab, asked), ["eyes"]);
  await first.stop("SIGKILL");
  seconds = 0;
  await using second = await lab.connected({ home: first.home });
  await second.answered(asked.id);
  const answers = lab.answersTo(asked).map(({ id, message }) => [id, message]);
  assert.deepEqual(answers, [[working.id, "All done."]]);
  assert.deepEqual(marksOn(lab, asked), ["white_check_mark"]);
});

test("[P203] an answer that takes long says so in one line, until it is there", async () => {
  await using lab = await BinaryLab.open();
  await using gateway = await lab.connected({ env: { HERMES_AGENT_NOTIFY_INTERVAL: "0.5" } });
  const rest = Promise.withResolvers<string>();
  lab.model.answer = () => ({ kind: "halting", text: "", rest: rest.promise });
  const asked = lab.sandbox.as("alice").dm("hermes", "think hard");
  const line = await lab.sandbox.posted((post) => isAnswer(post, asked));
  assert.match(line.message, /^\*⏳ Still working, for \d s now\.\*$/);
  await lab.sandbox.requested(({ path }) => path.endsWith(`${line.id}/patch`));
  rest.resolve("At last.");
  await gateway.answered(asked.id);
  const [answer, ...more] = lab.answersTo(asked);
  assert.deepEqual([answer?.id, more], [line.id, []]);
  assert.match(answer?.message ?? "", /^At last\.\n\n\*⏳ This took more than \d s\.\*$/);
});

test("[P202] !verbose chooses what a conversation shows of tools, also after a restart", async () => {
  await using lab = await BinaryLab.open();
  await using first = await lab.connected();
  assert.match(await lab.ask(first, "alice", "!verbose"), /^🔧 `all`/);
  assert.match(await lab.ask(first, "alice", "!verbose"), /^🔧 `verbose`/);
  assert.match(await lab.ask(first, "alice", "!verbose loud"), /`off`, `new`, `all`, `verbose`/);
  await first.stop();
  await using second = await lab.connected({ home: first.home });
  const input = JSON.stringify({ command: "sleep 2", timeout: 9 });
  lab.model.answer = ({ messages }) =>
    messages.at(-1)?.role === "tool"
      ? { kind: "text", text: "All done." }
      : { kind: "tool_call", name: "terminal", arguments: input };
  const asked = lab.sandbox.as("alice").dm("hermes", "wait a little");
  const working = await lab.sandbox.posted((post) => isAnswer(post, asked));
  assert.equal(working.message, '💻 terminal `{"command":"sleep 2","timeout":9}` …');
  await second.answered(asked.id);
  assert.match(await lab.ask(second, "alice", "!verbose"), /^🔧 `off`/);
  assert.equal(await lab.ask(second, "alice", "once more"), "All done.");
  assert.match(await lab.ask(second, "alice", "!verbose default"), /^🔧 `new`/);
});
