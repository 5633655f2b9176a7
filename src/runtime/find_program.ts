import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import { delimiter, isAbsolute, join } from "node:path";

/** The whole path of a program, as a shell would find it in `path`; `undefined` when there is none. */
export async function findProgram(name: string, path: string): Promise<string | undefined> {
  const candidates = isAbsolute(name)
    ? [name]
    : path.split(delimiter).filter(isAbsolute).map((folder) => join(folder, name));
  for (const candidate of candidates) {
    if (await isExecutable(candidate)) return candidate;
  }
  return undefined;
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false; // Missing, or not for us: the next folder may have it.
  }
}
