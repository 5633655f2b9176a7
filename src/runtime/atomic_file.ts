import { randomBytes } from "node:crypto";
import { mkdir, open, readFile, realpath, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { FileError, systemCodeOf } from "./file_error.ts";
import { syncFolder } from "./sync_folder.ts";

/**
 * Puts `text` in place of the file's content, such that a crash at any moment leaves the old content
 * or the new one. Creates the folders (0700). Throws a `FileError`, and then the old content stands.
 *
 * Our own because `write-file-atomic` 8 writes once and does not look how much was written: on a
 * full disk it renames half a file over the good one.
 */
export async function writeFileAtomic(
  path: string,
  text: string,
  options: { readonly mode: number },
): Promise<void> {
  const target = await realpath(path).catch(() => path); // A link stays a link.
  const temporary = `${target}.${randomBytes(6).toString("hex")}.tmp`;
  try {
    await mkdir(dirname(target), { recursive: true, mode: 0o700 });
    await writeDurably(temporary, text, options.mode);
    await rename(temporary, target);
    await syncFolder(dirname(target));
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {}); // The first failure is the one to tell.
    throw new FileError("write", path, error);
  }
}

async function writeDurably(path: string, text: string, mode: number): Promise<void> {
  const file = await open(path, "wx", mode);
  try {
    await file.chmod(mode); // The mode given to `open` is narrowed by the umask.
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** The file's text, or `undefined` when there is no file. Throws a `FileError`. */
export async function readTextFile(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (systemCodeOf(error) === "ENOENT") return undefined;
    throw new FileError("read", path, error);
  }
}
