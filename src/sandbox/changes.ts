/**
 * Lets a test await a condition over the sandbox without polling: whoever changes something says
 * `notify()`, and each open condition is read again.
 */
export class Changes {
  readonly #waiting = new Set<{ read: () => boolean; fail: (error: Error) => void }>();
  #closed = false;

  notify(): void {
    for (const waiter of [...this.#waiting]) if (waiter.read()) this.#waiting.delete(waiter);
  }

  /** Resolves with the first value other than `undefined` that `read` gives, now or after a change. */
  until<T>(read: () => T | undefined): Promise<T> {
    return new Promise((resolve, reject) => {
      const tryNow = () => {
        try {
          const value = read();
          if (value === undefined) return false;
          resolve(value);
        } catch (error) {
          reject(error); // The condition itself is broken: its owner hears of it, nobody else.
        }
        return true;
      };
      if (tryNow()) return;
      if (this.#closed) return reject(new Error("The sandbox closed before the condition held"));
      this.#waiting.add({ read: tryNow, fail: reject });
    });
  }

  /** Rejects everybody who still waits. */
  close(): void {
    this.#closed = true;
    const error = new Error("The sandbox closed before the condition held");
    for (const waiter of this.#waiting) waiter.fail(error);
    this.#waiting.clear();
  }
}
