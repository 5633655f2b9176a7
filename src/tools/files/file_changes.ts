import { HermesError } from "../../errors.ts";
import { removeExact, replaceExact } from "../../runtime/exact_file.ts";
import { FileError } from "../../runtime/file_error.ts";
import { ToolError } from "../errors.ts";
import type { ToolContext } from "../tool.ts";
import {
  type FileAccess,
  type FileVersion,
  type FoundPath,
  type ReadFile,
  readVersion,
} from "./file_access.ts";
import type { FileMemory } from "./file_memory.ts";
import { PathLocks } from "./path_locks.ts";
import { decodeTextFile, type TextFile } from "./text_file.ts";
import { unifiedDiff } from "./unified_diff.ts";

/** Larger files are not changed: all of it is in memory, more than once. */
export const CHANGED_BYTES_MAX = 10_000_000;

/** A text file that is about to be changed. */
export interface OpenedText extends ReadFile {
  readonly file: TextFile;
}

/** Changes files, one at a time each, and remembers what the session has made of them. */
export class FileChanges {
  readonly access: FileAccess;
  readonly #memory: FileMemory;
  readonly #locks = new PathLocks();

  constructor(access: FileAccess, memory: FileMemory) {
    this.access = access;
    this.#memory = memory;
  }

  /** Finds a file that may be written, and runs `work` while nobody else changes it. */
  async run<T>(
    path: string,
    context: ToolContext,
    work: (found: FoundPath) => Promise<T>,
  ): Promise<T> {
    const found = await this.access.find(path, "write", context);
    return await this.#locks.run([found.realPath], () => work(found));
  }

  /** The same for several files; `work` is given them by their paths. */
  async runAll<T>(
    paths: readonly string[],
    context: ToolContext,
    work: (placeOf: (path: string) => FoundPath) => Promise<T>,
  ): Promise<T> {
    const found = new Map<string, FoundPath>();
    for (const path of paths) found.set(path, await this.access.find(path, "write", context));
    const realPaths = new Set([...found.values()].map(({ realPath }) => realPath));
    return await this.#locks.run([...realPaths], () =>
      work((path) => {
        const place = found.get(path);
        if (place === undefined) {
          throw new Error(`a change of a file that was not asked for: ${path}`);
        }
        return place;
      }));
  }

  /** Reads a file that is to be changed. Throws a `ToolError`. */
  async read(path: string, context: ToolContext): Promise<OpenedText> {
    const read = await this.access.read(path, CHANGED_BYTES_MAX, context);
    const file = decodeTextFile(read.bytes);
    if (file !== undefined) return { ...read, file };
    throw new ToolError(`Cannot change "${path}": it is not text in UTF-8`, "Use terminal for it.");
  }

  /** Puts `bytes` in the place of a file or makes it. `path` is what the model calls it. */
  async write(
    path: string,
    { realPath }: FoundPath,
    bytes: Uint8Array,
    context: ToolContext,
    old?: FileVersion,
  ): Promise<void> {
    await orFileError(path, () => replaceExact(realPath, bytes, { mode: old?.mode }));
    const version = await readVersion(realPath);
    if (version !== undefined) this.#memory.noteWrite(context.sessionKey, realPath, version);
  }

  async remove(path: string, { realPath }: FoundPath): Promise<void> {
    await orFileError(path, () => removeExact(realPath));
  }

  /** A line for the model when somebody else has changed a file since it saw it; else none. */
  staleNote({ realPath }: FoundPath, old: FileVersion, { sessionKey }: ToolContext): string[] {
    if (!this.#memory.hasChanged(sessionKey, realPath, old)) return [];
    return ["[Somebody else had changed this file since you saw it last.]"];
  }

  /** What a change does to a file that was read, as `diff -u` tells it. */
  async diff({ path, file }: OpenedText, bytes: Uint8Array, context: ToolContext): Promise<string> {
    const after = decodeTextFile(bytes)?.text ?? "";
    return await unifiedDiff(this.access.shown(path, context), file.text, after);
  }

  /** A change did not fit the file: gives how many there were in a row. */
  noteFailure({ realPath, version }: ReadFile, { sessionKey }: ToolContext): number {
    return this.#memory.noteFailure(sessionKey, realPath, version);
  }
}

async function orFileError(path: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    throw error instanceof HermesError ? error : new FileError("write", path, error);
  }
}
