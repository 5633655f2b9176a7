import type { Clock } from "../../src/runtime/clock.ts";

/** Time that moves only when a test says so. */
export class FakeClock implements Clock {
  #nowMs: number;
  #sleepers: { atMs: number; wake: () => void }[] = [];
  #watchers: (() => void)[] = [];

  constructor(nowMs = 1_700_000_000_000) {
    this.#nowMs = nowMs;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  sleep(durationMs: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal.aborted) return resolve();
      const sleeper = { atMs: this.#nowMs + durationMs, wake: resolve };
      signal.addEventListener("abort", () => {
        this.#sleepers = this.#sleepers.filter((other) => other !== sleeper);
        resolve();
      }, { once: true });
      this.#sleepers.push(sleeper);
      for (const watcher of this.#watchers.splice(0)) watcher();
    });
  }

  /** How long until the next sleeper wakes, or `undefined` when nobody sleeps. */
  nextWakeMs(): number | undefined {
    const times = this.#sleepers.map((sleeper) => sleeper.atMs - this.#nowMs);
    return times.length === 0 ? undefined : Math.min(...times);
  }

  /** Resolves when `count` sleep for at least `leastMs` and at most `mostMs` from now. */
  async sleeperFor(leastMs: number, mostMs = Infinity, count = 1): Promise<void> {
    const isWanted = (sleeper: { atMs: number }) => {
      const leftMs = sleeper.atMs - this.#nowMs;
      return leftMs >= leastMs && leftMs <= mostMs;
    };
    while (this.#sleepers.filter(isWanted).length < count) {
      await new Promise<void>((resolve) => this.#watchers.push(resolve));
    }
  }

  advance(durationMs: number): void {
    this.#nowMs += durationMs;
    const due = this.#sleepers.filter((sleeper) => sleeper.atMs <= this.#nowMs)
      .sort((a, b) => a.atMs - b.atMs);
    this.#sleepers = this.#sleepers.filter((sleeper) => sleeper.atMs > this.#nowMs);
    for (const sleeper of due) sleeper.wake();
  }
}
