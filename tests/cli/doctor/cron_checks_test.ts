import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { encodeJob } from "../../../src/cron/encode_job.ts";
import { JOB } from "../../cron/cron_lab.ts";
import { DoctorLab } from "./doctor_lab.ts";

test("[P227] checkJobs() names a job that fails, one that cannot be read, and a file that is none", async () => {
  await using lab = await DoctorLab.open();
  const folder = join(lab.home, "cron");
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const see = async (text: string) => {
    await writeFile(join(folder, "jobs.json"), text);
    const { status, message } = (await lab.examine()).named("jobs");
    return [status, message];
  };
  const entry = encodeJob(JOB, {}, "UTC");
  const jobs = (...list: readonly unknown[]) => see(JSON.stringify({ jobs: list }));
  assert.deepEqual(await jobs(entry), ["ok", "1 job scheduled"]);
  const failing = { ...entry, failure_streak: 2, last_run_at: "2026-03-02T09:00:00Z" };
  assert.deepEqual(await jobs({ ...failing, last_status: "error", last_error: "no luck" }), [
    "warning",
    'The job "Hourly" failed last: no luck',
  ]);
  assert.deepEqual(await jobs(entry, { id: "odd" }), [
    "warning",
    'The job "odd" cannot be read and does not run: it has no schedule',
  ]);
  const [status, message = ""] = await see("{");
  assert.equal(status, "failure");
  assert.match(message, /^Cannot use the jobs in .*it is not JSON/);
});
