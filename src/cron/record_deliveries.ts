import { HermesError } from "../errors.ts";
import type { Clock } from "../runtime/clock.ts";
import { FileError } from "../runtime/file_error.ts";
import type { Log } from "../runtime/log.ts";
import type { Delivery, DeliveryOutcome, DeliveryPort } from "./delivery_port.ts";
import { noteDelivery } from "./job_changes.ts";
import type { JobStore } from "./job_store.ts";
import { reportUndelivered, sumOutcomes } from "./report_run.ts";
import type { RunRecord, RunStore } from "./run_record.ts";

export interface RecordDeliveriesDeps {
  readonly store: Pick<JobStore, "load" | "update">;
  readonly runs: Pick<RunStore, "commit" | "finish">;
  readonly delivery: DeliveryPort;
  readonly clock: Clock;
  readonly log: Log;
}

/** When the disk does not take what is to be posted. */
const RETRY_MS = 30_000;
export const BUG_REASON = "a bug in Hermes, of which its log says more";

/** Has posted what records hold, and notes with the jobs what became of it. */
export class RecordDeliveries {
  readonly #deps: RecordDeliveriesDeps;
  readonly #cancel: AbortSignal;
  readonly #closing = new AbortController();
  readonly #under = new Set<Promise<void>>();

  constructor(deps: RecordDeliveriesDeps, cancel: AbortSignal) {
    this.#deps = deps;
    this.#cancel = cancel;
  }

  /** Has all of it posted, from now on until that is done. */
  begin(record: RunRecord): void {
    const work = this.#deliverAll(record).catch((error) => {
      if (this.#closing.signal.aborted || this.#cancel.aborted) return;
      this.#deps.log("error", "cron.not_delivered", { run: record.id, error: String(error) });
    }).finally(() => this.#under.delete(work));
    this.#under.add(work);
  }

  async #deliverAll(record: RunRecord): Promise<void> {
    const { clock, runs, store } = this.#deps;
    const onWaiting = (reason: string) => {
      const waiting = { kind: "waiting" as const, atMs: clock.nowMs(), reason };
      store.update(
        record.jobId,
        (job) => job.lastDelivery?.kind === "waiting" ? job : noteDelivery(job, record, waiting),
      ).catch((error) => this.#deps.log("error", "cron.not_recorded", { error: String(error) }));
    };
    const settled = await Promise.all(record.deliveries.map(async (one) => {
      const outcome = record.outcomes[one.id] ?? await this.#post(one, onWaiting);
      return [one.id, outcome] as const;
    }));
    const done = { ...record, outcomes: Object.fromEntries(settled) };
    const sum = sumOutcomes(done, clock.nowMs());
    if (record.jobId !== "" && record.kind === "run") {
      const job = (await store.load()).jobs.find(({ id }) => id === record.jobId);
      const lost = job === undefined ? undefined : reportUndelivered(done, job);
      if (lost !== undefined) {
        await runs.commit(lost);
        this.begin(lost);
      }
      await store.update(record.jobId, (before) => noteDelivery(before, record, sum));
    }
    await runs.finish(done);
  }

  /** Throws only when it is to end: what cannot be posted has failed, and that is told. */
  async #post(one: Delivery, onWaiting: (reason: string) => void): Promise<DeliveryOutcome> {
    const { clock, delivery, log } = this.#deps;
    const signal = AbortSignal.any([this.#cancel, this.#closing.signal]);
    for (;;) {
      try {
        return await delivery.deliver(one, { onWaiting }, signal);
      } catch (error) {
        signal.throwIfAborted();
        if (!(error instanceof FileError)) {
          log("error", "cron.not_posted", { delivery: one.id, error: String(error) });
          const isKnown = error instanceof HermesError;
          return { kind: "failed", reason: isKnown ? error.message : BUG_REASON };
        }
        onWaiting(error.message); // The disk may take it later.
        await clock.sleep(RETRY_MS, signal);
        signal.throwIfAborted();
      }
    }
  }

  /** What is not posted stays on the disk, and is taken up by the next start. */
  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.all(this.#under);
  }
}
