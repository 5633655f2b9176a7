import { closeSync, fdatasync, fstatSync, openSync, readSync, writeSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { promisify } from "node:util";
import { FileError } from "./file_error.ts";
import { syncFolder } from "./sync_folder.ts";

const fdatasyncAsync = promisify(fdatasync);
const NEWLINE = 0x0a;

/**
 * A file of lines that only grows. What `write` took survives the death of the process; what `sync`
 * confirmed, that of the machine. One writer a file: the caller holds a lock if there may be two.
 */
export class AppendFile {
  readonly #path: string;
  readonly #descriptor: number;
  /** The last line has no end: the process died in it, or the disk was full. It stays alone. */
  #torn: boolean;
  #closed = false;
  /** Something was written since the last `fdatasync` began. */
  #dirty = false;
  #syncing: Promise<void> | undefined;
  #syncingNext: Promise<void> | undefined;

  /** Opens `path`, or creates it with mode 0600 (its folders with 0700). Throws a `FileError`. */
  static async open(path: string): Promise<AppendFile> {
    let descriptor: number | undefined;
    try {
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      descriptor = openSync(path, "a+", 0o600);
      await syncFolder(dirname(path));
      return new AppendFile(path, descriptor);
    } catch (error) {
      if (descriptor !== undefined) closeSync(descriptor);
      throw new FileError("write", path, error);
    }
  }

  private constructor(path: string, descriptor: number) {
    this.#path = path;
    this.#descriptor = descriptor;
    this.#torn = lacksLastNewline(descriptor);
  }

  /** Appends whole lines. Returns when the operating system has them all; throws a `FileError`. */
  write(text: string): void {
    this.#refuseClosed();
    const bytes = Buffer.from(this.#torn ? `\n${text}` : text);
    this.#torn = true;
    this.#dirty = true;
    try {
      for (let written = 0; written < bytes.length;) {
        written += writeSync(this.#descriptor, bytes, written);
      }
    } catch (error) {
      throw new FileError("write", this.#path, error);
    }
    this.#torn = bytes.length > 0 && bytes.at(-1) !== NEWLINE;
  }

  /** Resolves when all that was written before the call is on the disk. Calls share a sync. */
  sync(): Promise<void> {
    this.#refuseClosed();
    if (!this.#dirty) return this.#syncing ?? Promise.resolve();
    if (this.#syncing === undefined) return this.#startSync();
    this.#syncingNext ??= this.#syncing.catch(() => {}).then(() => {
      this.#syncingNext = undefined;
      return this.#startSync();
    });
    return this.#syncingNext;
  }

  sizeBytes(): number {
    this.#refuseClosed();
    return fstatSync(this.#descriptor).size;
  }

  /** Syncs what is not on the disk yet, and closes. The second call does nothing. */
  async close(): Promise<void> {
    if (this.#closed) return;
    const synced = this.sync();
    this.#closed = true;
    try {
      await synced;
    } finally {
      closeSync(this.#descriptor);
    }
  }

  #startSync(): Promise<void> {
    this.#dirty = false;
    this.#syncing = this.#syncOnce().finally(() => this.#syncing = undefined);
    return this.#syncing;
  }

  async #syncOnce(): Promise<void> {
    try {
      await fdatasyncAsync(this.#descriptor);
    } catch (error) {
      this.#dirty = true;
      throw new FileError("write", this.#path, error);
    }
  }

  #refuseClosed(): void {
    if (this.#closed) throw new Error(`AppendFile is closed: ${this.#path}`);
  }
}

function lacksLastNewline(descriptor: number): boolean {
  const size = fstatSync(descriptor).size;
  if (size === 0) return false;
  const last = Buffer.alloc(1);
  readSync(descriptor, last, 0, 1, size - 1);
  return last[0] !== NEWLINE;
}
