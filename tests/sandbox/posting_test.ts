import assert from "node:assert/strict";
import { test } from "node:test";
import { call } from "./sandbox_client.ts";
import { startSandbox } from "./support.ts";

test("an edit marks a post as edited only when its text or its files change", async () => {
  await using started = await startSandbox();
  const { sandbox } = started;
  const post = sandbox.as("hermes").dm("alice", "one");
  const patch = (body: unknown) => call(sandbox, "hermes", "PUT", `/posts/${post.id}/patch`, body);
  const created = { editAt: post.edit_at, updateAt: post.update_at };
  for (const same of [{ message: "one" }, { props: { a: "b" } }, { file_ids: [] }]) {
    const answer = await patch(same);
    assert.equal(answer.body.edit_at, created.editAt, JSON.stringify(same));
    assert.ok(answer.body.update_at > created.updateAt);
  }
  assert.ok((await patch({ message: "two" })).body.edit_at > 0);
});

test("every edit leaves a copy, newest first in the history, and props are replaced whole", async () => {
  await using started = await startSandbox();
  const { sandbox } = started;
  const post = sandbox.as("hermes").dm("alice", "one");
  for (const body of [{ message: "two" }, { props: { a: "b" } }, { message: "three" }]) {
    await call(sandbox, "hermes", "PUT", `/posts/${post.id}/patch`, body);
  }
  const history = await call(sandbox, "hermes", "GET", `/posts/${post.id}/edit_history`);
  // deno-lint-ignore no-explicit-any -- rows as they came over the wire.
  const messages = history.body.map((copy: any) => copy.message);
  assert.deepEqual(messages, ["two", "two", "one"]);
  assert.deepEqual(sandbox.world.posts.get(post.id)?.props, { a: "b" });
});

test("posts of one moment have different times unless sameMillisecond is set", async () => {
  await using started = await startSandbox();
  const { sandbox, clock } = started;
  const say = () => sandbox.as("alice").dm("hermes", "x").create_at;
  assert.notEqual(say(), say());
  sandbox.faults.sameMillisecond = true;
  clock.advance(1_000);
  assert.deepEqual([say(), say()], [clock.nowMs(), clock.nowMs()]);
});

test("deleting a root takes its replies along, and both are gone for readers", async () => {
  await using started = await startSandbox();
  const { sandbox } = started;
  const root = sandbox.as("alice").dm("hermes", "root");
  const reply = sandbox.as("alice").dm("hermes", "reply", { rootId: root.id });
  sandbox.as("alice").delete(root.id);
  for (const { id } of [root, reply]) {
    assert.equal((await call(sandbox, "hermes", "GET", `/posts/${id}`)).status, 404);
  }
});

test("a form that is not multipart is refused", async () => {
  await using started = await startSandbox();
  const answer = await call(started.sandbox, "hermes", "POST", "/files", "junk");
  assert.equal(answer.status, 400);
});
