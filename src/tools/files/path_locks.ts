/** Lets one change of a file at a time pass: sessions run side by side and may share files. */
export class PathLocks {
  /** The last work on each path that has any. */
  readonly #tails = new Map<string, Promise<unknown>>();

  /** Runs `work` when nothing else works on any of the paths. */
  async run<T>(paths: readonly string[], work: () => Promise<T>): Promise<T> {
    const before = paths.map((path) => this.#tails.get(path));
    const own = Promise.all(before).then(work);
    const tail = own.catch(() => {}); // Its owner sees the failure.
    for (const path of paths) this.#tails.set(path, tail);
    try {
      return await own;
    } finally {
      for (const path of paths) if (this.#tails.get(path) === tail) this.#tails.delete(path);
    }
  }
}
