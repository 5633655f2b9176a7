import { copyFile, link, lstat, readlink, rename, symlink } from "node:fs/promises";
import { dirname } from "node:path";
import { FileError, systemCodeOf } from "../../runtime/file_error.ts";
import { syncFolder } from "../../runtime/sync_folder.ts";

/** A program, and the one that it took the place of. */
export interface ProgramPaths {
  readonly program: string;
  readonly previous: string;
}

/** Paths in the folder of the program that are free to be used. */
export interface WorkPaths {
  /** The program that takes the place. */
  readonly fresh: string;
  /** Free. */
  readonly aside: string;
}

/**
 * Puts a program in the place of another, which becomes the previous one. There is a whole program at
 * each moment; a process that runs keeps its own. @throws FileError
 */
export async function replaceProgram(
  { program, previous }: ProgramPaths,
  { fresh, aside }: WorkPaths,
): Promise<void> {
  try {
    await keep(program, aside);
    await rename(fresh, program);
    await rename(aside, previous);
    await syncFolder(dirname(program));
  } catch (error) {
    throw new FileError("write", program, error);
  }
}

/**
 * Gives a file a second name, or makes a copy where it can have only one. A link stays a link; some
 * systems would name what it leads to.
 */
async function keep(path: string, asPath: string): Promise<void> {
  if ((await lstat(path)).isSymbolicLink()) return await symlink(await readlink(path), asPath);
  try {
    await link(path, asPath);
  } catch (error) {
    if (systemCodeOf(error) === "ENOSPC") throw error;
    await copyFile(path, asPath);
  }
}
