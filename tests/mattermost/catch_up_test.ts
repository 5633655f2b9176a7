import fc from "fast-check";
import assert from "node:assert/strict";
import { test } from "node:test";
import { catchUp, type CatchUpDeps } from "../../src/mattermost/catch_up.ts";
import type { PostedEvent } from "../../src/mattermost/events.ts";
import { ListenerState } from "../../src/mattermost/listener_state.ts";
import type { Post as SandboxPost } from "../../src/sandbox/records.ts";
import { silentLog } from "../../src/runtime/log.ts";
import { Lab } from "./support/lab.ts";
import { startOddServer } from "./support/odd_server.ts";
import { recordedBody } from "./support/recordings.ts";

const never = new AbortController().signal;
const MINUTE_MS = 60_000;

/** What a listener would know that has handled the posts `see` was given. */
class Reader {
  readonly #lab: Lab;
  readonly #state: ListenerState;

  static async start(lab: Lab): Promise<Reader> {
    const state = await ListenerState.load(lab.listenerDeps());
    state.alive(lab.clock.nowMs());
    return new Reader(lab, state);
  }

  constructor(lab: Lab, state: ListenerState) {
    this.#lab = lab;
    this.#state = state;
  }

  async see(post: SandboxPost): Promise<void> {
    this.#state.handledPost(await this.#lab.api().getPost(post.id, never));
    this.#lab.sandbox.requests.length = 0;
  }

  alive(): void {
    this.#state.alive(this.#lab.clock.nowMs());
  }

