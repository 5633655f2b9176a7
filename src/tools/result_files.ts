import { mkdir, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { writeFileAtomic } from "../runtime/atomic_file.ts";
import type { Random } from "../runtime/random.ts";

/** Results that are kept; of more, the oldest go. */
const FILES_MAX = 200;
const NAME_CHARS_MAX = 60;

/** Results of tools that are too long to be shown, each in a file that `read_file` may read. */
export class ResultFiles {
  readonly #folder: string;
  readonly #random: Random;

  constructor(deps: { readonly folder: string; readonly random: Random }) {
    this.#folder = deps.folder;
    this.#random = deps.random;
  }

  /** Gives the path of the new file. @throws FileError */
  async save(callId: string, text: string): Promise<string> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    await this.#removeOldest();
    // Calls of different sessions may share an id, and an id may hold anything.
    const name = `${callId.replace(/[^\w-]/g, "_").slice(0, NAME_CHARS_MAX)}_${this.#random.id()}`;
    const path = join(this.#folder, `${name}.txt`);
    await writeFileAtomic(path, text, { mode: 0o600 });
    return path;
  }

  async #removeOldest(): Promise<void> {
    const names = await readdir(this.#folder);
    if (names.length < FILES_MAX) return;
    const files = await Promise.all(names.map(async (name) => {
      const path = join(this.#folder, name);
      return { path, changedMs: (await stat(path)).mtimeMs };
    }));
    const oldest = files.sort((a, b) => a.changedMs - b.changedMs).slice(
      0,
      names.length - FILES_MAX + 1,
    );
    await Promise.all(oldest.map(({ path }) => rm(path, { force: true })));
  }
}
