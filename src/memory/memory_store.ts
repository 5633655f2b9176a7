import { mkdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { HermesError } from "../errors.ts";
import { writeFileAtomic } from "../runtime/atomic_file.ts";
import type { Clock } from "../runtime/clock.ts";
import { FileError, systemCodeOf } from "../runtime/file_error.ts";
import { acquireLock } from "../runtime/lock_file.ts";
import { changeEntries, type ChangeOutcome, type MemoryChange } from "./change_entries.ts";
import { formatEntries, parseEntries } from "./entries.ts";

/** What is remembered: the agent's own notes, or what it knows of one person. */
export type MemoryTarget =
  | { readonly kind: "notes" }
  /** Without an id it is the profile of whoever uses this home alone, or of nobody in particular. */
  | { readonly kind: "profile"; readonly personId: string | undefined };

export interface MemoryLimits {
  /** Most characters of each, separators included. */
  readonly notesCharsMax: number;
  readonly profileCharsMax: number;
}

export interface MemoryStoreDeps {
  readonly folder: string;
  readonly limits: MemoryLimits;
  readonly clock: Clock;
}

/** How long a change waits for another process that makes one. */
const LOCK_WAIT_MS_MAX = 3_000;
const LOCK_POLL_MS = 20;
/** Ids of people that can be the name of a file. */
const PERSON_ID = /^[\w-]{1,64}$/;

/** A memory file holds something that we would destroy by writing it. */
export class MemoryFileError extends HermesError {
  override readonly name = "MemoryFileError";
  override readonly code = "memory.unreadable";

  constructor(path: string, reason: string, hint: string) {
    super(`Cannot use the memory file "${path}": ${reason}`, { hint });
  }
}

/**
 * The memory files of one home: `MEMORY.md`, `USER.md`, and `users/<id>.md` for each person of whom
 * something was learned. A person without a file of their own has what `USER.md` says; the first
 * change copies it. People may edit the files: what they wrote counts, whatever its length.
 */
export class MemoryStore {
  readonly #deps: MemoryStoreDeps;
  /** Changes are made one after the other. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(deps: MemoryStoreDeps) {
    this.#deps = deps;
  }

  charsMax(target: MemoryTarget): number {
    const { notesCharsMax, profileCharsMax } = this.#deps.limits;
    return target.kind === "notes" ? notesCharsMax : profileCharsMax;
  }

  /** The entries in force; none when there is no file. Throws a `FileError` or `MemoryFileError`. */
  async read(target: MemoryTarget): Promise<readonly string[]> {
    const text = await readMemory(this.#path(target)) ?? await this.#fallback(target);
    return parseEntries(text ?? "");
  }

  /** Makes a change, durably. Throws a `FileError` or `MemoryFileError`. */
  change(target: MemoryTarget, change: MemoryChange): Promise<ChangeOutcome> {
    const done = this.#last.then(() => this.#change(target, change));
    this.#last = done.catch(() => {}); // Whoever asked for it is told.
    return done;
  }

  async #change(target: MemoryTarget, change: MemoryChange): Promise<ChangeOutcome> {
    const path = this.#path(target);
    const release = await this.#lock(path);
    try {
      const outcome = changeEntries(await this.read(target), change, this.charsMax(target));
      if (outcome.kind === "changed") {
        await writeFileAtomic(path, `${formatEntries(outcome.entries)}\n`, { mode: 0o600 });
      }
      return outcome;
    } finally {
      await release();
    }
  }

  /** The terminal and the gateway may share a home. */
  async #lock(path: string): Promise<() => Promise<void>> {
    const { clock } = this.#deps;
    const never = new AbortController().signal;
    const endMs = clock.nowMs() + LOCK_WAIT_MS_MAX;
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    for (;;) {
      const lock = await acquireLock(`${path}.lock`, { description: `pid ${process.pid}` });
      if (lock.kind === "acquired") return lock.release;
      if (clock.nowMs() >= endMs) {
        const reason = `another process changes it (${lock.by.description})`;
        throw new MemoryFileError(path, reason, "Try again in a moment.");
      }
      await clock.sleep(LOCK_POLL_MS, never);
    }
  }

  #path(target: MemoryTarget): string {
    const { folder } = this.#deps;
    if (target.kind === "notes") return join(folder, "MEMORY.md");
    if (target.personId === undefined) return join(folder, "USER.md");
    if (!PERSON_ID.test(target.personId)) throw new Error("an id of a person that is no file name");
    return join(folder, "users", `${target.personId}.md`);
  }

  async #fallback(target: MemoryTarget): Promise<string | undefined> {
    if (target.kind === "notes" || target.personId === undefined) return undefined;
    return await readMemory(this.#path({ kind: "profile", personId: undefined }));
  }
}

/** `undefined` when there is no file. */
async function readMemory(path: string): Promise<string | undefined> {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(await readFile(path));
  } catch (error) {
    const code = systemCodeOf(error);
    if (code === "ENOENT") return undefined;
    if (error instanceof TypeError) {
      throw new MemoryFileError(path, "it is not UTF-8", "Save the file as UTF-8.");
    }
    throw new FileError("read", path, error);
  }
}
