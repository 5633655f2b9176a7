import { readdir, stat } from "node:fs/promises";
import { basename, dirname, isAbsolute, relative, resolve, sep } from "node:path";
import { openExact } from "../../runtime/exact_file.ts";
import { FileError, systemCodeOf } from "../../runtime/file_error.ts";
import { HermesError } from "../../errors.ts";
import { checkPath } from "../../safety/check_path.ts";
import type { PathPlaces } from "../../safety/path_rules.ts";
import { realPathOf } from "../../safety/real_path.ts";
import { ToolError } from "../errors.ts";
import { nearNames } from "../near_names.ts";
import type { ToolContext } from "../tool.ts";
import type { WorkPlace } from "../work_place.ts";

/** A file or folder that may be used as it was asked. It may not exist. */
export interface FoundPath {
  /** Absolute, in the words of commands: in a container it is a path of the container. */
  readonly path: string;
  /** On this machine, without links. */
  readonly realPath: string;
}

/** A file as it was when it was read. */
export interface ReadFile extends FoundPath {
  readonly bytes: Uint8Array;
  readonly version: FileVersion;
}

/** Tells whether a file has changed. */
export interface FileVersion {
  readonly modifiedMs: number;
  readonly sizeBytes: number;
  readonly inode: number;
  /** Permissions. */
  readonly mode: number;
}

/** What the paths of the model mean, and which of them may be used. */
export class FileAccess {
  readonly #workPlace: WorkPlace;
  readonly #places: PathPlaces;

  constructor(workPlace: WorkPlace, places: PathPlaces) {
    this.#workPlace = workPlace;
    this.#places = places;
  }

  /** The absolute path that is meant. */
  absolute(path: string, { sessionKey }: ToolContext): string {
    const withHome = path.replace(/^~(?=\/|$)/, () => this.#places.userHome);
    return resolve(this.#workPlace.folderOf(sessionKey), withHome);
  }

  /** Shorter where it is below the folder of the session. */
  shown(path: string, { sessionKey }: ToolContext): string {
    const way = relative(this.#workPlace.folderOf(sessionKey), path);
    return way === "" || isOutside(way) ? path : way;
  }

  /** Throws a `ToolError` for what may not be used so. */
  async find(path: string, purpose: "read" | "write", context: ToolContext): Promise<FoundPath> {
    const refuse = (reason: string, hint: string) => {
      throw new ToolError(`Cannot ${purpose} "${path}": ${reason}`, hint);
    };
    if (path.includes("\0")) return refuse("no path has a NUL in it", "Check the path.");
    const absolute = this.absolute(path, context);
    const place = this.#workPlace.locate(absolute);
    if (place === undefined) {
      return refuse("it is inside of the container", "Use terminal for it, e.g. cat or tee.");
    }
    if (purpose === "write" && place.isReadOnly) {
      return refuse("its volume is read-only", "Write somewhere else.");
    }
    const checked = await this.#check(path, place.hostPath, purpose);
    if (checked.kind === "refused") {
      return refuse(checked.reason, "Do not try to get around this.");
    }
    const { realPath } = checked;
    if (place.within !== undefined && !isInside(realPath, await realPathOf(place.within))) {
      return refuse("a link leads out of the container", "Do not try to get around this.");
    }
    return { path: absolute, realPath };
  }

  /** Reads a file of at most `bytesMax` bytes. Throws a `ToolError` that says what is wrong with it. */
  async read(path: string, bytesMax: number, context: ToolContext): Promise<ReadFile> {
    const found = await this.find(path, "read", context);
    try {
      return await readFound(path, found, bytesMax);
    } catch (error) {
      if (error instanceof HermesError) throw error;
      const isMissing = ["ENOENT", "ENOTDIR"].includes(systemCodeOf(error) ?? "");
      if (isMissing) throw await this.missing(path, context);
      throw new FileError("read", path, error);
    }
  }

  /** Says no more about a folder that may not be read than about one that does not exist. */
  async missing(path: string, context: ToolContext): Promise<ToolError> {
    const names = await this.find(dirname(this.absolute(path, context)), "read", context)
      .then((folder) => readdir(folder.realPath))
      .catch(() => []); // Without names there is nothing to propose, whatever the reason.
    const near = nearNames(basename(path), names);
    const hint = near.length === 0 ? "Check the path." : `Did you mean ${near.join(", ")}?`;
    return new ToolError(`Cannot read "${path}": there is no such file`, hint);
  }

  async #check(path: string, hostPath: string, purpose: "read" | "write") {
    try {
      return await checkPath(hostPath, purpose, this.#places);
    } catch (error) {
      throw new FileError(purpose, path, error);
    }
  }
}

async function readFound(path: string, found: FoundPath, bytesMax: number): Promise<ReadFile> {
  const refuse = (reason: string, hint: string) =>
    new ToolError(`Cannot read "${path}": ${reason}`, hint);
  const file = await openExact(found.realPath);
  try {
    const facts = await file.stat();
    if (facts.isDirectory()) {
      throw refuse("it is a folder", "Use search_files with target=files to see what is in it.");
    }
    if (!facts.isFile()) throw refuse("it is not a regular file", "Read something else.");
    if (facts.size > bytesMax) {
      const hint = "Use terminal for a part of it, e.g. head, tail or sed -n.";
      throw refuse(`it has ${facts.size} bytes, the limit is ${bytesMax}`, hint);
    }
    const bytes = new Uint8Array(facts.size);
    let length = 0;
    while (length < bytes.length) {
      const { bytesRead } = await file.read(bytes, length, bytes.length - length, length);
      if (bytesRead === 0) break; // It is being cut short.
      length += bytesRead;
    }
    return { ...found, bytes: bytes.subarray(0, length), version: versionOf(facts) };
  } finally {
    await file.close();
  }
}

/** As the file is now; `undefined` when there is none. */
export async function readVersion(realPath: string): Promise<FileVersion | undefined> {
  return await stat(realPath).then(versionOf, () => undefined);
}

function versionOf(
  facts: {
    readonly mtimeMs: number;
    readonly size: number;
    readonly ino: number;
    readonly mode: number;
  },
): FileVersion {
  const { mtimeMs: modifiedMs, size: sizeBytes, ino: inode, mode } = facts;
  return { modifiedMs, sizeBytes, inode, mode: mode & 0o777 };
}

export function isSameVersion(a: FileVersion, b: FileVersion): boolean {
  return a.modifiedMs === b.modifiedMs && a.sizeBytes === b.sizeBytes && a.inode === b.inode;
}

function isInside(path: string, folder: string): boolean {
  return !isOutside(relative(folder, path));
}

function isOutside(way: string): boolean {
  return way === ".." || way.startsWith(`..${sep}`) || isAbsolute(way);
}
