import assert from "node:assert/strict";
import { test } from "node:test";
import { cronLab, Dying, HOUR_MS, JOB, START_MS } from "./cron_lab.ts";

test("runScheduler() runs a job at its time, stores its next time first, and posts what it says [P228] [P229]", async () => {
  await using lab = await cronLab([JOB]);
  let stored: number | undefined;
  lab.work = async () => {
    const job = await lab.job();
    stored = job?.nextRunAtMs;
    assert.equal(job?.last, undefined);
    return { kind: "said", text: "All quiet.", files: [] };
  };
  const scheduler = lab.start();
  await lab.until(async () => (await lab.job())?.last?.status === "ok");
  assert.equal(stored, START_MS + 2 * HOUR_MS);
  assert.deepEqual(lab.began, [`${JOB.id} 09:00`]);
  assert.deepEqual(lab.mail.texts, ["All quiet."]);
  const { lastDelivery } = await lab.job() ?? {};
  assert.equal(lastDelivery?.kind, "delivered");
  assert.equal(lastDelivery.postIds.length, 1);
  await lab.until(() => lab.mail.posted.size === 2);
  await scheduler.stop();
  assert.equal((await lab.runs.history(JOB.id, 10)).length, 2);
});

for (const side of ["before", "after"] as const) {
  test(`runScheduler() loses no run's words and begins none twice, also when its process dies ${side} anything that it does [P228]`, async () => {
    const ways = new Set<string>();
    for (let at = 0;; at++) {
      await using lab = await cronLab([{ ...JOB, missed: "once" }]);
      lab.stepMs = 1_000;
      const isOver = async () =>
        lab.mail.posted.size === 1 && (await lab.runs.pending()).length === 0;
      const dying = new Dying(at, side);
      lab.skipTo(START_MS + HOUR_MS);
      lab.start(dying);
      await lab.until(async () => dying.isDead || await isOver());
      if (!dying.isDead) break;
      await lab.dropLock();
      const next = lab.start();
      await lab.until(isOver);
      const where = `killed ${side} point ${at}`;
      assert.ok(lab.began.length <= 1, `${where}: ${lab.began}`);
      lab.skipTo(START_MS + 2 * HOUR_MS);
      await lab.until(async () =>
        lab.mail.posted.size === 2 && (await lab.job())?.last?.status === "ok"
      );
      await next.stop();
      assert.ok(lab.began.length <= 2, `${where}: ${lab.began}`);
      assert.equal((await lab.job())?.repeat.completed, 2, where);
      ways.add(lab.mail.texts.map((text) => /fail.*ended|works|quiet/.exec(text)?.[0]).join(", "));
    }
    // The time was made up for, or what was said came later; or nobody knows what it said.
    assert.deepEqual([...ways].sort(), ["failed: the gateway ended, works", "quiet, quiet"]);
  });
}

test("Of two schedulers of a home only one runs jobs [P228]", async () => {
  await using lab = await cronLab([JOB, { ...JOB, id: "ba9876543210" }]);
  const [first, second] = [lab.start(), lab.start()];
  await lab.until(() => lab.began.length === 4);
  await first.stop();
  await lab.until(() => lab.began.length === 6);
  await second.stop();
  assert.equal(new Set(lab.began).size, 6);
});

test("runScheduler() passes over a time that was missed, or makes up for it once [P228] [S12]", async () => {
  const again = { ...JOB, id: "again0000000", missed: "once" as const };
  await using lab = await cronLab([JOB, again]);
  lab.skipTo(START_MS + 5 * HOUR_MS + HOUR_MS / 2 + 60_000);
  const scheduler = lab.start();
  await lab.until(() => lab.mail.posted.size === 1);
  await lab.until(async () => (await lab.job())?.nextRunAtMs === START_MS + 6 * HOUR_MS);
  assert.deepEqual(lab.began, [`${again.id} 09:00`]);
  assert.match(lab.mail.texts[0] ?? "", /Due at Mon 2 Mar 2026, 09:00; I was not running then/);
  assert.equal((await lab.runs.history(JOB.id, 1))[0]?.kind, "missed");
  await scheduler.stop();
});

