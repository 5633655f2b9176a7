import { readdir, rm, rmdir } from "node:fs/promises";
import { join } from "node:path";
import { FileError } from "../../runtime/file_error.ts";
import type { RemovableHome } from "./judge_home.ts";

/**
 * Removes what Hermes keeps in a home, and the folder when nothing else is in it. Links are removed,
 * not what they lead to. Gives what is left. @throws FileError
 */
export async function removeHome(
  { folder, home, isLink, ownNames }: RemovableHome,
): Promise<readonly string[]> {
  try {
    for (const name of ownNames) await rm(join(folder, name), { recursive: true, force: true });
    const left = await readdir(folder);
    if (left.length > 0) return left.sort();
    await rmdir(folder);
    if (isLink) await rm(home);
    return [];
  } catch (error) {
    throw new FileError("write", folder, error);
  }
}
