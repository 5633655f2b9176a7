import { createReadStream } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { FileError, systemCodeOf } from "../../runtime/file_error.ts";

const BLOCK_BYTES = 512;

export type UnpackResult =
  | "unpacked"
  /** There is no such file in the archive. */
  | "not_found"
  /** It is no archive, or not a whole one. */
  | "damaged";

/**
 * Takes the file `name` out of a .tar.gz, for its owner to run. Our own, because a small system may
 * have no tar, and one file is all that is wanted. @throws FileError
 */
export async function unpackProgram(
  archive: string,
  name: string,
  path: string,
): Promise<UnpackResult> {
  try {
    await using file = await open(path, "wx", 0o755);
    let isFound = false;
    await pipeline(createReadStream(archive), createGunzip(), async (chunks) => {
      isFound = await copyEntry(new ByteReader(chunks), name, file);
    });
    await file.chmod(0o755); // The mode given to `open` is narrowed by the umask.
    await file.sync();
    return isFound ? "unpacked" : "not_found";
  } catch (error) {
    if (/^E[A-Z]+$/.test(systemCodeOf(error) ?? "")) throw new FileError("write", path, error);
    return "damaged"; // Whatever else comes from the bytes: of zlib, or ours of below.
  }
}

/** Source: POSIX.1-2024, pax, "ustar Interchange Format". */
async function copyEntry(reader: ByteReader, wanted: string, file: FileHandle): Promise<boolean> {
  let isFound = false;
  for (;;) {
    const header = await reader.read(BLOCK_BYTES);
    const name = textIn(header, 0, 100);
    if (name === "") break; // Two blocks of zeros end the archive.
    const size = parseInt(textIn(header, 124, 136), 8);
    if (!(size >= 0)) throw new Error("The archive has a damaged header");
    const isFile = ["0", ""].includes(textIn(header, 156, 157));
    const isWanted = isFile && name === wanted;
    for (let left = size; left > 0;) {
      const bytes = await reader.readSome(left);
      if (isWanted) await file.writeFile(bytes);
      left -= bytes.length;
    }
    await reader.read(-size & (BLOCK_BYTES - 1));
    isFound ||= isWanted;
  }
  await reader.readToEnd(); // What nobody reads would hold the stream up.
  return isFound;
}

function textIn(header: Uint8Array, from: number, to: number): string {
  const text = new TextDecoder().decode(header.subarray(from, to));
  return text.split("\0", 1)[0]?.trim() ?? "";
}

/** Bytes in the portions that one wants, and not in those in which they come. */
class ByteReader {
  readonly #chunks: AsyncIterator<Uint8Array>;
  #rest = new Uint8Array();

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  async read(count: number): Promise<Uint8Array> {
    const bytes = new Uint8Array(count);
    for (let length = 0; length < count;) {
      const part = await this.readSome(count - length);
      bytes.set(part, length);
      length += part.length;
    }
    return bytes;
  }

  /** At least one byte, and at most so many. */
  async readSome(countMax: number): Promise<Uint8Array> {
    while (this.#rest.length === 0) {
      const { done, value } = await this.#chunks.next();
      if (done === true) throw new Error("The archive ends too early");
      this.#rest = new Uint8Array(value);
    }
    const bytes = this.#rest.subarray(0, countMax);
    this.#rest = this.#rest.subarray(bytes.length);
    return bytes;
  }

  async readToEnd(): Promise<void> {
    while ((await this.#chunks.next()).done !== true);
  }
}
