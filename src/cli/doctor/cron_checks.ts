import { JobStore } from "../../cron/job_store.ts";
import { plural } from "../plural.ts";
import { type Check, failureOf, ok, warning } from "./check.ts";
import type { DoctorInput } from "./doctor_input.ts";

/** Scheduled work: that its file can be read, and that it does what it is to do. */
export async function checkJobs({ clock, paths }: DoctorInput): Promise<readonly Check[]> {
  const name = "jobs";
  const store = new JobStore({ folder: paths.cronFolder, timeZone: "UTC", clock });
  try {
    const { jobs, unreadable } = await store.load();
    const [first] = unreadable;
    if (first !== undefined) {
      const message = `The job "${first.id}" cannot be read and does not run: ${first.reason}`;
      return [warning(name, message, `Mend it in ${paths.cronFolder}/jobs.json.`)];
    }
    const failing = jobs.filter(({ failures }) => failures.count > 0);
    const [worst] = failing;
    if (worst !== undefined) {
      const others = failing.length === 1 ? "" : ` and ${plural(failing.length - 1, "other job")}`;
      const message = `The job "${worst.name}"${others} failed last: ${worst.last?.error ?? "?"}`;
      return [warning(name, message, `See what it did: hermes cron history ${worst.id}`)];
    }
    const active = jobs.filter(({ state }) => state === "scheduled");
    return active.length === 0 ? [] : [ok(name, `${plural(active.length, "job")} scheduled`)];
  } catch (error) {
    return [failureOf(name, error)];
  }
}
