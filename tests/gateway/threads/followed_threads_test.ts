import assert from "node:assert/strict";
import { stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { FOLLOWED_MAX, FollowedThreads } from "../../../src/gateway/threads/followed_threads.ts";
import { inboundMessage } from "../../support/inbound.ts";
import { everywhere } from "../../support/reply_modes.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { tempDir } from "../../support/temp_dir.ts";

const DAY_MS = 24 * 3_600_000;

class ThreadsLab {
  readonly clock = new FakeClock();
  readonly logged: string[] = [];
  readonly path: string;

  constructor(folder: string) {
    this.path = join(folder, "state", "threads.json");
  }

  open(followsByDefault = true): Promise<FollowedThreads> {
    const { clock, path } = this;
    const log = (_level: string, event: string) => void this.logged.push(event);
    return FollowedThreads.open({ path, followsByDefault, clock, log });
  }
}

const place = (rootId: string, channelId = "c1", createdAtMs = 1_000) => {
  return { channelId, rootId, createdAtMs };
};
const OPTIONS = {
  groupSessionsPerUser: true,
  threadSessionsPerUser: true,
  replyModes: everywhere("off"),
};

/** Somebody speaks to the bot in this thread. */
function enter(threads: FollowedThreads, rootId: string, createdAtMs = 1_000): void {
  const change = { channelKind: "public", rootId, createdAtMs } as const;
  threads.takePart(inboundMessage(change), OPTIONS);
}

test("[P211] FollowedThreads follows a thread that was joined, also after a restart, until it is quiet for long", async () => {
  await using dir = await tempDir();
  const lab = new ThreadsLab(dir.path);
  const threads = await lab.open();
  assert.equal(threads.follows(place("r1")), false);
  enter(threads, "r1");
  assert.equal(threads.follows(place("r1")), true);
  assert.equal(threads.follows(place("")), false);
  await threads.close();
  assert.equal((await stat(lab.path)).mode & 0o777, 0o600);

  lab.clock.advance(29 * DAY_MS);
  const again = await lab.open();
  assert.equal(again.follows(place("r1")), true);
  enter(again, "r1");
  lab.clock.advance(29 * DAY_MS);
  assert.equal(again.follows(place("r1")), true, "joining renews it");
  lab.clock.advance(2 * DAY_MS);
  assert.equal(again.follows(place("r1")), false);
  await again.close();
});

test("[P213] [S06] FollowedThreads does what people say, for a thread and for a channel", async () => {
  await using dir = await tempDir();
  const lab = new ThreadsLab(dir.path);
  const threads = await lab.open();
  enter(threads, "r1");
  threads.set(place("r1"), "off");
  enter(threads, "r1");
  assert.equal(threads.follows(place("r1")), false, "taking part changes nothing");
  threads.set(place("r1"), "on");
  assert.equal(threads.follows(place("r1")), true);

  enter(threads, "r2");
  threads.set(place(""), "off");
  assert.equal(threads.follows(place("r2")), false);
  assert.equal(threads.follows(place("r1")), true, "what is said of the thread itself counts more");
  lab.clock.advance(100 * DAY_MS);
  assert.equal(threads.isWanted(place("r3")), false, "what people said stays");
  await threads.close();
  assert.equal((await lab.open()).isWanted(place("r3")), false);
});

test("[P213] FollowedThreads follows only where people ask for it when the settings say so", async () => {
  await using dir = await tempDir();
  const threads = await new ThreadsLab(dir.path).open(false);
  enter(threads, "r1");
  assert.equal(threads.follows(place("r1")), false);
  threads.set(place("r1"), "on");
  assert.equal(threads.follows(place("r1")), true);
  threads.set(place("", "c2"), "on");
  enter(threads, "r2");
  assert.equal(threads.follows(place("r2", "c2")), true);
  await threads.close();
});

test("FollowedThreads has a bound, forgets the quietest first, and starts anew with a damaged file", async () => {
  await using dir = await tempDir();
  const lab = new ThreadsLab(dir.path);
  const threads = await lab.open();
  for (let index = 0; index <= FOLLOWED_MAX; index++) enter(threads, `r${index}`);
  assert.deepEqual(["r0", "r1"].map((id) => threads.follows(place(id))), [false, true]);
  await threads.close();
  await writeFile(lab.path, '{"version":1,"threads":{"r1":{"fol');
  assert.equal((await lab.open()).follows(place("r1")), false);
  assert.deepEqual(lab.logged, ["threads.not_read"]);
});

test("[P211] FollowedThreads takes nothing for a follow-up that was written before the bot was called", async () => {
  await using dir = await tempDir();
  const threads = await new ThreadsLab(dir.path).open();
  enter(threads, "r1", 2_000);
  const follows = (createdAtMs: number, channelId = "c1") =>
    threads.follows(place("r1", channelId, createdAtMs));
  assert.deepEqual([follows(1_999), follows(2_000)], [false, true]);
  threads.set(place("r1", "c1", 3_000), "off");
  threads.set(place("r1", "c1", 5_000), "on");
  assert.deepEqual([follows(4_000), follows(5_000)], [false, true]);
  enter(threads, "r2", 2_000);
  threads.set(place("", "c1", 6_000), "on");
  assert.equal(threads.follows(place("r2", "c1", 5_999)), false);
  assert.equal(threads.follows(place("r2", "c1", 6_000)), true);
  await threads.close();
});
