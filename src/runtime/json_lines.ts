import { open, readFile } from "node:fs/promises";
import { FileError, systemCodeOf } from "./file_error.ts";

export interface JsonLines {
  readonly values: unknown[];
  /** Lines that are not JSON: torn by a crash, or damaged. They are left out of `values`. */
  readonly badLines: number;
}

const NEWLINE = 0x0a;

/** All values of a JSON Lines file, in order; none when there is no file. Throws a `FileError`. */
export async function readJsonLines(path: string): Promise<JsonLines> {
  try {
    return parseJsonLines(await readFile(path, "utf8"));
  } catch (error) {
    if (systemCodeOf(error) === "ENOENT") return { values: [], badLines: 0 };
    throw new FileError("read", path, error);
  }
}

/**
 * The newest values of a JSON Lines file: the whole lines within its last `bytesMax` bytes.
 * `complete` says that this is the whole file. Throws a `FileError`.
 */
export async function readJsonLinesTail(
  path: string,
  options: { readonly bytesMax: number },
): Promise<JsonLines & { readonly complete: boolean }> {
  try {
    const tail = await readTail(path, options.bytesMax);
    return { ...parseJsonLines(tail.text), complete: tail.complete };
  } catch (error) {
    if (systemCodeOf(error) === "ENOENT") return { values: [], badLines: 0, complete: true };
    throw new FileError("read", path, error);
  }
}

/** Reads one byte more than asked for: it tells whether the tail begins with a whole line. */
async function readTail(
  path: string,
  bytesMax: number,
): Promise<{ text: string; complete: boolean }> {
  const file = await open(path, "r");
  try {
    const { size } = await file.stat();
    const start = Math.max(0, size - bytesMax - 1);
    const bytes = new Uint8Array(size - start);
    let length = 0;
    while (length < bytes.length) {
      const { bytesRead } = await file.read(bytes, length, bytes.length - length, start + length);
      if (bytesRead === 0) break;
      length += bytesRead;
    }
    const read = bytes.subarray(0, length);
    if (size <= bytesMax) return { text: new TextDecoder().decode(read), complete: true };
    // Cut at a newline, which is never part of a multi-byte character.
    const newline = read.indexOf(NEWLINE);
    const wholeLines = newline === -1 ? read.subarray(length) : read.subarray(newline + 1);
    return { text: new TextDecoder().decode(wholeLines), complete: false };
  } finally {
    await file.close();
  }
}

function parseJsonLines(text: string): JsonLines {
  const values: unknown[] = [];
  let badLines = 0;
  for (const line of text.split("\n")) {
    if (line.trim() === "") continue;
    try {
      values.push(JSON.parse(line));
    } catch {
      badLines++; // Reported by the caller, who knows what the file is.
    }
  }
  return { values, badLines };
}
