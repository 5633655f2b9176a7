import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { FileError } from "./file_error.ts";
import { isRunning } from "./process_id.ts";

/**
 * Makes a folder (0700) in `parent` that belongs to this process: the next one that asks removes it
 * when this process has died without doing so. Throws a `FileError`.
 */
export async function makeProcessFolder(parent: string): Promise<string> {
  try {
    await mkdir(parent, { recursive: true, mode: 0o700 });
    await removeAbandoned(parent);
    return await mkdtemp(join(parent, `${process.pid}-`));
  } catch (error) {
    throw new FileError("write", parent, error);
  }
}

async function removeAbandoned(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    const pid = Number(name.match(/^(\d+)-/)?.[1] ?? NaN);
    if (Number.isNaN(pid) || pid === process.pid || await isRunning({ pid })) continue;
    await rm(join(parent, name), { recursive: true, force: true });
  }
}
