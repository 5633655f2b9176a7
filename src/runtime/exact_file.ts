import { randomBytes } from "node:crypto";
import { constants, type Dirent } from "node:fs";
import {
  type FileHandle,
  lstat,
  mkdir,
  open,
  readdir,
  readlink,
  realpath,
  rename,
  rm,
  unlink,
} from "node:fs/promises";
import { basename, dirname } from "node:path";
import { HermesError } from "../errors.ts";

/**
 * The functions of this file take a path without links that somebody has found to be allowed. Another
 * program may put a link into it at any moment; what they touch then is not what was allowed, and they
 * say so instead of going on.
 */

/** A folder or file on the way was replaced between the look at it and the use of it. */
export class MovedFileError extends HermesError {
  override readonly name = "MovedFileError";
  override readonly code = "file.moved";

  constructor(path: string) {
    super(`Cannot use "${path}": it is being replaced by another program`, {
      hint: "Try again.",
    });
  }
}

/**
 * Opens a file for reading. A pipe is opened without waiting for its other end. Throws the system's
 * error, or a `MovedFileError`.
 */
export async function openExact(realPath: string): Promise<FileHandle> {
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const file = await open(realPath, flags);
  try {
    if (!await isAt(file, realPath)) throw new MovedFileError(realPath);
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** What is in a folder, in the order of the names. Throws the system's error, or a `MovedFileError`. */
export async function readFolderExact(realPath: string): Promise<readonly Dirent[]> {
  return await inFolder(realPath, async (folder) => {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.sort((a, b) => a.name < b.name ? -1 : 1);
  });
}

/**
 * Puts `data` in the place of the file, or makes it, with the folders that it needs; a crash leaves
 * the old content or the new one. Throws the system's error, or a `MovedFileError`.
 *
 * @param file `mode` is `undefined` for that of any new file of this user.
 */
export async function replaceExact(
  realPath: string,
  data: Uint8Array,
  file: { readonly mode: number | undefined },
): Promise<void> {
  await mkdir(dirname(realPath), { recursive: true });
  await inFolder(dirname(realPath), async (folder, handle) => {
    const temporary = `${folder}/.hermes-${randomBytes(6).toString("hex")}.tmp`;
    try {
      await writeNew(temporary, data, file.mode);
      await rename(temporary, `${folder}/${basename(realPath)}`);
      await handle.sync();
    } catch (error) {
      await rm(temporary, { force: true }).catch(() => {}); // The first failure is the one to tell.
      throw error;
    }
  });
}

/** Removes a file. Throws the system's error, or a `MovedFileError`. */
export async function removeExact(realPath: string): Promise<void> {
  await inFolder(dirname(realPath), (folder) => unlink(`${folder}/${basename(realPath)}`));
}

async function writeNew(path: string, data: Uint8Array, mode: number | undefined): Promise<void> {
  const file = await open(path, "wx", mode);
  try {
    if (mode !== undefined) await file.chmod(mode); // That given to `open` is narrowed by the umask.
    await file.writeFile(data);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Gives `work` a name of the folder that stays with it, where the system has one. */
async function inFolder<T>(
  path: string,
  work: (folder: string, handle: FileHandle) => Promise<T>,
): Promise<T> {
  const handle = await open(
    path,
    constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW,
  );
  try {
    if (!await isAt(handle, path)) throw new MovedFileError(path);
    const held = `/proc/self/fd/${handle.fd}`;
    return await work(await exists(held) ? held : path, handle);
  } finally {
    await handle.close();
  }
}

/** Whether what was opened is what the path names. Linux knows; elsewhere it is compared. */
async function isAt(file: FileHandle, realPath: string): Promise<boolean> {
  const held = await readlink(`/proc/self/fd/${file.fd}`).catch(() => undefined);
  if (held !== undefined) return held === realPath;
  const [own, there, path] = await Promise.all([file.stat(), lstat(realPath), realpath(realPath)]);
  return path === realPath && own.dev === there.dev && own.ino === there.ino;
}

async function exists(path: string): Promise<boolean> {
  return await lstat(path).then(() => true, () => false);
}
