import { mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { HermesError } from "../errors.ts";
import type { Clock } from "../runtime/clock.ts";
import { FileError } from "../runtime/file_error.ts";
import type { Log } from "../runtime/log.ts";
import { safeFileName } from "./safe_name.ts";
import { SNIFF_BYTES, type SniffedFile, sniffFile } from "./file_kind.ts";

/** A file turned out to be larger than it may be. */
export class FileTooLargeError extends HermesError {
  override readonly name = "FileTooLargeError";
  override readonly code = "files.too_large";

  constructor(name: string, bytesMax: number) {
    super(`Cannot take "${name}": it is larger than ${Math.floor(bytesMax / 1_048_576)} MiB`, {
      hint: "Send a smaller file, or raise gateway.max_inbound_media_bytes.",
    });
  }
}

/** A file in the cache. */
export interface CachedFile extends SniffedFile {
  readonly path: string;
  readonly sizeBytes: number;
}

export interface FileCacheDeps {
  /** Made when it is needed, for its owner alone. */
  readonly folder: string;
  readonly clock: Clock;
  readonly log: Log;
}

/** How long a file is kept. */
const AGE_MS_MAX = 30 * 24 * 3_600_000;
/** Most bytes of all files; the oldest go first. */
const BYTES_MAX = 2_000_000_000;

/** Files that came from outside, each in a folder of its own, named by whoever knows what it is. */
export class FileCache {
  readonly #deps: FileCacheDeps;
  #prunedAtMs = 0;

  constructor(deps: FileCacheDeps) {
    this.#deps = deps;
  }

  /** What was stored as `id` before; `undefined` when it is not there, or not any more. */
  async find(id: string): Promise<CachedFile | undefined> {
    const folder = this.#folderOf(id);
    const [name] = await readdir(folder).catch(() => []);
    if (name === undefined || name.endsWith(".part")) return undefined;
    return await describe(join(folder, name));
  }

  /**
   * Stores a stream, at most `bytesMax` of it, whatever its sender has announced; a part is never
   * left. @throws FileTooLargeError, FileError, and what the stream throws
   */
  async store(
    id: string,
    name: string,
    bytes: AsyncIterable<Uint8Array>,
    options: { readonly bytesMax: number },
  ): Promise<CachedFile> {
    await this.#prune();
    const folder = this.#folderOf(id);
    const path = join(folder, safeFileName(name));
    const part = `${path}.part`;
    try {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await writeBounded(part, name, bytes, options.bytesMax);
      await rename(part, path);
      return await describe(path);
    } catch (error) {
      await rm(folder, { recursive: true, force: true }).catch(() => {}); // The first failure counts.
      const isOurs = error instanceof HermesError ||
        !(error instanceof Error && "syscall" in error);
      throw isOurs ? error : new FileError("write", path, error);
    }
  }

  #folderOf(id: string): string {
    if (!/^[\w-]{1,64}$/.test(id)) throw new Error("an id of a file that is no folder name");
    return join(this.#deps.folder, id);
  }

  /** Once an hour: what is old goes, and the oldest of what is too much. */
  async #prune(): Promise<void> {
    const { clock, folder, log } = this.#deps;
    const nowMs = clock.nowMs();
    if (nowMs - this.#prunedAtMs < 3_600_000) return;
    this.#prunedAtMs = nowMs;
    try {
      let bytes = 0;
      for (const { path, atMs, sizeBytes } of await listByAge(folder)) {
        bytes += sizeBytes;
        if (nowMs - atMs <= AGE_MS_MAX && bytes <= BYTES_MAX) continue;
        await rm(path, { recursive: true, force: true });
      }
    } catch (error) {
      log("warn", "files.not_pruned", { error: String(error) });
    }
  }
}

async function writeBounded(
  path: string,
  name: string,
  bytes: AsyncIterable<Uint8Array>,
  bytesMax: number,
): Promise<void> {
  const file = await open(path, "w", 0o600);
  try {
    let written = 0;
    for await (const chunk of bytes) {
      written += chunk.length;
      if (written > bytesMax) throw new FileTooLargeError(name, bytesMax);
      await file.writeFile(chunk);
    }
  } finally {
    await file.close();
  }
}

async function describe(path: string): Promise<CachedFile> {
  const file = await open(path, "r");
  try {
    const head = new Uint8Array(SNIFF_BYTES);
    const { bytesRead } = await file.read(head, 0, head.length, 0);
    const { size } = await file.stat();
    return { path, sizeBytes: size, ...await sniffFile(head.subarray(0, bytesRead), path) };
  } finally {
    await file.close();
  }
}

/** The newest first. */
async function listByAge(folder: string) {
  const names = await readdir(folder).catch(() => []);
  const entries = await Promise.all(names.map(async (name) => {
    const path = join(folder, name);
    const files = await readdir(path).catch(() => []);
    const facts = await Promise.all(files.map((file) => stat(join(path, file))));
    const own = await stat(path);
    return {
      path,
      atMs: own.mtimeMs,
      sizeBytes: facts.reduce((sum, { size }) => sum + size, 0),
    };
  }));
  return entries.toSorted((a, b) => b.atMs - a.atMs);
}
