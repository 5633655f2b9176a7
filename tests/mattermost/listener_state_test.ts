import assert from "node:assert/strict";
import { mkdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { ListenerState, type ListenerStateDeps } from "../../src/mattermost/listener_state.ts";
import type { Post } from "../../src/mattermost/types.ts";
import { FileError } from "../../src/runtime/file_error.ts";
import { tempDir } from "../support/temp_dir.ts";
import { WatchedClock } from "./support/watched_clock.ts";

function stateDeps(
  folder: string,
  logged: string[] = [],
): ListenerStateDeps & { clock: WatchedClock } {
  const clock = new WatchedClock();
  const log = (_: string, event: string) => void logged.push(event);
  return { statePath: join(folder, "state", "listener.json"), botUserId: "bot", clock, log };
}

function post(channelId: string, createAtMs: number, id = `post${createAtMs}`): Post {
  return {
    id,
    create_at: createAtMs,
    update_at: createAtMs,
    delete_at: 0,
    user_id: "alice",
    channel_id: channelId,
    root_id: "",
    original_id: "",
    message: "hi",
    type: "",
    props: {},
    file_ids: [],
    files: [],
    pending_post_id: "",
  };
}

/** Writes what changed and loads it anew. */
async function reloaded(state: ListenerState, deps: ListenerStateDeps): Promise<ListenerState> {
  const stopped = AbortSignal.abort();
  await state.keepWritten(stopped);
  return await ListenerState.load(deps);
}

test("ListenerState knows nothing on the first start", async () => {
  await using folder = await tempDir();
  const state = await ListenerState.load(stateDeps(folder.path));
  assert.equal(state.resume, undefined);
  assert.equal(state.marks, undefined);
});

test("ListenerState survives a restart with all it knows, in a file for the owner alone", async () => {
  await using folder = await tempDir();
  const deps = stateDeps(folder.path);
  const state = await ListenerState.load(deps);
  state.connected({ connectionId: "c".repeat(26), nextSeq: 1 });
  state.handledPost(post("town", 1_000));
  state.handled(7);
  const after = await reloaded(state, deps);
  assert.deepEqual(after.resume, { connectionId: "c".repeat(26), nextSeq: 8 });
  assert.deepEqual(after.marks, state.marks);
  assert.equal(after.marks?.lastAliveMs, 1_000);
  assert.equal((await stat(deps.statePath)).mode & 0o777, 0o600);
});

test("ListenerState.handled() does nothing while there is no connection to resume", async () => {
  await using folder = await tempDir();
  const state = await ListenerState.load(stateDeps(folder.path));
  state.handled(7);
  assert.equal(state.resume, undefined);
  state.connected({ connectionId: "", nextSeq: 1 });
  assert.equal(state.resume, undefined);
  state.connected({ connectionId: "c", nextSeq: 1 });
  state.forgetConnection();
  assert.equal(state.resume, undefined);
});

test("ListenerState keeps spaced posts of a channel, that reach back over a minute", async () => {
  await using folder = await tempDir();
  const state = await ListenerState.load(stateDeps(folder.path));
  for (let atMs = 0; atMs <= 600_000; atMs += 500) state.handledPost(post("town", atMs));
  const mark = state.marks?.channels.get("town");
  assert.equal(mark?.lastPostAtSeen, 600_000);
  assert.deepEqual(
    mark?.recent.map(({ createAtMs }) => createAtMs),
    [530_000, 540_000, 550_000, 560_000, 570_000, 580_000, 590_000, 600_000],
  );
});

test("ListenerState takes a post that was seen again for no news", async () => {
  await using folder = await tempDir();
  const state = await ListenerState.load(stateDeps(folder.path));
  for (const atMs of [100_000, 200_000, 100_000]) state.handledPost(post("town", atMs));
  const { channels, lastAliveMs } = state.marks ?? {};
  assert.equal(channels?.get("town")?.lastPostAtSeen, 200_000);
  assert.equal(channels?.get("town")?.recent.length, 2);
  assert.equal(lastAliveMs, 200_000);
});

test("ListenerState forgets the channels that were silent longest", async () => {
  await using folder = await tempDir();
  const state = await ListenerState.load(stateDeps(folder.path));
  state.handledPost(post("first", 1));
  state.handledPost(post("second", 2));
  for (let index = 0; index < 999; index++) {
    state.handledPost(post(`channel ${index}`, 10 + index));
    state.handledPost(post("first", 10 + index));
  }
  assert.equal(state.marks?.channels.size, 1_000);
  assert.equal(state.marks?.channels.has("first"), true);
  assert.equal(state.marks?.channels.has("second"), false);
});

test("ListenerState writes at most once a second, and only what changed", async () => {
  await using folder = await tempDir();
  const deps = stateDeps(folder.path);
  const state = await ListenerState.load(deps);
  const stop = new AbortController();
  const writing = state.keepWritten(stop.signal);
  const alive = async () => JSON.parse(await readFile(deps.statePath, "utf8")).lastAliveMs;
  for (let round = 1; round <= 3; round++) {
    for (let tick = 1; tick <= 100; tick++) state.alive(round * 1_000 + tick);
    await deps.clock.pass(1_000);
    await deps.clock.asleep(1_000);
    assert.equal(await alive(), round * 1_000 + 100);
  }
  const { mtimeMs } = await stat(deps.statePath);
  await deps.clock.pass(1_000);
  await deps.clock.asleep(1_000);
  assert.equal((await stat(deps.statePath)).mtimeMs, mtimeMs);
  state.alive(9_000);
  stop.abort();
  await writing;
  assert.equal(await alive(), 9_000);
});

for (const text of ["", "{", "null", "[]", '{"version":2}', '{"version":1,"channels":7}']) {
  test(`ListenerState reports a file with ${JSON.stringify(text)} and starts anew`, async () => {
    await using folder = await tempDir();
    const logged: string[] = [];
    const deps = stateDeps(folder.path, logged);
    await mkdir(join(folder.path, "state"));
    await writeFile(deps.statePath, text);
    const state = await ListenerState.load(deps);
    assert.deepEqual([state.resume, state.marks], [undefined, undefined]);
    assert.deepEqual(logged, ["mattermost.state_unreadable"]);
  });
}

test("ListenerState names the file that it may not read, and what to do", async () => {
  await using folder = await tempDir();
  const deps = stateDeps(folder.path);
  await mkdir(deps.statePath, { recursive: true });
  await assert.rejects(ListenerState.load(deps), (error) => {
    assert.ok(error instanceof FileError);
    assert.equal(error.message, `Cannot read "${deps.statePath}": it is a folder`);
    return error.hint === "Move the folder away.";
  });
});

test("ListenerState takes nothing over from another account", async () => {
  await using folder = await tempDir();
  const deps = stateDeps(folder.path);
  const state = await ListenerState.load(deps);
  state.connected({ connectionId: "c", nextSeq: 1 });
  state.alive(1_000);
  const other = await reloaded(state, { ...deps, botUserId: "other" });
  assert.deepEqual([other.resume, other.marks], [undefined, undefined]);
});

test("ListenerState leaves damaged channels out and keeps the others", async () => {
  await using folder = await tempDir();
  const deps = stateDeps(folder.path);
  await mkdir(join(folder.path, "state"));
  const good = { id: "town", lastPostAtSeen: 5, recent: [[5, "post"], [null, 7], 9] };
  const channels = [null, 7, {}, { id: "x" }, good];
  const text = {
    version: 1,
    botUserId: "bot",
    lastAliveMs: 5,
    nextSeq: 0,
    connectionId: 3,
    channels,
  };
  await writeFile(deps.statePath, JSON.stringify(text));
  const state = await ListenerState.load(deps);
  assert.equal(state.resume, undefined);
  assert.deepEqual([...state.marks?.channels ?? []], [
    ["town", { lastPostAtSeen: 5, recent: [{ createAtMs: 5, postId: "post" }] }],
  ]);
});

test("ListenerState goes on when the disk does not take its file, and tries again", async () => {
  await using folder = await tempDir();
  const logged: string[] = [];
  const deps = stateDeps(folder.path, logged);
  const state = await ListenerState.load(deps);
  const inTheWay = join(folder.path, "state");
  await writeFile(inTheWay, "not a folder");
  const stop = new AbortController();
  const writing = state.keepWritten(stop.signal);
  state.alive(1_000);
  await deps.clock.pass(1_000);
  await deps.clock.asleep(1_000);
  await deps.clock.pass(1_000);
  await deps.clock.asleep(1_000);
  assert.deepEqual(logged, ["mattermost.state_not_written"], "said once, not with each try");
  await rm(inTheWay);
  await deps.clock.pass(1_000);
  await deps.clock.asleep(1_000);
  assert.equal(JSON.parse(await readFile(deps.statePath, "utf8")).lastAliveMs, 1_000);
  stop.abort();
  await writing;
});
