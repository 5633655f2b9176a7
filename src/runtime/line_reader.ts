import { type FileHandle, open } from "node:fs/promises";
import { FileError, systemCodeOf } from "./file_error.ts";

const CHUNK_BYTES = 65_536;
const NEWLINE = 0x0a;

/** Opens a file to read; `undefined` when there is none. Throws a `FileError`. */
export async function openToRead(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, "r");
  } catch (error) {
    if (systemCodeOf(error) === "ENOENT") return undefined;
    throw new FileError("read", path, error);
  }
}

/**
 * The whole lines before `end`, the last one first. Reads only as much of the file as is asked for.
 * An empty line is given as `""`; what follows the last newline is not given.
 */
export async function* readLinesBackwards(file: FileHandle, end: number): AsyncGenerator<string> {
  /** What was read and belongs to a line whose beginning was not: from the file's end on. */
  let rest: Uint8Array[] = [];
  let isAfterNewline = false;
  for (let position = end; position > 0;) {
    const length = Math.min(CHUNK_BYTES, position);
    position -= length;
    const chunk = await readChunk(file, position, length);
    let lineEnd = chunk.length;
    for (let index = chunk.length - 1; index >= 0; index--) {
      if (chunk[index] !== NEWLINE) continue;
      if (isAfterNewline) yield decode([chunk.subarray(index + 1, lineEnd), ...rest]);
      isAfterNewline = true;
      rest = [];
      lineEnd = index;
    }
    rest.unshift(chunk.subarray(0, lineEnd));
  }
  if (isAfterNewline) yield decode(rest);
}

/** The lines of a file as they are added to it; a line is given when its end is there. */
export class GrowingLines {
  readonly #file: FileHandle;
  #position: number;
  #rest: Uint8Array[] = [];

  constructor(file: FileHandle, position: number) {
    this.#file = file;
    this.#position = position;
  }

  /** The whole lines that have come since the last call. */
  async *read(): AsyncGenerator<string> {
    const { size } = await this.#file.stat();
    if (size < this.#position) this.#startAgain(); // Somebody has emptied it.
    for (;;) {
      const chunk = await readChunk(this.#file, this.#position, CHUNK_BYTES);
      if (chunk.length === 0) return;
      this.#position += chunk.length;
      let lineStart = 0;
      for (let index = 0; index < chunk.length; index++) {
        if (chunk[index] !== NEWLINE) continue;
        yield decode([...this.#rest, chunk.subarray(lineStart, index)]);
        this.#rest = [];
        lineStart = index + 1;
      }
      this.#rest.push(chunk.subarray(lineStart));
    }
  }

  #startAgain(): void {
    this.#position = 0;
    this.#rest = [];
  }
}

async function readChunk(file: FileHandle, position: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await file.read(bytes, filled, length - filled, position + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return bytes.subarray(0, filled);
}

function decode(parts: readonly Uint8Array[]): string {
  return Buffer.concat(parts).toString();
}
