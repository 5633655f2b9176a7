import { FakeClock } from "../../support/fake_clock.ts";

/** A clock that tells when somebody has gone to sleep, so that a test moves it at the right moment. */
export class WatchedClock extends FakeClock {
  readonly #sleeps = new Set<{ durationMs: number; wakesAtMs: number }>();
  #watchers: (() => void)[] = [];

  override async sleep(durationMs: number, signal: AbortSignal): Promise<void> {
    const sleep = { durationMs, wakesAtMs: this.nowMs() + durationMs };
    this.#sleeps.add(sleep);
    for (const watcher of this.#watchers.splice(0)) watcher();
    await super.sleep(durationMs, signal);
    this.#sleeps.delete(sleep);
  }

  /** Resolves when somebody sleeps who lay down for exactly this long. */
  async asleep(durationMs: number): Promise<void> {
    const isThere = () =>
      [...this.#sleeps].some((sleep) =>
        sleep.durationMs === durationMs && sleep.wakesAtMs > this.nowMs()
      );
    while (!isThere()) await new Promise<void>((resolve) => this.#watchers.push(resolve));
  }

  /** Lets somebody sleep to the end who lies, or will lie, down for exactly this long. */
  async pass(durationMs: number): Promise<void> {
    await this.asleep(durationMs);
    this.advance(durationMs);
  }
}
