import assert from "node:assert/strict";
import { mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import type { Job } from "../../src/cron/job.ts";
import { JobFileError, JobStore } from "../../src/cron/job_store.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { tempDir } from "../support/temp_dir.ts";
import { JOB } from "./cron_lab.ts";

/** As the Python original writes it. */
const ORIGINAL = {
  id: "a1b2c3d4e5f6",
  name: "Morning digest",
  prompt: "Summarise the night",
  skills: ["team-digest"],
  skill: "team-digest",
  model: null,
  provider: null,
  provider_snapshot: "openrouter",
  base_url: null,
  script: null,
  no_agent: false,
  monitor_script: null,
  context_from: ["0123456789ab"],
  schedule: { kind: "cron", expr: "0 9 * * 1-5", display: "0 9 * * 1-5" },
  schedule_display: "0 9 * * 1-5",
  repeat: { times: null, completed: 12 },
  enabled: true,
  state: "scheduled",
  paused_at: null,
  paused_reason: null,
  created_at: "2026-01-05T10:11:12.345678+01:00",
  next_run_at: "2026-03-02T09:00:00+01:00",
  last_run_at: "2026-02-27T09:00:09.123456+01:00",
  last_status: "ok",
  last_error: null,
  last_delivery_error: null,
  failure_streak: 0,
  deliver: "origin",
  origin: {
    platform: "mattermost",
    chat_id: "c".repeat(26),
    thread_id: null,
    chat_type: "channel",
  },
  enabled_toolsets: null,
  workdir: null,
};

async function storeWith(file: unknown) {
  const dir = await tempDir();
  const folder = join(dir.path, "cron");
  const path = join(folder, "jobs.json");
  await mkdir(folder);
  if (file !== undefined) {
    await writeFile(path, typeof file === "string" ? file : JSON.stringify(file));
  }
  const clock = new FakeClock(Date.parse("2026-03-01T12:00:00Z"));
  const store = new JobStore({ folder, timeZone: "Europe/Berlin", clock });
  return { dir, folder, path, store };
}

test("JobStore reads the original's jobs, and keeps what it does not know of [P227]", async () => {
  const { dir, path, store } = await storeWith({ jobs: [ORIGINAL], version: 7, updated_at: "x" });
  await using _ = dir;
  const [job] = (await store.load()).jobs;
  assert.ok(job !== undefined);
  const expected: Partial<Job> = {
    schedule: { kind: "cron", expression: "0 9 * * 1-5", timeZone: undefined },
    repeat: { times: undefined, completed: 12 },
    nextRunAtMs: Date.parse("2026-03-02T08:00:00Z"),
    missed: "skip",
    contextFrom: ["0123456789ab"],
    lastDelivery: undefined,
  };
  for (const [name, value] of Object.entries(expected)) {
    assert.deepEqual(job[name as keyof Job], value, name);
  }
  await store.update(
    job.id,
    (before) => ({ ...before, state: "paused", pausedReason: "holidays" }),
  );
  const after = JSON.parse(await readFile(path, "utf8"));
  assert.equal(after.version, 7);
  const [entry] = after.jobs;
  assert.equal(entry.provider_snapshot, "openrouter");
  assert.equal(entry.origin.chat_type, "channel");
  assert.equal(entry.enabled, false);
  for (const [name, value] of Object.entries(ORIGINAL)) {
    if (
      ["enabled", "state", "paused_reason", "origin", "created_at", "last_run_at"].includes(name)
    ) {
      continue;
    }
    assert.deepEqual(entry[name], value, name);
  }
  assert.equal((await stat(path)).mode & 0o777, 0o600);
});

test("JobStore reads back what it wrote [P227]", async () => {
  const { dir, store } = await storeWith(undefined);
  await using _ = dir;
  const full: Job = {
    ...JOB,
    schedule: { kind: "interval", minutes: 90 },
    repeat: { times: 5, completed: 1 },
    script: "check.sh",
    noAgent: true,
    runRequested: true,
    running: { id: "r-1", startedAtMs: 1_000_000, dueAtMs: 2_000_000 },
    deliver: "origin,@alice",
    origin: {
      platform: "mattermost",
      channelId: "c".repeat(26),
      channelName: "Ops",
      threadId: "t".repeat(26),
      personId: "u".repeat(26),
      personName: "alice",
    },
    toolsets: ["web"],
    allowedCommands: ["git_push_force"],
    timeoutMs: 90_000,
    last: { runId: "r-0", atMs: 3_000_000, status: "delivering", error: undefined },
    lastDelivery: { kind: "delivered", atMs: 4_000_000, postIds: ["p1", "p2"] },
    failures: { count: 3, toldCount: 1, toldAtMs: 5_000_000 },
  };
  await store.change(() => ({ jobs: [full], result: undefined }));
  assert.deepEqual((await store.load()).jobs, [full]);
});

test("JobStore never overwrites a file that it cannot read, and says what is wrong [P227]", async () => {
  const cases: readonly (readonly [unknown, RegExp])[] = [
    ['{"jobs": [', /jobs\.json": it is not JSON/],
    ['{"tasks": []}', /it has no list "jobs"/],
    [{ jobs: [ORIGINAL, ORIGINAL] }, /two jobs have the id a1b2c3d4e5f6/],
  ];
  for (const [file, expected] of cases) {
    const { dir, path, store } = await storeWith(file);
    await using _ = dir;
    const before = await readFile(path, "utf8");
    await assert.rejects(store.load(), expected);
    const add = () => store.change((jobs) => ({ jobs: [...jobs, JOB], result: undefined }));
    await assert.rejects(add(), (error) => error instanceof JobFileError);
    assert.equal(await readFile(path, "utf8"), before);
  }
});

test("JobStore leaves an entry alone that it cannot read, and runs the others [P227]", async () => {
  const odd = { ...ORIGINAL, id: "0dd000000000", schedule: { kind: "cron", expr: "61 * * * *" } };
  const { dir, path, store } = await storeWith({ jobs: [odd, ORIGINAL, "?"] });
  await using _ = dir;
  const { jobs, unreadable } = await store.load();
  assert.deepEqual(jobs.map(({ id }) => id), [ORIGINAL.id]);
  assert.equal(unreadable.length, 2);
  assert.match(unreadable[0]?.reason ?? "", /cron expression "61 \* \* \* \*" is wrong/);
  await store.change((before) => ({ jobs: [...before, JOB], result: undefined }));
  const entries = JSON.parse(await readFile(path, "utf8")).jobs;
  assert.deepEqual(entries[0], odd);
  assert.equal(entries[2], "?");
  assert.equal(entries.length, 4);
});

test("JobStore loses no change of two that are made at once [P227]", async () => {
  const { dir, folder, store } = await storeWith(undefined);
  await using _ = dir;
  const other = new JobStore({ folder, timeZone: "UTC", clock: new FakeClock() });
  const add = (to: JobStore, id: string) =>
    to.change((jobs) => ({ jobs: [...jobs, { ...JOB, id }], result: undefined }));
  await Promise.all([1, 2, 3].flatMap((n) => [add(store, `a${n}`), add(other, `b${n}`)]));
  assert.equal((await store.load()).jobs.length, 6);
});
