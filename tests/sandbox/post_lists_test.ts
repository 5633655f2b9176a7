import assert from "node:assert/strict";
import { test } from "node:test";
import type { SandboxServer } from "../../src/sandbox/sandbox_server.ts";
import { call } from "./sandbox_client.ts";
import { startSandbox } from "./support.ts";

function general(sandbox: SandboxServer): string {
  return sandbox.world.channelNamed("general")?.id ?? "";
}

function list(sandbox: SandboxServer, query: string) {
  return call(sandbox, "hermes", "GET", `/channels/${general(sandbox)}/posts?${query}`);
}

test("after is strict in time: what shares the anchor's millisecond is skipped", async () => {
  await using started = await startSandbox();
  const { sandbox, clock } = started;
  sandbox.faults.sameMillisecond = true;
  const post = (message: string) => sandbox.as("alice").post({ channel: "general", message });
  const anchor = post("anchor");
  post("same millisecond");
  clock.advance(1);
  const later = post("later");
  const page = await list(sandbox, `after=${anchor.id}`);
  assert.deepEqual(page.body.order, [later.id]);
  assert.deepEqual((await list(sandbox, `after=${"z".repeat(26)}`)).body.order, []);
});

test("after pages upwards from the anchor, newest first within a page", async () => {
  await using started = await startSandbox();
  const { sandbox } = started;
  const ids = [0, 1, 2, 3, 4, 5].map((number) =>
    sandbox.as("alice").post({ channel: "general", message: String(number) }).id
  );
  const page = (number: number) => list(sandbox, `after=${ids[0]}&per_page=2&page=${number}`);
  assert.deepEqual((await page(0)).body.order, [ids[2], ids[1]]);
  assert.deepEqual((await page(1)).body.order, [ids[4], ids[3]]);
  assert.deepEqual((await page(2)).body.order, [ids[5]]);
  assert.equal((await list(sandbox, "per_page=1000")).body.order.length, 6);
});

test("posts holds the root of a reply whose order does not name it, unless skipFetchThreads", async () => {
  await using started = await startSandbox();
  const { sandbox } = started;
  const root = sandbox.as("alice").post({ channel: "general", message: "root" });
  sandbox.as("alice").post({ channel: "general", message: "reply", rootId: root.id });
  const page = await list(sandbox, `after=${root.id}`);
  assert.equal(page.body.order.includes(root.id), false);
  assert.equal(root.id in page.body.posts, true);
  const bare = await list(sandbox, `after=${root.id}&skipFetchThreads=true`);
  assert.equal(root.id in bare.body.posts, false);
});

test("since brings edits, deleted posts and old copies, and only so many rows", async () => {
  await using started = await startSandbox();
  const { sandbox } = started;
  const alice = sandbox.as("alice");
  const edited = alice.post({ channel: "general", message: "before" });
  const deleted = alice.post({ channel: "general", message: "to be deleted" });
  const since = sandbox.world.stampMs();
  alice.edit(edited.id, "after");
  alice.delete(deleted.id);
  const { body } = await list(sandbox, `since=${since}`);
  const rows = body.order.map((id: string) => body.posts[id]);
  // deno-lint-ignore no-explicit-any -- rows as they came over the wire.
  const copies = rows.filter((row: any) => row.original_id === edited.id);
  assert.equal(rows.length, 3);
  assert.deepEqual([copies[0].message, copies[0].delete_at > 0], ["", true]);
  assert.ok(body.posts[deleted.id].delete_at > 0);
  assert.equal(body.posts[deleted.id].message, "");
  sandbox.faults.sinceRowsMax = 2;
  assert.equal((await list(sandbox, `since=${since}`)).body.order.length, 2);
});

test("an edit bumps last_post_at, and a reaction does not", async () => {
  await using started = await startSandbox();
  const { sandbox } = started;
  const post = sandbox.as("alice").post({ channel: "general", message: "one" });
  const channel = sandbox.world.channelNamed("general");
  const before = channel?.last_post_at;
  sandbox.as("alice").react(post.id, "+1");
  assert.equal(channel?.last_post_at, before);
  sandbox.as("alice").edit(post.id, "two");
  assert.ok((channel?.last_post_at ?? 0) > (before ?? 0));
});

test("a thread comes whole and unordered, or in ordered pages", async () => {
  await using started = await startSandbox();
  const { sandbox } = started;
  const root = sandbox.as("alice").post({ channel: "general", message: "root" });
  const replies = [1, 2, 3].map((number) =>
    sandbox.as("bob").post({ channel: "general", message: String(number), rootId: root.id }).id
  );
  const whole = await call(sandbox, "hermes", "GET", `/posts/${replies[1]}/thread`);
  assert.deepEqual([...whole.body.order].sort(), [root.id, ...replies].sort());
  assert.equal(whole.body.has_next, false);
  const path = `/posts/${root.id}/thread?perPage=2&direction=down`;
  const first = await call(sandbox, "hermes", "GET", path);
  assert.deepEqual(first.body.order, [root.id, replies[0]], "the root counts");
  assert.equal(first.body.has_next, true);
  const second = await call(sandbox, "hermes", "GET", `${path}&fromPost=${replies[0]}`);
  assert.deepEqual(second.body.order, [root.id, replies[1], replies[2]]);
  assert.equal(second.body.has_next, false);
});