test("A job is called delivered with the ids of its posts, and not before [P229]", async () => {
  await using lab = await cronLab([{ ...JOB, deliver: "mattermost:~ops" }]);
  let away = true;
  lab.mail.answer = () => away ? "waits" : undefined;
  const scheduler = lab.start();
  await lab.until(async () => (await lab.job())?.lastDelivery?.kind === "waiting");
  assert.equal((await lab.job())?.last?.status, "delivering");
  await scheduler.stop();
  const next = lab.start();
  await lab.until(async () => (await lab.job())?.lastDelivery?.kind === "waiting");
  away = false;
  await lab.until(async () => (await lab.job())?.last?.status === "ok");
  assert.equal((await lab.job())?.lastDelivery?.kind, "delivered");
  assert.equal(lab.began.length, 1);

  lab.mail.answer = ({ target }) =>
    target.kind === "home" ? undefined : { kind: "failed", reason: "the channel is archived" };
  await lab.until(async () => (await lab.job())?.last?.status === "error");
  const job = await lab.job();
  assert.equal(job?.last?.error, "its text was not delivered: the channel is archived");
  assert.deepEqual(job.lastDelivery?.kind, "failed");
  await lab.until(() => lab.mail.posted.size === 2);
  assert.match(
    lab.mail.texts[1] ?? "",
    /could not be posted to mattermost:~ops: the channel is ar/,
  );
  await next.stop();
});

test("What the outbox does not take has failed, and nothing waits for it [P229]", async () => {
  await using lab = await cronLab([JOB]);
  lab.mail.answer = () => {
    throw new TypeError("of a bug");
  };
  const scheduler = lab.start();
  await lab.until(async () => (await lab.job())?.last?.status === "error");
  assert.match((await lab.job())?.last?.error ?? "", /not delivered: a bug in Hermes/);
  await lab.until(async () => (await lab.runs.pending()).length === 0);
  await scheduler.stop();
});

test("People hear of the first failure, then once a day, and when a job works again [P232] [S12]", async () => {
  await using lab = await cronLab([JOB]);
  let fails = true;
  lab.work = () =>
    Promise.resolve(fails ? { kind: "failed", reason: "no luck" } : { kind: "silent" });
  const scheduler = lab.start();
  await lab.until(() => lab.began.length === 1 && lab.mail.posted.size === 1);
  assert.match(lab.mail.texts[0] ?? "", /"Hourly" \(0123456789ab\) failed: no luck\./);
  for (let hour = 2; hour <= 25; hour++) {
    lab.skipTo(START_MS + hour * HOUR_MS);
    await lab.until(() => lab.began.length === hour);
  }
  await lab.until(() => lab.mail.posted.size === 2);
  assert.match(lab.mail.texts[1] ?? "", /Still failing:\n- "Hourly" \(0123456789ab\): 2\d times/);
  fails = false;
  await lab.until(() => lab.mail.posted.size === 3);
  assert.match(lab.mail.texts[2] ?? "", /works again, after 2\d failures/);
  await lab.until(async () => (await lab.job())?.failures.count === 0);
  lab.skipTo(START_MS + 28 * HOUR_MS);
  await lab.until(() => lab.began.length >= 27);
  await scheduler.stop();
  assert.equal(lab.mail.posted.size, 3, "what is well says nothing");
});

test("A job ends after as many runs as it was given, and runs out of turn when it is asked to", async () => {
  await using lab = await cronLab([{ ...JOB, repeat: { times: 2, completed: 0 } }]);
  const scheduler = lab.start();
  await lab.until(async () => (await lab.job())?.state === "completed");
  assert.equal(lab.began.length, 2);
  await lab.store.update(JOB.id, (job) => ({ ...job, runRequested: true }));
  await lab.until(() => lab.began.length === 3);
  await lab.until(async () => (await lab.job())?.last?.status === "ok");
  assert.equal((await lab.job())?.state, "completed");
  await scheduler.stop();
});

test("A file of jobs with a mistake runs nothing, and is left as it is until it is mended [P227]", async () => {
  await using lab = await cronLab([JOB]);
  const { readFile, writeFile } = await import("node:fs/promises");
  const path = `${lab.folder}/jobs.json`;
  const good = await readFile(path, "utf8");
  await writeFile(path, good.slice(0, -20));
  const scheduler = lab.start();
  lab.skipTo(START_MS + HOUR_MS);
  let polls = 0;
  await lab.until(() => polls++ > 20);
  assert.equal(await readFile(path, "utf8"), good.slice(0, -20));
  assert.deepEqual(lab.began, []);
  await writeFile(path, good);
  await lab.until(() => lab.mail.posted.size === 1);
  await scheduler.stop();
});