  async catchUp(deps: Partial<CatchUpDeps> = {}): Promise<PostedEvent[]> {
    const { marks } = this.#state;
    assert.ok(marks);
    const events: PostedEvent[] = [];
    const missed = catchUp(marks, { ...this.#lab.listenerDeps(), ...deps }, never);
    let step = await missed.next();
    for (; step.done !== true; step = await missed.next()) events.push(step.value);
    this.#state.caughtUp(step.value);
    return events;
  }
}

function messages(events: readonly PostedEvent[]): string[] {
  return events.map(({ post }) => post.message);
}

function numbered(prefix: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${prefix} ${index}`);
}

/** Two posts far enough apart that the first one is an anchor for what comes after the second. */
async function seeAnchor(lab: Lab, reader: Reader, channel: string): Promise<SandboxPost> {
  const anchor = lab.sandbox.as("alice").post({ channel, message: "anchor" });
  lab.clock.advance(2 * MINUTE_MS);
  const newest = lab.sandbox.as("alice").post({ channel, message: "newest" });
  await reader.see(anchor);
  await reader.see(newest);
  lab.clock.advance(2 * MINUTE_MS);
  return anchor;
}

test("[C22] catchUp() pages on from a post it knows, oldest first", async () => {
  await using lab = await Lab.start();
  const reader = await Reader.start(lab);
  const anchor = await seeAnchor(lab, reader, "general");
  const missed = numbered("missed", 450);
  for (const message of missed) lab.sandbox.as("bob").post({ channel: "general", message });
  const events = await reader.catchUp();
  assert.deepEqual(messages(events), ["newest", ...missed]);
  assert.deepEqual(lab.requested(/posts\?/).map((path) => path.match(/\bpage=\d+|after=\w+/g)), [
    ["page=0", `after=${anchor.id}`],
    ["page=1", `after=${anchor.id}`],
    ["page=2", `after=${anchor.id}`],
  ]);
  const [first] = events;
  assert.deepEqual(
    [first?.channelType, first?.channelName, first?.channelDisplayName, first?.senderName],
    ["O", "general", "General", "alice"],
  );
});

test("[C22] catchUp() pages back from the newest post where it knows none", async () => {
  await using lab = await Lab.start();
  const bob = lab.sandbox.as("bob");
  bob.post({ channel: "general", message: "long ago" });
  lab.clock.advance(5 * MINUTE_MS);
  const reader = await Reader.start(lab);
  lab.clock.advance(MINUTE_MS);
  const missed = numbered("missed", 450);
  for (const message of missed) bob.post({ channel: "general", message });
  assert.deepEqual(messages(await reader.catchUp()), missed);
});

test("[C22] catchUp() pages back no further than it has to", async () => {
  await using lab = await Lab.start();
  const alice = lab.sandbox.as("alice");
  for (const message of numbered("long ago", 450)) alice.post({ channel: "general", message });
  lab.clock.advance(5 * MINUTE_MS);
  const reader = await Reader.start(lab);
  alice.post({ channel: "general", message: "missed" });
  assert.deepEqual(messages(await reader.catchUp()), ["missed"]);
  assert.equal(lab.requested(/posts\?/).length, 1);
});

test("[C22] catchUp() passes over rows that are no standing posts, whoever sends them", async () => {
  const recorded = recordedBody("rest-channel-posts-since-edited-deleted") as {
    posts: Record<string, { channel_id: string; delete_at: number; message: string }>;
  };
  const [first] = Object.values(recorded.posts);
  const standing = Object.values(recorded.posts).filter((post) => post.delete_at === 0);
  const channel = { id: first?.channel_id, type: "O", last_post_at: 2e12, delete_at: 0 };
  const archived = { ...channel, id: "archived", delete_at: 1 };
  const bodies: Record<string, unknown> = { channels: [channel, archived], posts: recorded };
  const asked: (string | undefined)[] = [];
  await using server = await startOddServer((request, response) => {
    const path = request.url?.split("?")[0];
    asked.push(path?.replace("/api/v4/", ""));
    const headers = { "content-type": "application/json", "x-version-id": "11.6.0" };
    response.writeHead(200, headers).end(
      JSON.stringify(bodies[path?.split("/").at(-1) ?? ""] ?? []),
    );
  });
  const deps = { botUserId: "bot", postAgeMsMax: Infinity, log: silentLog, ...server };
  const events: PostedEvent[] = [];
  const marks = { lastAliveMs: 0, beganAtMs: 0, channels: new Map() };
  for await (const event of catchUp(marks, deps, never)) {
    events.push(event);
  }
  assert.ok(standing.length > 0 && standing.length < Object.keys(recorded.posts).length);
  assert.deepEqual(messages(events).sort(), standing.map(({ message }) => message).sort());
  assert.deepEqual(asked, [
    "users/me/channels",
    `channels/${first?.channel_id}/posts`,
    "users/ids",
  ]);
});

test("[C22] catchUp() finds posts of the same millisecond as the last one that was seen", async () => {
  await using lab = await Lab.start();
  const reader = await Reader.start(lab);
  await seeAnchor(lab, reader, "general");
  lab.sandbox.faults.sameMillisecond = true;
  const bob = lab.sandbox.as("bob");
  const [seen, ...missed] = numbered("at once", 4)
    .map((message) => bob.post({ channel: "general", message }));
  assert.ok(seen);
  assert.ok(missed.every((post) => post.create_at === seen.create_at));
  await reader.see(seen);
  lab.clock.advance(1);
  bob.post({ channel: "general", message: "later" });
  const events = await reader.catchUp();
  for (const post of missed) assert.ok(events.some((event) => event.post.id === post.id));
  assert.equal(events.at(-1)?.post.message, "later");
});

test("[C22] catchUp() goes the other way when the post it knows was deleted for good", async () => {
  await using lab = await Lab.start();
  const reader = await Reader.start(lab);
  const anchor = await seeAnchor(lab, reader, "general");
  lab.sandbox.as("bob").post({ channel: "general", message: "missed" });
  lab.sandbox.world.posts.delete(anchor.id);
  assert.deepEqual(messages(await reader.catchUp()), ["newest", "missed"]);
});

test("[C22] catchUp() merges channels by time and finds new direct and group channels", async () => {
  await using lab = await Lab.start();
  lab.sandbox.admin.createUser("carol");
  const reader = await Reader.start(lab);
  await seeAnchor(lab, reader, "secret");
  const group = lab.sandbox.as("bob").group("alice", "hermes");
  lab.sandbox.as("carol").dm("hermes", "one");
  lab.sandbox.as("alice").post({ channel: "secret", message: "two" });
  lab.sandbox.as("bob").post({ channel: group.id, message: "three" });
  lab.sandbox.as("carol").dm("hermes", "four");
  const events = (await reader.catchUp()).slice(1); // Without the "newest" of the overlap.
  assert.deepEqual(messages(events), ["one", "two", "three", "four"]);
  assert.deepEqual(events.map(({ channelType }) => channelType), ["D", "P", "G", "D"]);
  assert.deepEqual(events.map(({ channelDisplayName }) => channelDisplayName).slice(0, 2), [
    "@carol",
    "Secret",
  ]);
  assert.ok(events.every(({ via }) => via === "catch_up"));
});

test("[C22] catchUp() leaves archived channels, deleted posts, old copies and own posts out", async () => {
  await using lab = await Lab.start();
  const reader = await Reader.start(lab);
  await seeAnchor(lab, reader, "general");
  const alice = lab.sandbox.as("alice");
  alice.post({ channel: "town-square", message: "in an archived channel" });
  lab.sandbox.admin.archive("town-square");
  const edited = alice.post({ channel: "general", message: "first words" });
  alice.edit(edited.id, "last words");
  const deleted = alice.post({ channel: "general", message: "regretted" });
  alice.delete(deleted.id);
  lab.sandbox.as("hermes").post({ channel: "general", message: "own" });
  assert.deepEqual(messages(await reader.catchUp()), ["newest", "last words"]);
});

test("catchUp() leaves out what an own post says it answers", async () => {
  await using lab = await Lab.start();
  const reader = await Reader.start(lab);
  const alice = lab.sandbox.as("alice");
  const answered = alice.dm("hermes", "answered");
  alice.dm("hermes", "open");
  lab.sandbox.as("hermes").post({
    channel: answered.channel_id,
    message: "answer",
    props: { hermes: { re: answered.id, part: 0 } },
  });
  const forged = alice.dm("hermes", "forged");
  alice.post({
    channel: forged.channel_id,
    message: "no answer",
    props: { hermes: { re: forged.id } },
  });
  assert.deepEqual(messages(await reader.catchUp()), ["open", "forged", "no answer"]);
});

test("[C23] catchUp() leaves out what is too old to be answered", async () => {
  await using lab = await Lab.start();
  const reader = await Reader.start(lab);
  lab.sandbox.as("alice").dm("hermes", "old");
  lab.clock.advance(10 * MINUTE_MS);
  lab.sandbox.as("alice").dm("hermes", "new");
  assert.deepEqual(messages(await reader.catchUp({ postAgeMsMax: 5 * MINUTE_MS })), ["new"]);
});

test("catchUp() costs one request when nothing happened, also after an edit was looked at", async () => {
  await using lab = await Lab.start();
  const reader = await Reader.start(lab);
  const anchor = await seeAnchor(lab, reader, "general");
  lab.sandbox.as("alice").edit(anchor.id, "edited");
  lab.clock.advance(2 * MINUTE_MS);
  await reader.catchUp();
  reader.alive();
  lab.sandbox.requests.length = 0;
  assert.deepEqual(await reader.catchUp(), []);
  assert.deepEqual(lab.requested(/./), ["/api/v4/users/me/channels"]);
});

test("[C23] catchUp() cuts a channel at ten pages, and the log says so", async () => {
  await using lab = await Lab.start();
  const reader = await Reader.start(lab);
  for (const message of numbered("missed", 2_001)) lab.sandbox.as("alice").dm("hermes", message);
  const events = await reader.catchUp();
  assert.equal(events.length, 2_000);
  assert.equal(events.at(-1)?.post.message, "missed 2000");
  assert.deepEqual(lab.logged("mattermost.catch_up_cut").map(({ fields }) => fields.posts), [
    2_000,
  ]);
});

test("catchUp() believes a refused channel the second time, and reads the others", async () => {
  await using lab = await Lab.start();
  const reader = await Reader.start(lab);
  lab.sandbox.as("alice").dm("hermes", "allowed");
  const { channel_id: refusedId } = lab.sandbox.as("bob").dm("hermes", "refused at first");
  const answer = { kind: "error", status: 403, id: "api.context.permissions.app_error" } as const;
  const path = new RegExp(`${refusedId}/posts`);
  lab.sandbox.faults.rest = [{ path, times: 1, answer }];
  const once = reader.catchUp();
  await lab.clock.pass(1_000);
  assert.deepEqual(messages(await once), ["allowed", "refused at first"]);

  const again = await Reader.start(lab);
  lab.sandbox.as("alice").dm("hermes", "allowed again");
  lab.sandbox.as("bob").dm("hermes", "refused for good");
  lab.sandbox.faults.rest = [{ path, answer }];
  const twice = again.catchUp();
  await lab.clock.pass(1_000);
  assert.equal(messages(await twice).includes("allowed again"), true);
  assert.deepEqual(lab.logged("mattermost.channel_skipped").map(({ fields }) => fields.channelId), [
    refusedId,
  ]);
});

test("catchUp() throws before the first post when the server fails", async () => {
  await using lab = await Lab.start();
  const reader = await Reader.start(lab);
  lab.sandbox.as("alice").dm("hermes", "missed");
  const answer = { kind: "html", status: 502 } as const;
  for (const path of [/me\/channels$/, /\/posts$/, /users\/ids$/]) {
    lab.sandbox.faults.rest = [{ path, answer }];
    await assert.rejects(reader.catchUp(), { code: "mattermost.unavailable" });
  }
});

test("[C22] catchUp() finds all that was missed, in order, wherever and whenever it was posted", async () => {
  const step = fc.record({
    channel: fc.constantFrom("general", "secret", "town-square"),
    gapMs: fc.oneof(fc.constant(0), fc.nat(3_000), fc.nat(3 * MINUTE_MS)),
  });
  const story = fc.record({
    seen: fc.array(step, { maxLength: 15 }),
    missed: fc.array(step, { maxLength: 15 }),
    sameMillisecond: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(story, async ({ seen, missed, sameMillisecond }) => {
      await using lab = await Lab.start();
      lab.sandbox.faults.sameMillisecond = sameMillisecond;
      const post = ({ channel, gapMs }: { channel: string; gapMs: number }) => {
        lab.clock.advance(gapMs);
        return lab.sandbox.as("alice").post({ channel, message: "hi" });
      };
      const reader = await Reader.start(lab);
      for (const one of seen) await reader.see(post(one));
      const missedIds = missed.map(post).map(({ id }) => id);
      const events = await reader.catchUp();
      const foundIds = new Set(events.map((event) => event.post.id));
      assert.equal(foundIds.size, events.length, "nothing comes twice");
      assert.deepEqual(missedIds.filter((id) => !foundIds.has(id)), [], "nothing is lost");
      const times = events.map((event) => event.post.create_at);
      assert.deepEqual(times, times.toSorted((a, b) => a - b));
    }),
    { numRuns: 40 },
  );
});

test("[C22] [C23] catchUp() leaves out what was posted before the bot first listened", async () => {
  await using lab = await Lab.start();
  const alice = lab.sandbox.as("alice");
  alice.dm("hermes", "before the first start");
  lab.clock.advance(8_000);
  const reader = await Reader.start(lab);
  alice.dm("hermes", "after it");
  assert.deepEqual(messages(await reader.catchUp()), ["after it"]);
});
