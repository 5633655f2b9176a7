import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { JobStore } from "../../src/cron/job_store.ts";
import { RunStore } from "../../src/cron/run_record.ts";
import { runScheduler } from "../../src/cron/scheduler.ts";
import { silentLog } from "../../src/runtime/log.ts";
import type { CreateFault, Faults, RestAnswer } from "../../src/sandbox/faults.ts";
import { OutboxLab } from "../gateway/outbox/outbox_lab.ts";
import { seededRandom } from "../support/seeded_random.ts";
import { JOB, TIME_ZONE } from "./cron_lab.ts";

const CREATES: readonly CreateFault[] = [
  { kind: "save_then_fail" },
  { kind: "fail" },
  { kind: "save_then_hang", durationMs: 20_000 },
  { kind: "hang_then_save", durationMs: 20_000 },
  { kind: "save_then_reset" },
  { kind: "foreign", postId: "f".repeat(26) },
];

const ANSWERS: readonly RestAnswer[] = [
  { kind: "rate_limited", retryAfterS: 2 },
  { kind: "html", status: 502 },
  { kind: "redirect", location: "/elsewhere" },
  { kind: "error", status: 400, id: "api.post.create_post.root_id.app_error" },
  { kind: "error", status: 403, id: "api.context.permissions.app_error" },
  { kind: "error", status: 500, id: "app.post.save.app_error" },
  { kind: "error", status: 401, id: "api.context.session_expired.app_error" },
  { kind: "body", status: 201, contentType: "application/json", text: '{"id": ' },
  { kind: "body", status: 200, contentType: "application/json", text: "{}" },
  { kind: "reset" },
];

const POSTS = { method: "POST", path: /^\/posts$/ };

type Case = readonly [name: string, arrange: (faults: Faults, lab: OutboxLab) => void];

const CASES: readonly Case[] = [
  ["nothing", () => {}],
  ...CREATES.map((fault) =>
    [`creation: ${fault.kind}`, (faults: Faults) => {
      faults.creates.push(fault);
    }] as const
  ),
  ...ANSWERS.map((answer) =>
    [`answer: ${JSON.stringify(answer)}`, (faults: Faults) => {
      faults.rest.push({ ...POSTS, times: 2, answer });
    }] as const
  ),
  ["the channel is archived", (_, { lab }) => lab.sandbox.admin.archive("general")],
  ["nobody may write", (_, { lab }) => lab.sandbox.admin.makeReadOnly("general")],
  ["the token is revoked", (_, { lab }) => lab.sandbox.admin.revokeTokens("hermes")],
];

test("No fault of the server has a job called ok or delivered without a stored post [P229]", async () => {
  assert.deepEqual(await runCases(CASES, 1_000), ["error", "ok"]);
});

test("A server that is away for a day has no job called ok or delivered [P229]", async () => {
  const away: RestAnswer = { kind: "error", status: 500, id: "app.post.save.app_error" };
  const arrange = (faults: Faults) => void faults.rest.push({ ...POSTS, answer: away });
  assert.deepEqual(await runCases([["always away", arrange]], 600_000), ["error"]);
});

/** How the jobs ended. Looks all the time at what their file says. */
async function runCases(cases: readonly Case[], stepMs: number): Promise<readonly string[]> {
  const ends = new Set<string>();
  for (const [name, arrange] of cases) {
    await using lab = await OutboxLab.start();
    const folder = join(lab.folderPath, "..", "cron");
    const store = new JobStore({ folder, timeZone: TIME_ZONE, clock: lab.clock });
    const job = {
      ...JOB,
      deliver: "mattermost:~general",
      nextRunAtMs: lab.clock.nowMs() + 10 * 86_400_000,
      runRequested: true,
    };
    await store.change(() => ({ jobs: [job], result: undefined }));
    arrange(lab.lab.sandbox.faults, lab);
    const stop = new AbortController();
    const scheduler = runScheduler({
      folder,
      store,
      runs: new RunStore({ folder, log: silentLog }),
      runJob: () => Promise.resolve({ kind: "said", text: "All quiet.", files: [] }),
      delivery: lab.courier().courier,
      settings: { timeZone: TIME_ZONE, parallelMax: 1, wraps: false },
      clock: { nowMs: () => lab.clock.nowMs(), sleep: (_, signal) => tick(lab, stepMs, signal) },
      random: seededRandom(1),
      log: silentLog,
    }, { stop: stop.signal, cancel: new AbortController().signal });
    for (;;) {
      const [{ last, lastDelivery } = job] = (await store.load()).jobs;
      const posts = lab.posts().filter(({ message }) => message === "All quiet.");
      const isSaid = last?.status === "ok" || lastDelivery?.kind === "delivered";
      if (isSaid) {
        assert.equal(lastDelivery?.kind, "delivered", name);
        assert.deepEqual(lastDelivery.postIds, posts.map(({ id }) => id), name);
        assert.equal(posts.length, 1, name);
      }
      if (last?.status === "ok" || last?.status === "error") {
        ends.add(last.status);
        break;
      }
      await delay(1);
    }
    stop.abort();
    await scheduler;
  }
  return [...ends].sort();
}

/** Some time of the server for every few milliseconds. */
async function tick(lab: OutboxLab, stepMs: number, signal: AbortSignal): Promise<void> {
  await delay(3, undefined, { signal }).catch(() => {});
  lab.clock.advance(stepMs);
}
