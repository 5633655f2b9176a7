import assert from "node:assert/strict";
import { test } from "node:test";
import { Refusal } from "../../src/sandbox/refusal.ts";
import { startSandbox } from "./support.ts";

test("a person posts under the server's rules: what is not allowed throws its refusal", async () => {
  await using started = await startSandbox();
  const { sandbox } = started;
  const refused = (act: () => unknown, id: string) =>
    assert.throws(act, (error) => error instanceof Refusal && error.id === id);
  const mallory = sandbox.as("mallory");
  const forbidden = "api.context.permissions.app_error";
  refused(() => mallory.post({ channel: "secret", message: "let me in" }), forbidden);
  const post = sandbox.as("alice").post({ channel: "general", message: "mine" });
  refused(() => mallory.edit(post.id, "hijacked"), forbidden);
  refused(() => mallory.delete(post.id), forbidden);
  const rootGone = "api.post.create_post.root_id.app_error";
  refused(() => mallory.post({ channel: "general", message: "x", rootId: "z" }), rootGone);
  sandbox.admin.archive("general");
  const archived = "api.post.create_post.can_not_post_to_deleted.error";
  refused(() => sandbox.as("alice").post({ channel: "general", message: "late" }), archived);
});

test("postByWebhook() posts under the person's id with from_webhook", async () => {
  await using started = await startSandbox();
  const { sandbox } = started;
  const post = sandbox.as("alice").postByWebhook({ channel: "general", message: "@hermes run" });
  assert.equal(post.user_id, sandbox.user("alice").id);
  assert.equal(post.props.from_webhook, "true");
});

test("rename() frees the name, so that another account can take it", async () => {
  await using started = await startSandbox();
  const { sandbox } = started;
  const { id } = sandbox.user("alice");
  sandbox.as("alice").rename("alice.smith");
  const usurper = sandbox.admin.createUser("alice");
  assert.equal(sandbox.user("alice.smith").id, id);
  assert.notEqual(usurper.id, id);
});

test("posted() and requested() resolve with what is there and with what comes", async () => {
  await using started = await startSandbox();
  const { sandbox } = started;
  const later = sandbox.posted((post) => post.message === "edited");
  const post = sandbox.as("alice").dm("hermes", "draft");
  assert.equal((await sandbox.posted((other) => other.message === "draft")).id, post.id);
  sandbox.as("alice").edit(post.id, "edited");
  assert.equal((await later).id, post.id);
});

test("close() rejects those who still wait for a condition", async () => {
  const { sandbox } = await startSandbox();
  const never = sandbox.posted(() => false);
  await Promise.all([assert.rejects(never, /closed before/), sandbox.close()]);
});

test("two sandboxes with the same seed make the same ids", async () => {
  await using one = await startSandbox();
  await using two = await startSandbox();
  const ids = [one, two].map(({ sandbox }) => sandbox.as("alice").dm("hermes", "x").id);
  assert.equal(ids[0], ids[1]);
  assert.match(ids[0] ?? "", /^[a-z0-9]{26}$/);
});
