import { readFileSync, statSync } from "node:fs";
import type { Log } from "../../runtime/log.ts";
import { decodeApproved } from "./pairing_records.ts";

/**
 * Who was approved by the command line, as the file says now: it is looked at for each question, and
 * read when it has changed, so that an approval and its end count at once.
 */
export class PairedPeople {
  readonly #path: string;
  readonly #log: Log;
  /** Tells one state of the file from another. */
  #state = "";
  #userIds: ReadonlySet<string> = new Set();

  constructor(path: string, log: Log) {
    this.#path = path;
    this.#log = log;
  }

  has(userId: string): boolean {
    this.#refresh();
    return this.#userIds.has(userId);
  }

  get size(): number {
    this.#refresh();
    return this.#userIds.size;
  }

  /** What cannot be read lets nobody in. */
  #refresh(): void {
    try {
      const found = statSync(this.#path, { bigint: true, throwIfNoEntry: false });
      const state = found === undefined ? "" : `${found.ino} ${found.mtimeNs} ${found.size}`;
      if (state === this.#state) return;
      this.#state = state;
      this.#userIds = new Set();
      const text = found === undefined ? undefined : readFileSync(this.#path, "utf8");
      const approved = decodeApproved(text);
      if (approved === undefined) throw new Error("it is no list of people");
      this.#userIds = new Set(approved.keys());
    } catch (error) {
      this.#userIds = new Set();
      this.#log("warn", "pairing.not_read", { path: this.#path, error: String(error) });
    }
  }
}
