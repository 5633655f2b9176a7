import {
  closeSync,
  fstatSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  type Stats,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { FileError, systemCodeOf } from "./file_error.ts";

export interface RotatingFileOptions {
  readonly path: string;
  /** Size at which the file is put aside; a longer line has a file of its own. */
  readonly bytesMax: number;
  /** How many full files are kept: `PATH.1` is the newest of them. */
  readonly oldFilesMax: number;
  /** Told of the first of several failures in a row. */
  readonly onFailure: (error: FileError) => void;
}

/**
 * A file of lines of which only the newest are kept. `write` returns when the operating system has
 * the line, and never throws: what cannot be written is lost, and the next line is tried again. One
 * writer a file.
 */
export class RotatingFile {
  readonly #options: RotatingFileOptions;
  #descriptor: number | undefined;
  /** The last line has no end: the disk was full. */
  #torn = false;
  #isFailing = false;

  constructor(options: RotatingFileOptions) {
    this.#options = options;
  }

  /** Adds one line, without its end. */
  write(line: string): void {
    try {
      this.#writeBytes(Buffer.from(this.#torn ? `\n${line}\n` : `${line}\n`));
      this.#isFailing = false;
    } catch (error) {
      this.close();
      if (!this.#isFailing) {
        this.#options.onFailure(new FileError("write", this.#options.path, error));
      }
      this.#isFailing = true;
    }
  }

  /** A later line opens it again. */
  close(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }

  #writeBytes(bytes: Uint8Array): void {
    const descriptor = this.#withRoomFor(bytes.length);
    for (let written = 0; written < bytes.length;) {
      written += writeSync(descriptor, bytes, written);
      this.#torn = written < bytes.length;
    }
  }

  #withRoomFor(length: number): number {
    const { descriptor, stats } = this.#open();
    if (stats.size === 0 || stats.size + length <= this.#options.bytesMax) return descriptor;
    this.close();
    this.#putAside();
    this.#torn = false;
    return this.#open().descriptor;
  }

  /** Somebody may have removed the file: what is written then should be found all the same. */
  #open(): { readonly descriptor: number; readonly stats: Stats } {
    const { path } = this.#options;
    if (this.#descriptor !== undefined) {
      const stats = fstatSync(this.#descriptor);
      if (stats.nlink > 0) return { descriptor: this.#descriptor, stats };
      this.close();
    }
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    this.#descriptor = openSync(path, "a", 0o600);
    return { descriptor: this.#descriptor, stats: fstatSync(this.#descriptor) };
  }

  #putAside(): void {
    const { oldFilesMax, path } = this.#options;
    if (oldFilesMax === 0) return rmSync(path, { force: true });
    for (let number = oldFilesMax; number > 0; number--) {
      renameIfThere(number === 1 ? path : `${path}.${number - 1}`, `${path}.${number}`);
    }
  }
}

function renameIfThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if (systemCodeOf(error) !== "ENOENT") throw error;
  }
}
